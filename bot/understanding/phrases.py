"""The danger phrases: patterns that a person can read, review and change in data/danger/phrases.yml.

In: text. Out: which phrases matched, and where. Built on spaCy's Matcher over a blank English pipeline.

One phrase is words in order. Each word stands for itself in its normal spelling (so `not` fits "n't" and "nt"), and:
`a|b` is either; `@list` is any word of that list; `word?` may be missing; `..` is up to three words of any kind; `^` before the first word
means that the message begins there, `$` after the last that it ends.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.documents import is_list_of_words, is_words, read_document
from bot.errors import SentencesError

GAP = 3


@dataclass(frozen=True)
class PhraseMatch:
    """A danger phrase found in a text: its group's id, why that is danger, and the characters it covers."""

    id: str
    why: str
    start: int
    end: int


class _Phrase:
    """One phrase of the group `name`, found by spaCy; `begins`, `ends`: whether it holds only there."""

    def __init__(self, name: str, pattern: list[dict[str, Any]], begins: bool, ends: bool) -> None:
        self.name, self.begins, self.ends = name, begins, ends
        self._pattern = pattern
        # Of each word that must be there, what it may be; a text without one of them is not looked at any further.
        self.needed = [frozenset(word["NORM"]["IN"]) for word in pattern if word.get("OP") != "?"]
        # The one of these that fits the fewest texts.
        self.rarest: frozenset[str] = frozenset()
        self._matcher: Matcher | None = None

    def find(self, document: Doc, places: set[int]) -> set[tuple[int, int]]:
        """Where it starts and ends, in tokens; its rarest word stands at `places`, and no further from them is looked for it."""
        if self._matcher is None:
            # Most phrases are never looked for in the life of a process, so each is made ready when it first is.
            self._matcher = Matcher(document.vocab, validate=False)
            self._matcher.add(self.name, [self._pattern])
        longest = len(self._pattern)
        found = set()
        for place in places:
            first = max(0, place - longest)
            near = document[first : place + longest]
            found |= {(first + start, first + end) for _, start, end in self._matcher(near)}
        return found


class _Phrases:
    """Many phrases, of which only those are looked for whose words are all in the text: spaCy would try each at each word."""

    def __init__(self) -> None:
        self._all: list[_Phrase] = []
        self._by_word: dict[str, list[_Phrase]] | None = None

    def add(self, phrase: _Phrase) -> None:
        self._all.append(phrase)
        self._by_word = None

    def find(self, document: Doc) -> Iterator[tuple[str, int, int]]:
        """The group, the first token, and the one after the last, of each phrase in the document."""
        words = [token.i for token in document if not token.is_punct and not token.is_space]
        first, last = (words[0], words[-1]) if words else (0, 0)
        held: dict[str, set[int]] = {}
        for token in document:
            held.setdefault(token.norm_, set()).add(token.i)
        by_word = self._indexed()
        for phrase in {phrase: None for word in held for phrase in by_word.get(word, ())}:
            if any(held.keys().isdisjoint(choices) for choices in phrase.needed):
                continue
            for start, end in phrase.find(document, set().union(*(held[word] for word in phrase.rarest if word in held))):
                if (not phrase.begins or start <= first) and (not phrase.ends or end > last):
                    yield phrase.name, start, end

    def _indexed(self) -> dict[str, list[_Phrase]]:
        """Each phrase under that one of its needed words which the fewest phrases need."""
        if self._by_word is None:
            common = Counter(word for phrase in self._all for choices in phrase.needed for word in choices)
            self._by_word = {}
            for phrase in self._all:
                phrase.rarest = min(phrase.needed, key=lambda choices: sum(common[word] for word in choices))
                for word in phrase.rarest:
                    self._by_word.setdefault(word, []).append(phrase)
        return self._by_word


