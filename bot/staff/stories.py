"""Plays Rasa test stories through the loaded engine, as people would: typed words where a step has them, a tapped choice elsewhere.

In: stories in Rasa's own format. Out: for each turn what was expected and what happened. `rasa test core` can't run this project's
actions in-process, never compares what is said, and exits 0 on an empty folder.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

import yaml
from rasa.shared.core.events import ActionExecuted

from bot.dialogue.engine import Engine
from bot.reply import Reply

CHANNEL = "web"
_SILENT = ("action_listen", "action_session_start")


@dataclass(frozen=True)
class Step:
    """What a person types, or taps, and what must follow."""

    intent: str
    typed: str | None
    tapped: str | None
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Turn:
    """What happened for one step."""

    step: Step
    intent: str
    actions: tuple[str, ...]
    reply: Reply
    slots: dict[str, Any] = field(repr=False)
    said: tuple[str, ...] = ()

    @property
    def as_written(self) -> bool:
        return (self.intent, self.actions) == (self.step.intent, self.step.actions)


def read_stories(folder: Path) -> list[Story]:
    """Every story of the folder's test_*.yml."""
    return [
        Story(story["story"], tuple(_steps(story["steps"])))
        for path in sorted(folder.glob("test_*.yml"))
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    ]


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
        typed = step["user"].strip() if "user" in step else None
        yield Step(step["intent"], typed, tapped, tuple(actions))


async def play(engine: Engine, story: Story, channel: str = CHANNEL) -> list[Turn]:
    """The turns of one story, in a conversation of its own that is forgotten afterwards."""
    conversation = await engine.open()
    turns = []
    try:
        for step in story.steps:
            with _listening(engine) as said:
                if step.typed is not None:
                    reply = await engine.answer(conversation, step.typed, channel)
                else:
                    reply = await engine.choose(conversation, step.tapped or "", channel)
            tracker = await engine.store.retrieve(conversation)
            if tracker is None or tracker.latest_message is None:
                raise LookupError(f"the conversation of the story {story.name} was lost")
            actions = tuple(
                event.action_name for event in tracker.events if isinstance(event, ActionExecuted) and event.action_name not in _SILENT
            )
            intent = tracker.latest_message.intent["name"]
            turns.append(Turn(step, intent, actions, reply, dict(tracker.current_slot_values()), tuple(said)))
    finally:
        await engine.leave(conversation)
    return turns


class _listening:
    """Notes which responses a turn says."""

    def __init__(self, engine: Engine) -> None:
        self._generator = engine.agent.processor.nlg
        self._said: list[str] = []

    def __enter__(self) -> list[str]:
        generate = self._generator.generate

        async def noted(name: str, *arguments: Any, **named: Any) -> Any:
            self._said.append(name)
            return await generate(name, *arguments, **named)

        self._generator.generate = noted
        return self._said

    def __exit__(self, *problem: Any) -> None:
        del self._generator.generate
