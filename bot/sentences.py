"""Every sentence that the bot says, read from data/responses/ (Rasa's own format, reviewable by who does not read Python).

In: the folder. Out: a text, and the choices below it, by response name and channel.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

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
            content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for name, variations in (content.get("responses") or {}).items():
                if homes.setdefault(name, path) != path:  # Rasa would keep one file's and lose the other's
                    raise SentencesError(f"{path.name}, {name}: it stands in {homes[name].name} too: put all its channels in one file.")
                for variation in variations:
                    key = (name, variation.get("channel"))
                    if key in self._sentences:
                        raise SentencesError(f"{path.name}, {name}: it stands twice for the same channel, and may only once.")
                    if not str(variation.get("text") or "").strip():
                        raise SentencesError(f"{path.name}, {name}: it has no text.")
                    choices = tuple(_choice(path, name, button) for button in variation.get("buttons", []))
                    self._sentences[key] = Sentence(variation["text"].strip(), choices)

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


def _choice(path: Path, name: str, button: dict[str, Any]) -> Choice:
    value = value_of(str(button.get("payload", "")))
    if value is None or not button.get("title"):
        raise SentencesError(f"{path.name}, {name}: a button needs a title and a payload such as /greeting.")
    return Choice(button["title"], value)
