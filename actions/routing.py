"""Which help fits what was told: pure functions over data/routing/routing.yml.

In: situations and urgency, as understood. Out: the responses to say, in order, and the contacts to name, in the order to try.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Collection, Iterable, Mapping

from bot.documents import is_list_of_words, is_words, read_document
from bot.errors import SentencesError
from bot.understanding.labels import EMERGENCY, HARM, IMMEDIATE_DANGER, SUICIDAL, SUPPORT

_FIELDS, _FIELDS_THAT_MAY_BE = {"id", "response", "contacts"}, {"more_help", "replaces", "next", "first_step", "hint"}


@dataclass(frozen=True)
class Route:
    """A contact's id, and the reason that the person sees; `hint` stands before it where the reason may not hold."""

    id: str
    why: str
    hint: str = ""


@dataclass(frozen=True)
class Situation:
    """One entry of the routing file."""

    id: str
    response: str
    contacts: tuple[Route, ...]
    more_help: tuple[Route, ...] = ()
    replaces: tuple[str, ...] = ()
    next: str = "utter_in_danger"
    first_step: str = "utter_first_step"
    hint: str = ""

    def routes(self, hinted: Collection[str]) -> tuple[Route, ...]:
        """Its contacts, each with the hint where the situation itself was only `hinted` at."""
        return tuple(replace(route, hint=self.hint) for route in self.contacts) if self.id in hinted else self.contacts


@dataclass(frozen=True)
class Signpost:
    """What a reply is made of. In an emergency `first` stands before everything else, and `contacts` are for afterwards;
    otherwise `next` asks about danger and offers what people in this situation want to know."""

    urgency: str
    responses: tuple[str, ...]
    contacts: tuple[Route, ...]
    first: tuple[Route, ...] = ()
    next: str = "utter_in_danger"


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

    def signpost(self, told: Iterable[str], urgency: str, hinted: Collection[str] = ()) -> Signpost:
        """What to say and whom to name for everything that was told, no contact twice; `told`: the surest first. What was only `hinted` at
        never leads where something surer was told, its contacts say for whom they are, and in danger it is left out."""
        told = [situation for situation in told if situation in self.by_id]
        # Danger stands before everything; who speaks, and of what, the situation after it says.
        leading = next((self.by_id[situation] for situation in told if situation != IMMEDIATE_DANGER), None)
        hinted = set(hinted)
        if urgency != EMERGENCY and leading is not None and hinted >= set(told):
            hinted.discard(leading.id)
        answered = [situation for situation in self.situations if situation.id in told]
        answered.sort(key=lambda situation: situation.id in hinted)
        if leading is not None:
            answered = [situation for situation in answered if situation.id not in leading.replaces]
        if urgency == EMERGENCY:
            alone = set(told) <= {SUICIDAL, IMMEDIATE_DANGER} and SUICIDAL in told
            danger = self.life_at_risk if alone else self.emergency
            later = self._merged([situation.contacts for situation in answered if situation.id not in hinted], but=danger.contacts)
            return Signpost(EMERGENCY, (danger.response,), later, danger.contacts)
        # Who may be the one that is hurt is not spoken to as the one who hurts, unless that is what they told first.
        opening = [situation for situation in answered if not situation.replaces or situation is leading] or answered
        responses = tuple(situation.response for situation in opening[:1])
        contacts = self._merged([situation.routes(hinted) for situation in answered])
        return Signpost(SUPPORT, responses, contacts, next=opening[0].next if opening else "utter_in_danger")

    def more_help(self, told: Iterable[str]) -> tuple[Route, ...]:
        """Helplines that are not the police, for everything that was told; for those who told nothing, the one for everybody."""
        told = set(told)
        found = self._merged([situation.more_help for situation in self.situations if situation.id in told])
        return found or self.by_id["report_crime"].more_help

    def first_step(self, topic: str) -> str:
        """The response for who asks what to do now, after `topic` was told."""
        return self.by_id[topic].first_step if topic in self.by_id else "utter_first_step"

    def quick(self, told: Iterable[str]) -> list[str]:
        """The two contacts beside the police that who has no time needs most."""
        return [route.id for route in self.more_help(told)][:2]

    def _merged(self, lists: Iterable[tuple[Route, ...]], but: tuple[Route, ...] = ()) -> tuple[Route, ...]:
        merged: dict[str, Route] = {}
        for route in (route for routes in lists for route in routes):
            merged.setdefault(route.id, route)
        for route in but:
            merged.pop(route.id, None)
        ordered = sorted(merged.values(), key=lambda route: route.id in self.after_the_others)
        # The way to the others is for everybody.
        return tuple(replace(route, hint="") if route.id in self.after_the_others else route for route in ordered)


