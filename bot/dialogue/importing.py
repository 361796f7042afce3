"""Reads the training messages for Rasa, tens of thousands of them, in a small part of the time that its own reader takes.

In: the files of data/nlu/. Out: what Rasa's file importer gives, message for message. A file that holds anything but intents with their
messages is left to Rasa's reader. config.yml names the importer.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Iterator

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLAIN = {"intent", "examples", "metadata"}
# Where one of these stands, Rasa reads a word of the message as an entity.
MARKS = ("](", "]{")


class SupportImporter(RasaFileImporter):
    """Rasa's file importer with another reader of messages."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        told: list[Message] = []
        others = []
        for path in self._nlu_files:
            blocks = _blocks(Path(path))
            if blocks is None:
                others.append(path)
            else:
                told.extend(message for block in blocks for message in _messages(block))
        return training_data_from_paths(others, language or "en").merge(TrainingData(told))


class Told(Message):
    """A training message. Rasa copies and compares all of them several times before the first is learnt from; this one knows that
    setting what is set already changes nothing, and that nobody writes into its words."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "Told":
        other = Told(self.data, set(self.output_properties), self.time, list(self.features))
        other._cached_fingerprint = self._cached_fingerprint
        return other

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def fingerprint(self) -> str:
        if self._cached_fingerprint is None and not self.features:
            self._cached_fingerprint: str | None = hashlib.md5(json.dumps(self.data, sort_keys=True).encode("utf-8")).hexdigest()
        return str(super().fingerprint())


def _blocks(path: Path) -> list[dict[str, Any]] | None:
    """The intents of a file; nothing where it holds anything else, or is no YAML: Rasa says what is wrong with it."""
    text = path.read_text(encoding="utf-8")
    if any(mark in text for mark in MARKS):
        return None
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError:
        return None
    if not isinstance(content, dict) or not set(content) <= {"version", "nlu"} or not isinstance(content.get("nlu"), list):
        return None
    blocks = content["nlu"]
    plain = all(
        isinstance(block, dict) and set(block) <= PLAIN and isinstance(block.get("intent"), str) and isinstance(block.get("examples"), str)
        and "/" not in block["intent"] and all(line.startswith("- ") for line in block["examples"].splitlines() if line.strip())
        for block in blocks
    )  # fmt: skip
    return blocks if plain else None


def _messages(block: dict[str, Any]) -> Iterator[Message]:
    about = {METADATA: {METADATA_INTENT: block["metadata"]}} if "metadata" in block else {}
    for line in block["examples"].splitlines():
        if text := line.removeprefix("- ").strip():
            yield Told({TEXT: text, INTENT: block["intent"].strip(), **about})
