"""The flow tests: conversations in Rasa's own test-story format, in tests/dialogue/, and those that staff saved, in its folder saved/.

In: files, or turns to save. Out: stories with what each step has to lead to, or a new file. A file is never overwritten.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator, Sequence

import yaml

from bot.errors import BadRequest, StartError
from bot.reply import Reply
from bot.settings import ROOT

FOLDER = ROOT / "tests/dialogue"
SAVED = "saved"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}\Z")
_LONGEST_TITLE = 120


@dataclass(frozen=True)
class Step:
    """What a person types, or taps, and what must follow."""

    intent: str
    typed: str | None
    tapped: str | None
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """One conversation, and the file it stands in."""

    name: str
    steps: tuple[Step, ...]
    file: str = ""

    @property
    def saved(self) -> bool:
        return self.file.startswith(f"{SAVED}/")


@dataclass(frozen=True)
class Turn:
    """What happened for one step. `said` are the responses, `milliseconds` the wait for the reply."""

    step: Step
    intent: str
    actions: tuple[str, ...]
    reply: Reply
    slots: dict[str, Any] = field(repr=False)
    said: tuple[str, ...] = ()
    milliseconds: float = 0.0

    @property
    def as_written(self) -> bool:
        return (self.intent, self.actions) == (self.step.intent, self.step.actions)


class NameTaken(BadRequest):
    """A file of that name is there already."""

    code = "name_taken"


def read_stories(folder: Path = FOLDER) -> list[Story]:
    """Every story of the test_*.yml below `folder`, file by file. Raises StartError, which names the file, where one is no such story."""
    stories = []
    for path in sorted(folder.rglob("test_*.yml")):
        name = path.relative_to(folder).as_posix()
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            stories += [Story(story["story"], tuple(_steps(story["steps"])), name) for story in content["stories"]]
        except (yaml.YAMLError, KeyError, TypeError, AttributeError):
            raise StartError(f"{name} is no file of test stories: each needs story and steps, each step user, intent or action.") from None
    return stories


def save_story(name: str, title: str, turns: Sequence[Turn], folder: Path = FOLDER) -> Path:
    """Writes what happened as a new file with one story. `name` is small letters, digits and underscores. Raises BadRequest where
    name or title will not do or there is nothing to save, NameTaken where the file is there."""
    title = " ".join(title.split())
    if not _NAME.match(name) or not 1 <= len(title) <= _LONGEST_TITLE or not turns:
        raise BadRequest
    path = folder / SAVED / f"test_{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    steps: list[dict[str, Any]] = []
    for turn in turns:
        steps.append(_done(turn))
        steps += [{"action": action} for action in turn.actions]
    content = {"version": "3.1", "stories": [{"story": title, "steps": steps}]}
    try:
        with path.open("x", encoding="utf-8") as file:
            yaml.safe_dump(content, file, sort_keys=False, allow_unicode=True, width=130)
    except FileExistsError:
        raise NameTaken from None
    return path


def _done(turn: Turn) -> dict[str, Any]:
    if turn.step.typed is not None:
        return {"user": turn.step.typed, "intent": turn.intent}
    intent, _, service = (turn.step.tapped or "").partition(":")
    return {"intent": intent, "entities": [{"service": service}]} if service else {"intent": intent}


def _steps(steps: list[dict[str, Any]]) -> Iterator[Step]:
    place = 0
    while place < len(steps):
        step, place = steps[place], place + 1
        actions = []
        while place < len(steps) and "action" in steps[place]:
            actions.append(steps[place]["action"])
            place += 1
        services = [entity["service"] for entity in step.get("entities", []) if "user" not in step]
        tapped = None if "user" in step else ":".join([step["intent"], *services])
        typed = str(step["user"]).strip() if "user" in step else None
        yield Step(step["intent"], typed, tapped, tuple(actions))