class DangerPhrases:
    """All phrases of one file, ready to be looked for."""

    def __init__(self, path: Path) -> None:
        """Raises SentencesError, naming the entry, where the file is not as it should be."""
        self._language = spacy.blank("en")
        content = read_document(path, SentencesError)
        check_phrases(path, content)
        self._lists: dict[str, list[Any]] = content["lists"]
        self._why: dict[str, str] = {}
        self._spared_by: dict[str, list[str]] = {}
        self._danger, self._unless = _Phrases(), _Phrases()
        for name, phrases in content["unless"].items():
            self._add(self._unless, path, name, phrases)
        for group in content["danger"]:
            name = group["id"]
            self._why[name] = group["why"]
            self._spared_by[name] = group.get("unless", [])
            self._add(self._danger, path, name, group["phrases"])

    def find(self, text: str) -> list[PhraseMatch]:
        """Every danger phrase in `text` that nothing beside it takes back, longest first."""
        return self.screen(text)[0]

    def taken_back(self, text: str) -> list[str]:
        """The names of the `unless` lists that fit `text`."""
        return self.screen(text)[1]

    def screen(self, text: str) -> tuple[list[PhraseMatch], list[str]]:
        """Both of the above, for one reading of `text`."""
        document = self._language(text.lower())
        spared = {name for name, _, _ in self._unless.find(document)}
        found = {
            PhraseMatch(name, self._why[name], document[start].idx, document[end - 1].idx + len(document[end - 1]))
            for name, start, end in self._danger.find(document)
            if not spared.intersection(self._spared_by[name])
        }
        return sorted(found, key=lambda match: (match.start - match.end, match.start, match.id)), sorted(spared)

    def _add(self, phrases: _Phrases, path: Path, name: str, written: list[str]) -> None:
        for phrase in written:
            words = phrase.split()
            begins, ends = words[:1] == ["^"], words[-1:] == ["$"]
            words = words[begins : len(words) - ends]
            phrases.add(_Phrase(name, self._pattern(path, name, " ".join(words)), begins, ends))

    def _pattern(self, path: Path, name: str, phrase: str) -> list[dict[str, Any]]:
        pattern: list[dict[str, Any]] = []
        for word in phrase.split():
            if word == "..":
                pattern += [{"OP": "?"}] * GAP
                continue
            optional = word.endswith("?") and len(word) > 1
            word = word.rstrip("?") if optional else word
            choices = [choice for part in word.split("|") for choice in self._choices(path, name, part)]
            token: dict[str, Any] = {"NORM": {"IN": choices}}
            if optional:
                token["OP"] = "?"
            pattern.append(token)
        if all(token.get("OP") == "?" for token in pattern):
            raise SentencesError(f"{path.name}, entry {name}: a phrase needs a word that must be there, or it fits every message.")
        return pattern

    def _choices(self, path: Path, name: str, word: str) -> list[str]:
        if not word.startswith("@"):
            return [word]
        if word[1:] not in self._lists:
            raise SentencesError(f"{path.name}, entry {name}: there is no list {word}.")
        return [str(choice) for choice in self._lists[word[1:]]]


def check_phrases(path: Path, content: Any) -> None:
    """Raises SentencesError, naming the entry, where `content` does not have the form of a file of danger phrases."""
    if not isinstance(content, dict) or set(content) != {"lists", "danger", "unless"}:
        raise SentencesError(f"{path.name} must hold lists, danger and unless, and nothing else.")
    for part, kind in (("lists", dict), ("danger", list), ("unless", dict)):
        if not isinstance(content[part], kind):
            raise SentencesError(f"{path.name}, {part}: it must be a list{' of named lists' if kind is dict else ''}.")
    for name, words in content["lists"].items():
        # Years stand in lists as numbers.
        if not isinstance(words, list) or not all(is_words(word) or type(word) is int for word in words):
            raise SentencesError(f"{path.name}, entry {name}: it must be a list of words; put yes and no in quotes.")
    for name, phrases in content["unless"].items():
        if not is_list_of_words(phrases):
            raise SentencesError(f"{path.name}, entry {name}: it must be a list of phrases, none of them empty.")
    seen: set[str] = set()
    for group in content["danger"]:
        name = group.get("id", "without an id") if isinstance(group, dict) else "without an id"
        if not isinstance(group, dict) or not {"id", "why", "phrases"} <= set(group) <= {"id", "why", "phrases", "unless"}:
            raise SentencesError(f"{path.name}, entry {name}: it must hold id, why and phrases, and unless where needed.")
        if not is_words(group["id"]) or not is_words(group["why"]):
            raise SentencesError(f"{path.name}, entry {name}: id and why must be words.")
        if not is_list_of_words(group["phrases"]) or not group["phrases"] or not is_list_of_words(group.get("unless", [])):
            raise SentencesError(f"{path.name}, entry {name}: phrases and unless must be lists of words, none of them empty.")
        unknown = set(group.get("unless", [])) - set(content["unless"])
        if unknown:
            raise SentencesError(f"{path.name}, entry {name}: there is no list {min(unknown)} under unless.")
        if name in seen:
            raise SentencesError(f"{path.name}, entry {name}: it stands twice, and may only once.")
        seen.add(name)