def load_routing(path: Path) -> Routing:
    """Raises SentencesError, naming the entry, where the file is not as it should be."""
    content = read_document(path, SentencesError)
    if not isinstance(content, dict) or set(content) != {"after_the_others", "emergency", "life_at_risk", "situations"}:
        raise SentencesError(f"{path.name} must hold after_the_others, emergency, life_at_risk and situations, and nothing else.")
    if not is_list_of_words(content["after_the_others"]):
        raise SentencesError(f"{path.name}, entry after_the_others: it must be a list of contacts' ids, each in quotes.")
    if not isinstance(content["situations"], list):
        raise SentencesError(f"{path.name}, entry situations: it must be a list.")
    situations = tuple(_situation(path, entry) for entry in content["situations"])
    ids = [situation.id for situation in situations]
    for name in ids:
        if name not in HARM:
            raise SentencesError(f"{path.name}, entry {name}: there is no such situation.")
        if ids.count(name) > 1:
            raise SentencesError(f"{path.name}, entry {name}: it stands twice, and may only once.")
    return Routing(
        situations=situations,
        after_the_others=tuple(content["after_the_others"]),
        emergency=_danger(path, "emergency", content["emergency"]),
        life_at_risk=_danger(path, "life_at_risk", content["life_at_risk"]),
    )


def _danger(path: Path, name: str, entry: Any) -> Situation:
    return _situation(path, {"id": name, **entry} if isinstance(entry, dict) else {"id": name})


def _situation(path: Path, entry: Any) -> Situation:
    name = entry.get("id", "without an id") if isinstance(entry, dict) else "without an id"
    if not isinstance(entry, dict) or not _FIELDS <= set(entry) <= _FIELDS | _FIELDS_THAT_MAY_BE:
        raise SentencesError(
            f"{path.name}, entry {name}: it must hold id, response, contacts, and more_help, replaces, next, first_step or hint if needed."
        )
    if not is_words(entry["id"]) or not is_words(entry["response"]) or not is_list_of_words(entry.get("replaces", [])):
        raise SentencesError(f"{path.name}, entry {name}: id and response must be words, and replaces a list of situations.")
    contacts, more_help = (_routes(path, name, entry.get(field, [])) for field in ("contacts", "more_help"))
    following, first_step = entry.get("next", "utter_in_danger"), entry.get("first_step", "utter_first_step")
    hint = entry.get("hint", "")
    if hint and not is_words(hint):
        raise SentencesError(f"{path.name}, entry {name}: hint must be the words that stand before a contact.")
    if not is_words(following) or not is_words(first_step):
        raise SentencesError(f"{path.name}, entry {name}: next and first_step must be the name of a response.")
    return Situation(entry["id"], entry["response"], contacts, more_help, tuple(entry.get("replaces", [])), following, first_step, hint)


def _routes(path: Path, name: str, entries: Any) -> tuple[Route, ...]:
    def sound(entry: Any) -> bool:
        return isinstance(entry, dict) and set(entry) == {"id", "why"} and is_words(entry["id"]) and is_words(entry["why"])

    if not isinstance(entries, list) or not all(sound(entry) for entry in entries):
        raise SentencesError(f"{path.name}, entry {name}: a contact needs an id and a why, both in quotes, and nothing else.")
    return tuple(Route(entry["id"], entry["why"]) for entry in entries)
