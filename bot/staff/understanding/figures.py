"""All figures of a report on understanding, from the answers of the engine.

In: answers, their swapped siblings, follow-ups, the learning curve. Out: one Figures, ready for a page, for JSON and for the floors. Pure.
"""

from dataclasses import dataclass
from typing import Any, Callable, Sequence

import numpy as np

from bot.staff.understanding import measures
from bot.staff.understanding.asking import Asked, Followed, Swapped
from bot.staff.understanding.faults import first_is_right
from bot.staff.understanding.learning import FALSE_ALARMS, Learnt
from bot.staff.understanding.measures import Bin, Curve, Found, Share, share
from bot.staff.understanding.promises import first_contacts, required_contacts
from bot.understanding.labels import EMERGENCY, IMMEDIATE_DANGER, NONE, SITUATIONS, SUICIDAL, SUPPORT

# Where one of these is a right reading of a follow-up, 999 first is no false alarm.
DANGER = {IMMEDIATE_DANGER, SUICIDAL}


@dataclass(frozen=True)
class Style:
    """How messages told in one style fare. Where the style holds no such messages, a share is of none."""

    name: str
    count: int
    emergencies: Share
    false_alarms: Share
    contacts: Share
    situations: Share


@dataclass(frozen=True)
class Figures:
    """What was measured."""

    count: int
    shares: dict[str, Share]
    values: dict[str, float]
    heads_alone: Curve
    with_phrases: Curve
    situations: list[Found]
    confusion: np.ndarray
    reliability: list[Bin]
    danger_reliability: list[Bin]
    styles: list[Style]
    swaps: list[Swapped]
    learnt: list[Learnt]

    def to_dict(self) -> dict[str, Any]:
        return {
            "messages": self.count,
            "shares": {name: value.to_dict() for name, value in self.shares.items()},
            "values": {name: round(value, 4) for name, value in self.values.items()},
            "danger": {
                "heads_alone": vars(self.heads_alone),
                "with_phrases": vars(self.with_phrases),
            },
            "situations": [
                {
                    "situation": found.label, "messages": found.truly, "precision": found.precision.to_dict(),
                    "recall": found.recall.to_dict(), "f1": round(found.f1, 4),
                }
                for found in self.situations
            ],
            "confusion": {"labels": list(SITUATIONS), "counts": self.confusion.tolist()},
            "reliability": {"situations": list(map(vars, self.reliability)), "danger": list(map(vars, self.danger_reliability))},
            "styles": [
                {
                    "style": style.name, "messages": style.count, "emergencies_found": style.emergencies.to_dict(),
                    "false_alarms": style.false_alarms.to_dict(), "contacts_named": style.contacts.to_dict(),
                    "first_situation_understood": style.situations.to_dict(),
                }
                for style in self.styles
            ],
            "learning_curve": [vars(point) for point in self.learnt],
        }  # fmt: skip


def figures(
    asked: Sequence[Asked], swapped: Sequence[Swapped], learnt: Sequence[Learnt], decides: Callable[[float, float], bool],
    followed: Sequence[Followed] = (),
) -> Figures:  # fmt: skip
    """`decides`: whether a part of a long message makes an emergency by itself, from the probability of the whole and of that part."""
    emergencies = [answer for answer in asked if answer.message.urgency == EMERGENCY]
    calm = [answer for answer in asked if answer.message.urgency == NONE]
    support = [answer for answer in asked if answer.message.urgency == SUPPORT]
    truths = [set(answer.message.situations) for answer in asked]
    found = measures.found_by_label(SITUATIONS, truths, [set(answer.situations) for answer in asked])
    ranges = measures.reliability(
        [answer.probabilities.get(label, 0.0) for answer in asked for label in SITUATIONS],
        [label in answer.message.situations for answer in asked for label in SITUATIONS],
    )
    danger_ranges = measures.reliability([answer.danger for answer in asked], [answer.message.urgency == EMERGENCY for answer in asked])
    judged = [*emergencies, *calm]
    danger = [answer.message.urgency == EMERGENCY for answer in judged]
    heads = measures.trade_off([answer.danger for answer in judged], danger)
    out_of_scope = next(entry for entry in found if entry.label == "out_of_scope")
    same = sum(answer.same for answer in swapped)
    return Figures(
        count=len(asked),
        shares={
            "emergencies_found": share(answer.alarm for answer in emergencies),
            "false_alarms_among_none": share(answer.alarm for answer in calm),
            "false_alarms_among_support": share(answer.alarm for answer in support),
            "required_contacts_named": share(_named(answer) for answer in asked if required_contacts(answer.message)),
            "first_contact_right": share(first_is_right(answer) for answer in asked if first_contacts(answer.message)),
            "out_of_scope_found": out_of_scope.recall,
            "nothing_named_for_nothing": share(answer.urgency == NONE for answer in calm),
            "swap_same": Share(same, len(swapped)),
            "follow_ups_understood": share(answer.understood for answer in followed),
            "follow_up_emergencies_found": share(answer.alarm for answer in followed if answer.follow_up.right[0] == IMMEDIATE_DANGER),
            "follow_up_false_alarms": share(answer.alarm for answer in followed if not DANGER & set(answer.follow_up.right)),
        },
        values={
            "macro_f1": measures.macro_f1(found),
            "out_of_scope_f1": out_of_scope.f1,
            "calibration_error": measures.calibration_error(ranges),
            "danger_calibration_error": measures.calibration_error(danger_ranges),
            "recall_at_3_percent_heads_alone": heads.recall_at(FALSE_ALARMS),
        },
        heads_alone=heads,
        with_phrases=measures.trade_off([_score(answer, decides) for answer in judged], danger),
        situations=found,
        confusion=measures.confusion(
            SITUATIONS, [answer.message.situations[0] for answer in asked], [(answer.situations or ("unclear",))[0] for answer in asked]
        ),
        reliability=ranges,
        danger_reliability=danger_ranges,
        styles=_styles(asked),
        swaps=list(swapped),
        learnt=list(learnt),
    )


def _score(answer: Asked, decides: Callable[[float, float], bool]) -> float:
    """One number for the whole decision: a phrase or a window that decides alone counts as certain."""
    certain = bool(answer.phrases) or any(decides(answer.danger, window) for window in answer.windows)
    return 1.0 if certain else answer.danger


def _named(answer: Asked) -> bool:
    return required_contacts(answer.message) <= set(answer.contacts)


def _styles(asked: Sequence[Asked]) -> list[Style]:
    names = sorted({style for answer in asked for style in answer.message.styles})

    def of(kept: Callable[[Asked], bool], name: str) -> Style:
        told = [answer for answer in asked if kept(answer)]
        return Style(
            name, len(told),
            share(answer.alarm for answer in told if answer.message.urgency == EMERGENCY),
            share(answer.alarm for answer in told if answer.message.urgency == NONE),
            share(_named(answer) for answer in told if required_contacts(answer.message)),
            share(answer.message.situations[0] in answer.situations for answer in told),
        )  # fmt: skip

    every = [of(lambda answer, style=name: style in answer.message.styles, name) for name in names]  # type: ignore[misc]
    return sorted(every, key=lambda style: -style.count)
