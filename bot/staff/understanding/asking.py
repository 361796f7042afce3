"""Asks the real engine about labelled messages, and about the same ones with everybody swapped.

In: an engine, messages. Out: for each, what was understood, how surely, and which contacts were named. Each message is a new
conversation, forgotten at once.
"""

import sys
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Iterator, TypeVar

from tqdm import tqdm

from bot.dialogue.engine import Engine
from bot.staff.understanding.messages import Labelled
from bot.understanding.labels import EMERGENCY

CHANNEL = "web"
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Asked:
    """A message and its answer. `probabilities` are the situations', `danger` the whole message's, `windows` those of its parts."""

    message: Labelled
    situations: tuple[str, ...]
    urgency: str
    contacts: tuple[str, ...]
    probabilities: dict[str, float] = field(default_factory=dict)
    danger: float = 0.0
    windows: tuple[float, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def alarm(self) -> bool:
        return self.urgency == EMERGENCY


@dataclass(frozen=True)
class Swapped:
    """A message asked for the other side: its other wording, and what was answered to both."""

    before: Asked
    text: str
    urgency: str
    contacts: tuple[str, ...]

    @property
    def same(self) -> bool:
        return (self.urgency, self.contacts) == (self.before.urgency, self.before.contacts)


async def ask(engine: Engine, messages: Iterable[Labelled]) -> list[Asked]:
    """The answers, in the order of the messages."""
    return [_asked(message, await engine.explain(message.text, CHANNEL)) for message in progress(messages, "Asking the kept messages")]


async def ask_swapped(engine: Engine, asked: Iterable[Asked], swapper: Callable[[str], str]) -> list[Swapped]:
    """The answers to those messages that say who is a man and who a woman, with everybody swapped."""
    said = [(before, swapper(before.message.text)) for before in asked]
    answers = []
    for before, text in progress([pair for pair in said if pair[1] != pair[0].message.text], "Asking them with everybody swapped"):
        conversation = await engine.open()
        try:
            reply = await engine.answer(conversation, text, CHANNEL)
        finally:
            await engine.leave(conversation)
        answers.append(Swapped(before, text, reply.urgency, tuple(contact.id for contact in reply.contacts)))
    return answers


def progress(things: Iterable[Thing], doing: str) -> Iterator[Thing]:
    """The same things, with a bar on standard error where that is a terminal."""
    return iter(tqdm(list(things), desc=doing, file=sys.stderr, disable=not sys.stderr.isatty()))


def _asked(message: Labelled, explanation: dict[str, Any]) -> Asked:
    danger, reply = explanation["danger"], explanation["reply"]
    return Asked(
        message,
        tuple(explanation["situations"]),
        reply["urgency"],
        tuple(contact["id"] for contact in reply["contacts"]),
        {entry["name"]: entry["confidence"] for entry in explanation["intent_ranking"]},
        danger.get("whole", 0.0),
        tuple(danger.get("windows", ())),
        tuple(phrase["text"] for phrase in danger.get("phrases", ())),
    )
