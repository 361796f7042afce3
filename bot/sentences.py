"""Every sentence that the bot says, read from data/responses/ (Rasa's own format, reviewable by who does not read Python).

In: the folder. Out: a text, and the choices below it, by response name and channel.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.documents import is_words, read_document
from bot.errors import SentencesError

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


class Sentences:
    """All responses of a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises SentencesError, naming the file and the response, where one is not fit to be said."""
        self._sentences: dict[tuple[str, str | None], Sentence] = {}
        homes: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yml")):
            for name, variations in _responses(path).items():
                if homes.setdefault(name, path) != path:  # Rasa would keep one file's and lose the other's
                    raise SentencesError(f"{path.name}, {name}: it stands in {homes[name].name} too: put all its channels in one file.")
                if not isinstance(variations, list) or not all(isinstance(variation, dict) for variation in variations):
                    raise SentencesError(f"{path.name}, {name}: it must be a list of texts, each written as - text: ...")
                for variation in variations:
                    key = (name, variation.get("channel"))
                    if key in self._sentences:
                        raise SentencesError(f"{path.name}, {name}: it stands twice for the same channel, and may only once.")
                    self._sentences[key] = _sentence(path, name, variation)

    def get(self, name: str, channel: str) -> Sentence:
        """What is said as `name` in `channel`. Raises SentencesError where nothing is."""
        found = self._sentences.get((name, channel)) or self._sentences.get((name, None))
        if found is None:
            raise SentencesError(f"There is no response {name} for the channel {channel} in data/responses.")
        return found

    def names(self) -> set[str]:
        return {name for name, _ in self._sentences}

    def values(self) -> set[str]:
        """Every value that a choice can send back."""
        return {choice.value for sentence in self._sentences.values() for choice in sentence.choices}


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
    return Sentence(text.strip(), tuple(_choice(path, name, button) for button in buttons))


def _choice(path: Path, name: str, button: Any) -> Choice:
    title, payload = (button.get("title"), button.get("payload")) if isinstance(button, dict) else (None, None)
    value = value_of(payload) if is_words(payload) else None
    if value is None or not is_words(title):
        raise SentencesError(f"{path.name}, {name}: a button needs a title and a payload such as /greeting.")
    return Choice(title, value)
