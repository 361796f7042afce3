"""Asks a message again with everybody's gender swapped: he for she, husband for wife, mum for dad, Paul for Louise.

In: a message. Out: the same message with the words of swaps.yml swapped and their case kept; a message without such words comes
back as it was. English says "her" for both "him" and "his", and "his" for both "her" and "hers", so what follows decides.
Pure; for tests and staff, never on the way of an answer.
"""

import re
from functools import cache
from pathlib import Path

import yaml

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HEAD_OF_A_SENTENCE = re.compile(r"(?:\A|[.!?\n])\W*\Z")


def swap(text: str) -> str:
    """`text` with everybody swapped."""
    words = list(_WORD.finditer(text))
    parts: list[str] = []
    end = 0
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        parts += [text[end : word.start()], _swapped(text, word, following)]
        end = word.end()
    return "".join([*parts, text[end:]])


def _swapped(text: str, word: re.Match[str], following: re.Match[str] | None) -> str:
    written = word.group()
    plain = written.lower().replace("’", "'")
    table = _table()
    if plain in ("her", "his", "him", "hers"):
        return _in_case(_pronoun(plain, text, word, following), written)
    if plain in table.words:
        return _in_case(table.words[plain], written)
    owner, mark, rest = plain.partition("'")
    name = table.names.get(owner)
    if name is None and written[0].isupper() and not _HEAD_OF_A_SENTENCE.search(text[: word.start()]):
        name = table.names_and_words.get(owner)
    if name is not None and rest in ("", "s"):
        return _in_case(name, written[: len(owner)]) + written[len(owner) :]
    parts = written.split("-")
    if len(parts) > 1:
        # mother-in-law, ex-wife: each part for itself.
        return "-".join(_in_case(table.words.get(part.lower(), part), part) for part in parts)
    return written


def _pronoun(plain: str, text: str, word: re.Match[str], following: re.Match[str] | None) -> str:
    if plain == "him":
        return "her"
    if plain == "hers":
        return "his"
    whole = following is None or text[word.end() : following.start()].strip() != "" or following.group().lower() in _table().whole
    if plain == "her":
        return "him" if whole else "his"
    return "hers" if whole else "her"


def _in_case(word: str, written: str) -> str:
    if len(written) > 1 and written.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if written[0].isupper() else word


class _Table:
    """The words of swaps.yml, both ways."""

    def __init__(self, path: Path) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.words: dict[str, str] = {**content["one_way"], **_both(content["both_ways"])}
        self.names = _both(content["names"])
        self.names_and_words = _both(content["names_and_words"])
        self.whole = frozenset(content["after_a_whole_pronoun"])


def _both(pairs: list[list[str]]) -> dict[str, str]:
    return {word: other for one, two in pairs for word, other in ((one, two), (two, one))}


@cache
def _table() -> _Table:
    return _Table(Path(__file__).with_name("swaps.yml"))
