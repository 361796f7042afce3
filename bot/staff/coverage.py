"""Which rules, responses and actions no test story reaches.

In: the turns of the stories that were played, the rules, the responses and the actions. Out: the names of what was not reached. Pure.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

import yaml

from bot.staff.stories import Turn


@dataclass(frozen=True)
class Rule:
    """A rule of data/rules/: when it holds, and what it does."""

    name: str
    intent: str
    slots: tuple[tuple[str, Any], ...]
    actions: tuple[str, ...]

    def fits(self, turn: Turn) -> bool:
        """Whether this rule is what answered."""
        held = all(turn.slots.get(slot) == value for slot, value in self.slots)
        return held and turn.intent == self.intent and turn.actions == self.actions


@dataclass(frozen=True)
class Unreached:
    """What no story reaches."""

    rules: tuple[str, ...]
    responses: tuple[str, ...]
    actions: tuple[str, ...]

    def lines(self) -> list[str]:
        return [
            f"no test story reaches the {kind} {name}"
            for kind, names in (("rule", self.rules), ("response", self.responses), ("action", self.actions))
            for name in names
        ]


def read_rules(folder: Path) -> list[Rule]:
    """Every rule of the folder."""
    return [
        Rule(
            rule["rule"],
            next(step["intent"] for step in rule["steps"] if "intent" in step),
            tuple(pair for entry in rule.get("condition", []) for slot in entry["slot_was_set"] for pair in slot.items()),
            tuple(step["action"] for step in rule["steps"] if "action" in step),
        )
        for path in sorted(folder.glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]


def unreached(turns: Iterable[Turn], rules: Iterable[Rule], responses: Iterable[str], actions: Iterable[str]) -> Unreached:
    """What none of `turns` reaches."""
    turns = list(turns)
    said = {name for turn in turns for name in turn.said}
    done = {name for turn in turns for name in turn.actions}
    return Unreached(
        tuple(rule.name for rule in rules if not any(rule.fits(turn) for turn in turns)),
        tuple(sorted(set(responses) - said)),
        tuple(sorted(set(actions) - done)),
    )
