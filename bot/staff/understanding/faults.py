"""What is wrong with an answer, and how bad that is for the person who asked.

In: answers. Out: faults, the worst first: a missed emergency before everything else. Pure.
"""

from dataclasses import dataclass
from typing import Iterable

from bot.staff.understanding.asking import Asked
from bot.staff.understanding.promises import first_contacts, required_contacts
from bot.understanding.labels import EMERGENCY, IMMEDIATE_DANGER, NONE

# What the fault is, in words, the worst first.
MISSED = "an emergency was missed"
ALARM_FOR_NOTHING = "999 was put first where no help is needed"
NOT_NAMED = "a contact that has to be named was not"
NOT_FIRST = "the contact that has to come first did not"
ALARM_FOR_SUPPORT = "999 was put first where it is support that is needed"
HELP_FOR_NOTHING = "help was named where none is needed"
WRONG_SITUATION = "the situations were understood wrongly"
KINDS = (MISSED, ALARM_FOR_NOTHING, NOT_NAMED, NOT_FIRST, ALARM_FOR_SUPPORT, HELP_FOR_NOTHING, WRONG_SITUATION)


@dataclass(frozen=True)
class Fault:
    """The worst that is wrong with one answer; `sure` is how sure the bot was of its mistake, from 0 to 1."""

    asked: Asked
    kind: str
    sure: float


def fault_of(asked: Asked) -> Fault | None:
    """The worst fault of an answer, if it has any."""
    message, danger = asked.message, max((asked.danger, *asked.windows, *(1.0 for _ in asked.phrases)))
    named = set(asked.contacts)
    told, understood = set(message.situations) - {IMMEDIATE_DANGER}, set(asked.situations) - {IMMEDIATE_DANGER}
    doubt = 1.0 - min((asked.probabilities.get(situation, 0.0) for situation in told), default=0.0)
    if message.urgency == EMERGENCY and not asked.alarm:
        return Fault(asked, MISSED, 1.0 - danger)
    if message.urgency == NONE and asked.alarm:
        return Fault(asked, ALARM_FOR_NOTHING, danger)
    if not required_contacts(message) <= named:
        return Fault(asked, NOT_NAMED, doubt)
    if message.urgency != EMERGENCY and asked.alarm:
        return Fault(asked, ALARM_FOR_SUPPORT, danger)
    if not first_is_right(asked):
        return Fault(asked, NOT_FIRST, doubt)
    if message.urgency == NONE and asked.urgency != NONE:
        return Fault(asked, HELP_FOR_NOTHING, doubt)
    if message.situations[0] not in asked.situations or (message.urgency == NONE and told != understood):
        return Fault(asked, WRONG_SITUATION, doubt)
    return None


def first_is_right(asked: Asked) -> bool:
    """Whether the first contact is one that has to lead, where one has to."""
    wanted = first_contacts(asked.message)
    return not wanted or (bool(asked.contacts) and asked.contacts[0] in wanted)


def worst(answers: Iterable[Asked], count: int = 50) -> list[Fault]:
    """The worst faults; of the same kind, those that the bot was surest of."""
    faults = [fault for fault in map(fault_of, answers) if fault is not None]
    return sorted(faults, key=lambda fault: (KINDS.index(fault.kind), -fault.sure))[:count]
