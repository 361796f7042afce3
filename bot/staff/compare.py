"""Compares two models, or two versions of the data (each trained into a model file), over all flows and all held-out messages.

In: two engines. Out: what each gets right, and every message and flow that changed, for better or worse. The final messages
(tests/understanding/final.jsonl) stay out of it: who picks models by them has none left that are unseen.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Iterable, Sequence

from bot.dialogue.engine import Engine
from bot.errors import BadRequest, ModelError
from bot.settings import ROOT, Settings
from bot.staff.playing import conversation
from bot.staff.stories import Step, Story, read_stories
from bot.staff.understanding.messages import Labelled, read_kept_apart
from bot.staff.understanding.promises import required_contacts
from bot.understanding.labels import EMERGENCY

HELD_OUT = ROOT / "tests/understanding/held_out.jsonl"
BETTER, WORSE, OTHER = "better", "worse", "different"
# Asking so many things at a time, whoever waits sees how far it is.
PORTION = 10


@dataclass(frozen=True)
class Answer:
    """What one model answered to a message, and which of the three promises that keeps: urgency, contacts, situation."""

    urgency: str
    situations: tuple[str, ...]
    contacts: tuple[str, ...]
    kept: frozenset[str]


@dataclass(frozen=True)
class Played:
    """How a flow went: right where it went as written, or else the first step that did not."""

    right: bool
    step: str = ""
    happened: str = ""


@dataclass
class Comparison:
    """The work, portion by portion, and what it found so far."""

    one: Engine
    two: Engine
    messages: Sequence[Labelled]
    flows: Sequence[Story]
    answers: list[tuple[Labelled, Answer, Answer]] = field(default_factory=list)
    played: list[tuple[Story, Played, Played]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.messages) + len(self.flows)

    @property
    def done(self) -> int:
        return len(self.answers) + len(self.played)

    async def go_on(self) -> bool:
        """Does one portion; False when nothing is left."""
        for flow in self.flows[len(self.played) : len(self.played) + PORTION]:
            self.played.append((flow, await _play(self.one, flow), await _play(self.two, flow)))
        if len(self.played) < len(self.flows):
            return True
        for message in self.messages[len(self.answers) : len(self.answers) + PORTION]:
            self.answers.append((message, await _answer(self.one, message), await _answer(self.two, message)))
        return self.done < self.total

    def report(self) -> dict[str, Any]:
        """Totals for each model, and what changed, the worst first."""
        changes = [*(_flow_change(*entry) for entry in self.played), *(_message_change(*entry) for entry in self.answers)]
        changed = sorted((change for change in changes if change), key=lambda change: (WORSE, BETTER, OTHER).index(change["change"]))
        counts = Counter(change["change"] for change in changed)
        return {
            "one": _totals(self.one, [played for _, played, _ in self.played], [(message, one) for message, one, _ in self.answers]),
            "two": _totals(self.two, [played for _, _, played in self.played], [(message, two) for message, _, two in self.answers]),
            "changes": changed,
            "counts": {kind: counts[kind] for kind in (BETTER, WORSE, OTHER)},
        }


def compare(settings: Settings, one: Path, two: Path, held_out: Path = HELD_OUT) -> Comparison:
    """A comparison ready to go on with. Raises ModelError where a model cannot be loaded."""
    return Comparison(load_model(settings, one), load_model(settings, two), read_kept_apart(held_out, ROOT), read_stories())


def load_model(settings: Settings, model: Path) -> Engine:
    """The engine with another model file, just as it is. Raises ModelError."""
    from bot.app import open_engine

    if not model.is_file():
        raise ModelError(f"There is no model file {model.name}: name one such as models/support.tar.gz.")
    return open_engine(replace(settings, model=model, redis_url=None))


def _totals(engine: Engine, played: list[Played], answers: list[tuple[Labelled, Answer]]) -> dict[str, Any]:
    urgent = [answer for message, answer in answers if message.urgency == EMERGENCY]
    calm = [answer for message, answer in answers if message.urgency != EMERGENCY]
    return {
        "model": engine.settings.model.name,
        "flows": _share(flow.right for flow in played),
        "emergencies_found": _share(answer.urgency == EMERGENCY for answer in urgent),
        "false_alarms": _share(answer.urgency == EMERGENCY for answer in calm),
        "contacts_named": _share("contacts" in answer.kept for _, answer in answers),
        "situations_found": _share("situation" in answer.kept for _, answer in answers),
    }


async def _play(engine: Engine, flow: Story) -> Played:
    """Plays the flow from its first step to the first that goes wrong."""
    async with conversation(engine) as talk:
        for step in flow.steps:
            said = step.typed if step.typed is not None else f"choice {step.tapped}"
            try:
                turn = await talk.say(step)
            except BadRequest:
                return Played(False, said, "no such choice is offered")
            if not turn.as_written:
                return Played(False, said, f"{turn.intent} → {', '.join(turn.actions)}")
    return Played(True)


async def _answer(engine: Engine, message: Labelled) -> Answer:
    async with conversation(engine) as talk:
        reply = (await talk.say(Step("", message.text, None, ()))).reply
    contacts = tuple(contact.id for contact in reply.contacts)
    kept = {
        "urgency": reply.urgency == message.urgency,
        "contacts": required_contacts(message) <= set(contacts),
        "situation": message.situations[0] in reply.situations,
    }
    return Answer(reply.urgency, reply.situations, contacts, frozenset(name for name, held in kept.items() if held))


def _message_change(message: Labelled, one: Answer, two: Answer) -> dict[str, Any] | None:
    if one == two:
        return None
    return {
        "kind": "message", "change": _judge(one.kept, two.kept), "what": message.text, "place": f"{message.file}, line {message.line}",
        "expected": ", ".join((message.urgency, *message.situations)), "one": _told(one), "two": _told(two),
    }  # fmt: skip


def _flow_change(flow: Story, one: Played, two: Played) -> dict[str, Any] | None:
    if one == two:
        return None
    change = BETTER if two.right else WORSE if one.right else OTHER
    return {
        "kind": "flow", "change": change, "what": flow.name, "place": flow.file, "expected": "goes as written",
        "one": _went(one), "two": _went(two),
    }  # fmt: skip


def _judge(one: frozenset[str], two: frozenset[str]) -> str:
    if ("urgency" in one) != ("urgency" in two):  # who is in danger comes before everything else
        return BETTER if "urgency" in two else WORSE
    return BETTER if two > one else WORSE if two < one else OTHER


def _told(answer: Answer) -> str:
    return ", ".join((answer.urgency, *answer.situations)) + (f" → {', '.join(answer.contacts)}" if answer.contacts else "")


def _went(played: Played) -> str:
    return "goes as written" if played.right else f"at “{played.step}”: {played.happened}"


def _share(answers: Iterable[bool]) -> dict[str, int]:
    counted = list(answers)
    return {"hits": sum(counted), "of": len(counted)}


NAMES = {
    "flows": "flows that go as written", "emergencies_found": "emergencies found", "false_alarms": "false alarms",
    "contacts_named": "all required contacts named", "situations_found": "first situation found",
}  # fmt: skip


def describe(report: dict[str, Any]) -> str:
    """The report as lines for a terminal."""
    one, two = report["one"], report["two"]
    lines = [f"A  {one['model']}", f"B  {two['model']}", ""]
    for key, name in NAMES.items():
        lines.append(f"{name:<30} A {_percent(one[key]):>18}   B {_percent(two[key]):>18}")
    counts = report["counts"]
    lines += ["", f"Changed: {counts[BETTER]} better, {counts[WORSE]} worse, {counts[OTHER]} different and neither.", ""]
    for change in report["changes"]:
        lines += [f"{change['change']}: {change['what']}", f"    {change['place']}; expected: {change['expected']}"]
        lines += [f"    A: {change['one']}", f"    B: {change['two']}"]
    return "\n".join(lines)


def _percent(share: dict[str, int]) -> str:
    return f"{share['hits']} of {share['of']} ({100 * share['hits'] / share['of']:.1f} %)" if share["of"] else "none"
