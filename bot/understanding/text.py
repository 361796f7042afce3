"""What people type, made readable for the rest of the house: cleaned, never corrected, and cut into clauses.

In: any string a channel hands on. Out: plain text, or a list of overlapping parts of it. Pure; keeps nothing.
"""

import re
import unicodedata
from itertools import pairwise

Span = tuple[int, int]

# A message up to this many words is read in one piece; what is longer is also read in windows of this many words.
WINDOW = 40
STEP = 24
_KEPT_FORMAT = {"\u200c", "\u200d"}  # the joiners, without which some scripts and emoji fall apart
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "…": "..."})
# No script heaps more marks on one letter; many more of them take for ever to bring into order.
_MOST_MARKS = 8
_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"(?<=[.!?;\n])\s+|\s+(?=(?:but|and then|now|then|because|cos|so)\b)")


def clean(text: str) -> str:
    """The words of `text`: no control characters, no broken surrogates, straight quotes, single spaces, no leading slash.

    A leading slash goes because Rasa would take the message for a command, and what a person types never is one.
    """
    plain = " ".join(text.split())
    if plain.isascii() and plain.isprintable():
        # Most of what people type; all that is below leaves it as it is, in twenty times the time.
        return plain.replace("`", "'").lstrip("/ ")
    text = text.encode("utf-8", "ignore").decode("utf-8")
    # Straight before normal form, which makes a space and a mark of some quotes, and after it, which makes quotes of others.
    text = unicodedata.normalize("NFKC", _unheaped(text.translate(_STRAIGHT))).translate(_STRAIGHT)
    kept = (
        character if character in _KEPT_FORMAT or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " "
        for character in text
    )
    return " ".join("".join(kept).split()).lstrip("/ ").strip()


def _unheaped(text: str) -> str:
    """`text` without the marks that are heaped on a letter beyond what any script does."""
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def windows(text: str) -> list[str]:
    """Overlapping parts of a long message, about `WINDOW` words each, cut at clauses where there are any; none for a short one."""
    return [text[start:end] for start, end in window_spans(text)]


def window_spans(text: str) -> list[Span]:
    """Where in `text` its windows begin and end."""
    if len(text.split()) <= WINDOW:
        return []
    ends = [(0, 0), *(match.span() for match in _CLAUSE_END.finditer(text)), (len(text), len(text))]
    clauses = [piece for (_, start), (end, _) in pairwise(ends) for piece in _pieces(text, start, end)]
    parts: list[Span] = []
    start = 0
    while start < len(clauses):
        end, length = start, 0
        while end < len(clauses) and (length == 0 or length + len(clauses[end]) <= WINDOW):
            length += len(clauses[end])
            end += 1
        parts.append((clauses[start][0][0], clauses[end - 1][-1][1]))
        if end == len(clauses):
            break
        moved = 0
        while start < end and moved < STEP:
            moved += len(clauses[start])
            start += 1
    return parts


def _pieces(text: str, start: int, end: int) -> list[list[Span]]:
    """The words of a clause; of one without an end in sight, as dictation gives it, in steps."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    return [words[place : place + STEP] for place in range(0, len(words), STEP)]
