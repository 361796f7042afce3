"""Every sentence that the bot says, read from data/responses/ (Rasa's own format, reviewable by who does not read Python).

In: the folder. Out: a text, and the choices below it, by response name and channel.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from bot.documents import is_words, read_document
from bot.errors import SentencesError

# The wordings of a response: as it stands, or where the slot `repeat` has this value.
WORDINGS = (None, "again", "more")
_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")


@dataclass(frozen=True)
class Choice:
    """What a person can tap: the words they see, and the value that is sent back."""

    label: str
    value: str


@dataclass(frozen=True)
class Sentence:
    """One response in one channel."""

    text: str
    choices: tuple[Choice, ...] = ()
    contacts: tuple[str, ...] = ()
    already_told: tuple[str, ...] = ()
    urgency: str | None = None


class Sentences:
    """All responses of a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises SentencesError, naming the file and the response, where one is not fit to be said."""
        self._sentences: dict[tuple[str, str | None, str | None], Sentence] = {}
        self._homes: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yml")):
            for name, variations in _responses(path).items():
                if self._homes.setdefault(name, path) != path:  # Rasa would keep one file's and lose the other's
                    raise SentencesError(f"{path.name}, {name}: it stands in {self._homes[name].name} too: put its channels in one file.")
                if not isinstance(variations, list) or not all(isinstance(variation, dict) for variation in variations):
                    raise SentencesError(f"{path.name}, {name}: it must be a list of texts, each written as - text: ...")
                for variation in variations:
                    key = (name, variation.get("channel"), _wording(path, name, variation))
                    if key in self._sentences:
                        raise SentencesError(f"{path.name}, {name}: it stands twice for the same channel and wording, and may only once.")
                    self._sentences[key] = _sentence(path, name, variation)
        self._labels: dict[str, set[str]] = {}
        for sentence in self._sentences.values():
            for choice in sentence.choices:
                self._labels.setdefault(_plain(choice.label), set()).add(choice.value)
        counted = Counter(choice for sentence in self._sentences.values() for choice in sentence.choices)
        self._words = {choice.value: choice.label for choice, _ in reversed(counted.most_common())}

    def get(self, name: str, channel: str, wording: str | None = None) -> Sentence:
        """What is said as `name` in `channel`, as Rasa chooses it: the channel's own words before a further wording. Raises
        SentencesError where nothing is."""
        for key in ((name, channel, wording), (name, channel, None), (name, None, wording), (name, None, None)):
            if key in self._sentences:
                return self._sentences[key]
        raise SentencesError(f"There is no response {name} for the channel {channel} in data/responses.")

    def contacts(self, name: str) -> tuple[str, ...]:
        """The contacts that `name` brings by itself; none where there is no such response."""
        found = self._sentences.get((name, None, None))
        return found.contacts if found else ()

    def urgency(self, name: str) -> str | None:
        """The urgency that `name` gives its reply, where it gives one."""
        found = self._sentences.get((name, None, None))
        return found.urgency if found else None

    def every(self) -> Iterator[tuple[str, str | None, str | None, Sentence]]:
        """Name, channel, wording and sentence, for all of them."""
        for (name, channel, wording), sentence in self._sentences.items():
            yield name, channel, wording, sentence

    def names_in(self, *files: str) -> set[str]:
        """The responses that stand in these files of the folder."""
        return {name for name, path in self._homes.items() if path.name in files}

    def names(self) -> set[str]:
        return {name for name, _, _ in self._sentences}

    def typed_out(self, text: str) -> str | None:
        """What the choice sends back whose label is typed out; None where there is no such label, or not one meaning of it. A single word,
        such as a yes, may mean anything."""
        label = _plain(text)
        meanings = self._labels.get(label, set())
        return next(iter(meanings)) if len(meanings) == 1 and " " in label else None

    def label(self, value: str) -> str | None:
        """The words that most choices have for `value`; None where there is no such choice."""
        return self._words.get(value)

    def values(self) -> set[str]:
        """Every value that a choice can send back."""
        return set(self._words)


def _plain(label: str) -> str:
    return " ".join(label.lower().replace("’", "'").rstrip(".!? ").split())


def value_of(payload: str) -> str | None:
    """A Rasa button's payload as the value of a choice: `/intent` as `intent`, `/intent{"service": "x"}` as `intent:x`."""
    fitted = _PAYLOAD.match(payload)
    if fitted is None:
        return None
    if fitted["entities"] is None:
        return fitted["intent"]
    try:
        [(entity, value)] = json.loads(fitted["entities"]).items()
    except (ValueError, AttributeError):
        return None
    return f"{fitted['intent']}:{value}" if entity == "service" else None


def _responses(path: Path) -> dict[str, Any]:
    content = read_document(path, SentencesError) or {}
    responses = content.get("responses", {}) if isinstance(content, dict) else None
    if not isinstance(responses, dict):
        raise SentencesError(f"{path.name} must hold responses by name, as Rasa writes them.")
    return responses


def _sentence(path: Path, name: str, variation: dict[str, Any]) -> Sentence:
    text, buttons = variation.get("text"), variation.get("buttons", [])
    if not is_words(text):
        raise SentencesError(f"{path.name}, {name}: it has no text.")
    if not isinstance(buttons, list):
        raise SentencesError(f"{path.name}, {name}: its buttons must be a list.")
    choices = tuple(_choice(path, name, button) for button in buttons)
    custom = variation.get("custom") or {}
    contacts = tuple(entry["id"] for entry in custom.get("contacts", []))
    return Sentence(text.strip(), choices, contacts, tuple(custom.get("already_told", [])), custom.get("urgency"))


def _wording(path: Path, name: str, variation: dict[str, Any]) -> str | None:
    conditions = variation.get("condition")
    if conditions is None:
        return None
    if isinstance(conditions, list) and len(conditions) == 1:
        [condition] = conditions
        if condition.get("type") == "slot" and condition.get("name") == "repeat" and condition.get("value") in WORDINGS[1:]:
            return str(condition["value"])
    raise SentencesError(f"{path.name}, {name}: a condition can only be that the slot repeat is again, or more.")


def _choice(path: Path, name: str, button: Any) -> Choice:
    title, payload = (button.get("title"), button.get("payload")) if isinstance(button, dict) else (None, None)
    value = value_of(payload) if is_words(payload) else None
    if value is None or not is_words(title):
        raise SentencesError(f"{path.name}, {name}: a button needs a title and a payload such as /greeting.")
    return Choice(title, value)
