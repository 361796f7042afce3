"""Which help fits what was told: pure functions over data/routing/routing.yml.

In: situations and urgency, as understood. Out: the responses to say, in order, and the contacts to name, in the order to try.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Mapping

import yaml

from bot.errors import SentencesError
from bot.understanding.labels import EMERGENCY, IMMEDIATE_DANGER, SUICIDAL, SUPPORT


@dataclass(frozen=True)
class Route:
    """A contact's id, and the reason that the person sees."""

    id: str
    why: str


@dataclass(frozen=True)
class Situation:
    """One entry of the routing file."""

    id: str
    response: str
    contacts: tuple[Route, ...]
    more_help: tuple[Route, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signpost:
    """What a reply is made of. In an emergency `first` stands before everything else, and `contacts` are for afterwards."""

    urgency: str
    responses: tuple[str, ...]
    contacts: tuple[Route, ...]
    first: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Routing:
    """The routing file, in its own order."""

    situations: tuple[Situation, ...]
    after_the_others: tuple[str, ...]
    emergency: Situation
    life_at_risk: Situation
    by_id: Mapping[str, Situation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {situation.id: situation for situation in self.situations})

    def signpost(self, told: Iterable[str], urgency: str) -> Signpost:
        """What to say and whom to name for everything that was told, no contact twice."""
        told = [situation for situation in told if situation in self.by_id]
        answered = [situation for situation in self.situations if situation.id in told]
        leading = self.by_id.get(told[0]) if told else None
        if leading is not None:
            answered = [situation for situation in answered if situation.id not in leading.replaces]
        if urgency == EMERGENCY:
            alone = set(told) <= {SUICIDAL, IMMEDIATE_DANGER} and SUICIDAL in told
            danger = self.life_at_risk if alone else self.emergency
            later = self._merged([situation.contacts for situation in answered], but=danger.contacts)
            return Signpost(EMERGENCY, (danger.response,), later, danger.contacts)
        responses = tuple(situation.response for situation in answered[:1])
        return Signpost(SUPPORT, responses, self._merged([situation.contacts for situation in answered]))

    def more_help(self, told: Iterable[str]) -> tuple[Route, ...]:
        """Helplines that are not the police, for everything that was told; for those who told nothing, the one for everybody."""
        told = set(told)
        found = self._merged([situation.more_help for situation in self.situations if situation.id in told])
        return found or self.by_id["report_crime"].more_help

    def _merged(self, lists: Iterable[tuple[Route, ...]], but: tuple[Route, ...] = ()) -> tuple[Route, ...]:
        merged = {route.id: route for routes in reversed(list(lists)) for route in reversed(routes)}
        for route in but:
            merged.pop(route.id, None)
        ordered = list(reversed(merged.values()))
        return tuple(sorted(ordered, key=lambda route: route.id in self.after_the_others))


def load_routing(path: Path) -> Routing:
    """Raises SentencesError, naming the entry, where the file is not as it should be."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"after_the_others", "emergency", "life_at_risk", "situations"}:
        raise SentencesError(f"{path.name} must hold after_the_others, emergency, life_at_risk and situations, and nothing else.")
    return Routing(
        situations=tuple(_situation(path, entry) for entry in content["situations"]),
        after_the_others=tuple(content["after_the_others"]),
        emergency=_situation(path, {"id": "emergency", **content["emergency"]}),
        life_at_risk=_situation(path, {"id": "life_at_risk", **content["life_at_risk"]}),
    )


def _situation(path: Path, entry: dict[str, Any]) -> Situation:
    try:
        return Situation(
            entry["id"],
            entry["response"],
            _routes(entry["contacts"]),
            _routes(entry.get("more_help", [])),
            tuple(entry.get("replaces", [])),
        )
    except (KeyError, TypeError):
        raise SentencesError(
            f"{path.name}, entry {entry.get('id', '?')}: it needs id, response and contacts, and each contact an id and a why."
        ) from None


def _routes(entries: list[dict[str, str]]) -> tuple[Route, ...]:
    return tuple(Route(entry["id"], entry["why"]) for entry in entries)
