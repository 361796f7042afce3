"""Holds every sentence of the bot to how it speaks: plain, short, British, honest, and without a number that the directory lacks.

In: the sentences, the directory, and data/wording/wording.yml. Out: findings, each with the response and what is wrong. Pure.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import textstat
import yaml

from bot.directory import Directory
from bot.sentences import Sentence, Sentences

OLDEST_READER = 11
# The grade of Flesch and Kincaid is a year of school, which begins at five.
SCHOOL_AGE = 5
# Of fewer words a grade says nothing.
FEWEST_WORDS = 8
MOST_WORDS = 90
# Said of 999, of the police, and of pressing keys: these may stand in a sentence.
FIGURES = {"999", "101", "55"}
# Only what the force itself published may hold other figures, and names period and source beside them.
FORCE_FIGURES = re.compile(r"Source: Bedfordshire Police, March 2023\.")
# Lengths of time are no facts about a service.
_FIGURE = re.compile(r"(?:\d[\d,.]*\d|\d)(?![\d,.]*\d| (?:hours|minutes|days)\b)")
_WORD = re.compile(r"[a-z]+")
_LETTERS = re.compile(r"\b[A-Z]{3,}\b")


@dataclass(frozen=True)
class Finding:
    """What is wrong with one sentence."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Wording:
    """The rules of data/wording/wording.yml."""

    banned: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...]
    acronyms: dict[str, tuple[str, ...]]
    known: frozenset[str]
    american: re.Pattern[str]


def read_wording(path: Path) -> Wording:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    banned = ((re.compile(entry["words"], re.IGNORECASE), entry["why"], tuple(entry.get("but", []))) for entry in content["banned"])
    return Wording(
        tuple(banned), {name: tuple(meanings) for name, meanings in content["acronyms"].items()},
        frozenset(content["known"]), re.compile("|".join(content["american"])),
    )  # fmt: skip


def check_wording(sentences: Sentences, directory: Directory, wording: Wording, longer: frozenset[str] = frozenset()) -> list[Finding]:
    """Everything wrong with any sentence; `longer`: responses that nobody gets who did not ask, which may be longer."""
    findings = []
    for name, channel, when, sentence in sentences.every():
        where = " ".join(filter(None, (name, channel and f"({channel})", when)))
        findings += [Finding(where, what) for what in _faults(sentence, directory, wording)]
        if name not in longer and words_of(sentence, directory) > MOST_WORDS:
            findings.append(Finding(where, f"{words_of(sentence, directory)} words with its contacts, {MOST_WORDS} at most"))
        if when and not any(other == (name, None) for other in ((n, w) for n, c, w, _ in sentences.every())):
            findings.append(Finding(where, "a further wording of something that has no first one"))
    return [*findings, *_repeated(sentences)]


def words_of(sentence: Sentence, directory: Directory) -> int:
    """The words of a reply that is this response alone, contacts included, without the way out."""
    told_of = [directory[contact] for contact in sentence.contacts if contact not in sentence.already_told]
    lines = [f"{contact.name}: {contact.how}" for contact in told_of]
    return len(" ".join([sentence.text, *lines]).split())


def reading_age(text: str) -> float:
    """The age at which a child reads `text` with ease. Names that the bot can't do without don't count."""
    plain = re.sub(r"Bedfordshire Police|Bedfordshire|Victim Engagement Officers?|Samaritans|Crimestoppers|Victim Support", "Bedford", text)
    return float(textstat.flesch_kincaid_grade(plain)) + SCHOOL_AGE


def _faults(sentence: Sentence, directory: Directory, wording: Wording) -> Iterator[str]:
    text = sentence.text
    said = " ".join([text, *(choice.label for choice in sentence.choices)])
    if len(text.split()) >= FEWEST_WORDS and round(reading_age(text)) > OLDEST_READER:
        yield f"reading age {reading_age(text):.0f}, {OLDEST_READER} at most"
    allowed = FIGURES | figures_of(directory)
    if not FORCE_FIGURES.search(text):
        yield from (f"the figure {figure}, which the directory lacks" for figure in _FIGURE.findall(said) if figure not in allowed)
    for pattern, why, but in wording.banned:
        found = pattern.search(said)
        if found and not any(spared in said for spared in but):
            yield f"“{found.group()}”. {why}"
    for letters in _LETTERS.findall(said):
        meanings = wording.acronyms.get(letters, ())
        if not meanings and letters not in wording.known:
            yield f"{letters}, which nobody knows"
        elif meanings and not any(meaning.lower() in said.lower() for meaning in meanings):
            yield f"{letters} without what it means"
    words = set(_WORD.findall(said.lower()))
    yield from (f"“{word}” is American spelling" for word in sorted(words) if wording.american.fullmatch(word))


def _repeated(sentences: Sentences) -> Iterator[Finding]:
    """The wordings of one response have to differ, or the same is said again."""
    texts: dict[tuple[str, str | None], list[str]] = {}
    for name, channel, _, sentence in sentences.every():
        texts.setdefault((name, channel), []).append(sentence.text)
    for (name, _), said in texts.items():
        if len(set(said)) < len(said):
            yield Finding(name, "two of its wordings are the same")


def figures_of(directory: Directory) -> set[str]:
    """Every figure that stands in the directory."""
    facts = (value for contact in directory.values() for value in contact.dict(exclude={"sources", "checked"}).values() if value)
    return {figure for fact in facts for figure in _FIGURE.findall(str(fact))}
