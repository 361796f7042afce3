"""Asks the real engine about labelled messages, about the same ones with everybody swapped, and about follow-ups.

In: an engine, messages. Out: for each, what was understood, how surely, and which contacts were named. Each message is a new
conversation, forgotten at once.
"""

import sys
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Iterator, TypeVar

from tqdm import tqdm

from bot.dialogue.engine import Engine
from bot.dialogue.thread import ADDS, GO_ON, settle
from bot.staff.understanding.messages import FollowUp, Labelled
from bot.understanding.labels import EMERGENCY, IMMEDIATE_DANGER, SITUATIONS, SUICIDAL
from bot.understanding.text import clean

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


@dataclass(frozen=True)
class Followed:
    """A follow-up and how it was read, with what was told before in view."""

    follow_up: FollowUp
    intent: str
    situations: tuple[str, ...]
    urgency: str

    @property
    def alarm(self) -> bool:
        return self.urgency == EMERGENCY

    @property
    def understood(self) -> bool:
        """Whether the reading is one of the right ones. Harm has to be among those understood; what only adds to what was told is
        answered alike whether it is known for that or merely gone on with."""
        right = set(self.follow_up.right)
        if self.alarm:
            return IMMEDIATE_DANGER in right or (SUICIDAL in right and SUICIDAL in self.situations)
        if self.intent in SITUATIONS and set(self.situations) & right:
            return True
        return self.intent in right or (self.intent == GO_ON and ADDS in right)


async def ask_follow_ups(engine: Engine, follow_ups: Iterable[FollowUp]) -> list[Followed]:
    """How each is read, in their order."""
    read = []
    for follow_up in progress(follow_ups, "Asking the follow-ups"):
        parse = settle(await engine.understand(follow_up.text), list(follow_up.told), len(clean(follow_up.text).split()))
        read.append(Followed(follow_up, parse["intent"]["name"], tuple(parse["situations"]), parse["urgency"]))
    return read


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
