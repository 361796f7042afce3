"""The danger phrases: patterns that a person can read, review and change in data/danger/phrases.yml.

In: text. Out: which phrases matched, and where. Built on spaCy's Matcher over a blank English pipeline with lemma look-ups.

One phrase is words in order. Each word stands for itself in its normal spelling (so `not` fits "n't" and "nt"), and:
`a|b` is either; `~kick` fits every form of the verb or noun; `@list` is any word of that list; `word?` may be missing;
`..` is up to three words of any kind; `^` before the first word means that the message begins there, `$` after the last that it ends.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.documents import is_list_of_words, is_words, read_document
from bot.errors import SentencesError

GAP = 3
_ANCHORS = "\n"


@dataclass(frozen=True)
class PhraseMatch:
    """A danger phrase found in a text: its group's id, why that is danger, and the characters it covers."""

    id: str
    why: str
    start: int
    end: int


class DangerPhrases:
    """All phrases of one file, ready to be looked for."""

    def __init__(self, path: Path) -> None:
        """Raises SentencesError, naming the entry, where the file is not as it should be."""
        self._language = spacy.blank("en")
        self._language.add_pipe("lemmatizer", config={"mode": "lookup"})
        self._language.initialize()
        content = read_document(path, SentencesError)
        check_phrases(path, content)
        self._lists: dict[str, list[Any]] = content["lists"]
        self._why: dict[str, str] = {}
        self._spared_by: dict[str, list[str]] = {}
        self._danger = Matcher(self._language.vocab)
        self._unless = Matcher(self._language.vocab)
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
        spared = {name for name, _, _ in self._matches(self._unless, document)}
        found = {
            PhraseMatch(name, self._why[name], document[start].idx, document[end - 1].idx + len(document[end - 1]))
            for name, start, end in self._matches(self._danger, document)
            if not spared.intersection(self._spared_by[name])
        }
        return sorted(found, key=lambda match: (match.start - match.end, match.start, match.id)), sorted(spared)

    def _matches(self, matcher: Matcher, document: Doc) -> Iterator[tuple[str, int, int]]:
        words = [token.i for token in document if not token.is_punct and not token.is_space]
        first, last = (words[0], words[-1]) if words else (0, 0)
        for key, start, end in matcher(document):
            name, begins, ends = self._language.vocab.strings[key].split(_ANCHORS)
            if (not begins or start <= first) and (not ends or end > last):
                yield name, start, end

    def _add(self, matcher: Matcher, path: Path, name: str, phrases: list[str]) -> None:
        for phrase in phrases:
            words = phrase.split()
            begins, ends = words[:1] == ["^"], words[-1:] == ["$"]
            words = words[begins : len(words) - ends]
            matcher.add(f"{name}{_ANCHORS}{'^' * begins}{_ANCHORS}{'$' * ends}", [self._pattern(path, name, " ".join(words))])

    def _pattern(self, path: Path, name: str, phrase: str) -> list[dict[str, Any]]:
        pattern: list[dict[str, Any]] = []
        for word in phrase.split():
            if word == "..":
                pattern += [{"OP": "?"}] * GAP
                continue
            optional = word.endswith("?") and len(word) > 1
            word = word.rstrip("?") if optional else word
            choices = [choice for part in word.split("|") for choice in self._choices(path, name, part)]
            lemmas = [choice[1:] for choice in choices if choice.startswith("~")]
            if lemmas and len(lemmas) != len(choices):
                raise SentencesError(f"{path.name}, entry {name}, phrase {phrase!r}: a word is either all ~forms or none.")
            token: dict[str, Any] = {"LEMMA": {"IN": lemmas}} if lemmas else {"NORM": {"IN": choices}}
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
