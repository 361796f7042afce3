"""Who is a man and who a woman in a message: everybody swapped, and every message told one way round.

In: a message. Out: the same message with the words of data/who/genders.yml swapped and their case kept; a message without such words
comes back as it was. English says "her" for both "him" and "his", and "his" for both "her" and "hers", so what follows decides. Pure.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

import yaml

from bot.understanding.text import clean

WORDS = Path(__file__).resolve().parents[2] / "data/who/genders.yml"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HEAD_OF_A_SENTENCE = re.compile(r"(?:\A|[.!?\n])\W*\Z")


def as_read(text: str) -> str:
    """What a person typed as its meaning and its letters are read: clean, and told one way round."""
    return one_way_round(clean(text))


def one_way_round(text: str) -> str:
    """`text`, told so that the first person whose gender shows is a man.

    What happened to a man and what happened to a woman are the same words then, and are understood as the same.
    """
    words = list(_WORD.finditer(text))
    for place, word in enumerate(words):
        if _swapped(text, word, _after(words, place)) != word.group():
            return swap(text) if _is_a_woman(word.group()) else text
    return text


def swap(text: str) -> str:
    """`text` with everybody swapped: he for she, husband for wife, mum for dad, Paul for Louise."""
    words = list(_WORD.finditer(text))
    parts: list[str] = []
    end = 0
    for place, word in enumerate(words):
        parts += [text[end : word.start()], _swapped(text, word, _after(words, place))]
        end = word.end()
    return "".join([*parts, text[end:]])


@cache
def table_fingerprint() -> str:
    """Tells one state of the words from another, so that what was learnt with others is learnt anew."""
    return hashlib.sha256(WORDS.read_bytes()).hexdigest()


def _after(words: list[re.Match[str]], place: int) -> re.Match[str] | None:
    return words[place + 1] if place + 1 < len(words) else None


def _is_a_woman(written: str) -> bool:
    plain = _plain(written)
    return any(part in _table().women for part in (plain, plain.partition("'")[0], *plain.split("-")))


def _swapped(text: str, word: re.Match[str], following: re.Match[str] | None) -> str:
    written = word.group()
    plain = _plain(written)
    table = _table()
    if plain in ("her", "his", "him", "hers"):
        return _in_case(_pronoun(plain, text, word, following), written)
    if plain in table.words:
        return _in_case(table.words[plain], written)
    owner, _, rest = plain.partition("'")
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


def _plain(written: str) -> str:
    return written.lower().replace("’", "'")


def _in_case(word: str, written: str) -> str:
    if len(written) > 1 and written.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if written[0].isupper() else word


class _Table:
    """The words of genders.yml: what each becomes, and which are women's."""

    def __init__(self, path: Path) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        pairs = [*content["both_ways"], *content["names"], *content["names_and_words"]]
        self.words: dict[str, str] = {**content["one_way_men"], **content["one_way_women"], **_both(content["both_ways"])}
        self.names = _both(content["names"])
        self.names_and_words = _both(content["names_and_words"])
        self.whole = frozenset(content["after_a_whole_pronoun"])
        self.women = frozenset({"her", "hers", *(woman for _, woman in pairs), *content["one_way_women"]})


def _both(pairs: list[list[str]]) -> dict[str, str]:
    return {word: other for one, two in pairs for word, other in ((one, two), (two, one))}


@cache
def _table() -> _Table:
    return _Table(WORDS)
