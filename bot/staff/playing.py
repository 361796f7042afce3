"""Plays conversations through the loaded engine as people have them: typed words where a step has them, a tapped choice elsewhere.

In: steps, one by one or a whole story. Out: a Turn for each, with what happened. A conversation is forgotten when it is left.
`rasa test core` can't run this project's actions in-process, never compares what is said, and exits 0 on an empty folder.
"""

import time
from contextlib import asynccontextmanager, contextmanager
from typing import Any, AsyncIterator, Iterator

from rasa.shared.core.events import ActionExecuted

from bot.dialogue.engine import Engine
from bot.staff.stories import Step, Story, Turn

CHANNEL = "web"
# Rasa's own housekeeping, which no story tells of.
_SILENT = ("action_listen", "action_session_start")


class Conversation:
    """One conversation in one channel, from `open` to `leave`."""

    def __init__(self, engine: Engine, channel: str, identity: str) -> None:
        self.engine = engine
        self.channel = channel
        self._identity = identity

    @classmethod
    async def open(cls, engine: Engine, channel: str = CHANNEL) -> "Conversation":
        return cls(engine, channel, await engine.open())

    async def leave(self) -> None:
        """Forgets it."""
        await self.engine.leave(self._identity)

    async def start(self) -> Turn:
        """The first words, before anybody said anything."""
        return await self.say(Step("greeting", None, None, ()))

    async def say(self, step: Step) -> Turn:
        """What follows when somebody types, or taps, what the step says; with neither, the first words. Raises BadRequest where the
        bot never offered such a choice."""
        started = time.perf_counter()
        with _listening(self.engine) as said:
            if step.typed is not None:
                reply = await self.engine.answer(self._identity, step.typed, self.channel)
            elif step.tapped is not None:
                reply = await self.engine.choose(self._identity, step.tapped, self.channel)
            else:
                reply = await self.engine.start(self._identity, self.channel)
        milliseconds = (time.perf_counter() - started) * 1000
        tracker = await self.engine.store.retrieve(self._identity)
        if tracker is None or tracker.latest_message is None:  # the turn failed, and the reply says so
            return Turn(step, "", (), reply, {}, tuple(said), milliseconds)
        actions = tuple(
            event.action_name for event in tracker.events if isinstance(event, ActionExecuted) and event.action_name not in _SILENT
        )
        intent = (tracker.latest_message.intent or {}).get("name") or ""
        return Turn(step, intent, actions, reply, dict(tracker.current_slot_values()), tuple(said), milliseconds)


@asynccontextmanager
async def conversation(engine: Engine, channel: str = CHANNEL) -> AsyncIterator[Conversation]:
    """A new conversation, forgotten at the end."""
    opened = await Conversation.open(engine, channel)
    try:
        yield opened
    finally:
        await opened.leave()


async def play(engine: Engine, story: Story, channel: str = CHANNEL) -> list[Turn]:
    """The turns of one story, in a conversation of its own. Raises BadRequest where a step taps what is never offered."""
    async with conversation(engine, channel) as talk:
        return [await talk.say(step) for step in story.steps]


@contextmanager
def _listening(engine: Engine) -> Iterator[list[str]]:
    """Notes which responses are said meanwhile."""
    generator = engine.agent.processor.nlg
    generate = generator.generate
    said: list[str] = []

    async def noted(name: str, *arguments: Any, **named: Any) -> Any:
        said.append(name)
        return await generate(name, *arguments, **named)

    generator.generate = noted
    try:
        yield said
    finally:
        generator.generate = generate
