"""The labelled messages: those kept apart, which training never saw, and those trained on, each with the place where it stands.

In: JSON Lines and data/nlu. Out: typed messages. Raises StartError where a file is not as docs/labels.md says.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StartError
from bot.staff.places import Placed, read_placed
from bot.understanding.labels import HARM, SITUATIONS, URGENCIES


@dataclass(frozen=True)
class Labelled:
    """One message, its labels, and its file and line. `styles` say how a kept one is told, `intent` under which a trained one stands."""

    text: str
    situations: tuple[str, ...]
    urgency: str
    file: str
    line: int
    styles: tuple[str, ...] = ()
    intent: str = ""


@dataclass(frozen=True)
class FollowUp:
    """What somebody says later in a conversation. `told`: situations of harm that were told before; `right`: every reading that is right,
    a question's intent or a situation, `immediate_danger` for danger now."""

    text: str
    told: tuple[str, ...]
    right: tuple[str, ...]
    file: str
    line: int


def read_follow_ups(path: Path, root: Path) -> list[FollowUp]:
    """The follow-ups of one JSON Lines file, in its order."""
    name = path.relative_to(root).as_posix()
    follow_ups = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            follow_up = FollowUp(str(entry["text"]), tuple(entry["told"]), tuple(entry["right"]), name, number)
        except (ValueError, KeyError, TypeError):
            raise StartError(f"{name}, line {number}: it needs text, told and right, as JSON.") from None
        if not follow_up.right or set(follow_up.told) - set(HARM):
            raise StartError(f"{name}, line {number}: it needs at least one right reading, and told may hold only situations of harm.")
        follow_ups.append(follow_up)
    return follow_ups


def read_kept_apart(path: Path, root: Path) -> list[Labelled]:
    """The messages of one JSON Lines file, in its order."""
    name = path.relative_to(root).as_posix()
    messages = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            message = Labelled(
                entry["text"], tuple(entry["situations"]), entry["urgency"], name, number, tuple(entry.get("style", ()))
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            raise StartError(f"{name}, line {number}: it needs text, situations and urgency, as JSON.") from None
        if not message.situations or set(message.situations) - set(SITUATIONS) or message.urgency not in URGENCIES:
            raise StartError(f"{name}, line {number}: a situation or urgency that docs/labels.md does not know.")
        messages.append(message)
    return messages


def read_swapped(path: Path, kept: list[Labelled], root: Path) -> dict[str, str]:
    """The kept messages that somebody told again by hand with everybody's gender swapped: each message, and the other telling."""
    name = path.relative_to(root).as_posix()
    texts = {message.line: message.text for message in kept}
    tellings = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            tellings[texts[entry["line"]]] = str(entry["text"])
        except (ValueError, KeyError, TypeError):
            raise StartError(f"{name}, line {number}: it needs the line of a kept message, and its text, as JSON.") from None
    return tellings


def read_trained(root: Path) -> list[Labelled]:
    """Every message of data/nlu. Blocks without labels are left out: the check of the data tells of them."""
    messages = []
    for path in sorted((root / "data/nlu").rglob("*.yml")):
        for block in read_placed(path, root).at("nlu").items():
            messages += trained_in(block)
    return messages


def first_messages(messages: list[Labelled]) -> list[Labelled]:
    """Those that teach situations and danger: what is only said later in a conversation teaches neither."""
    return [message for message in messages if message.intent in SITUATIONS]


def trained_in(block: Placed) -> list[Labelled]:
    """The messages of one block of data/nlu, with the labels of its metadata; none where it has none."""
    metadata = block.value.get("metadata") if isinstance(block.value, dict) else None
    if not isinstance(metadata, dict) or not metadata.get("situations") or not metadata.get("urgency"):
        return []
    examples = block.at("examples")
    situations, urgency, intent = tuple(metadata["situations"]), metadata["urgency"], str(block.value.get("intent"))
    return [Labelled(text, situations, urgency, block.file, line, intent=intent) for text, line in example_lines(examples)]


def example_lines(examples: Placed) -> list[tuple[str, int]]:
    """The messages of one `examples: |`, each with its line."""
    lines = str(examples.value or "").splitlines()
    return [
        (line.strip().removeprefix("-").strip(), examples.line + 1 + place)
        for place, line in enumerate(lines)
        if line.strip().removeprefix("-").strip()
    ]
