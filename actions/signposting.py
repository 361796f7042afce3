"""The actions that name help: thin, with the deciding done in routing.py and the facts in the directory."""

from functools import cache
from typing import Any, Collection

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.memory import UNDER_18, firm
from actions.routing import Route, Routing, load_routing
from actions.safe import SafeAction
from bot.settings import ROOT
from bot.understanding.labels import EMERGENCY, HARM, SUPPORT

# More contacts than these are named by their numbers alone.
FEW_CONTACTS = 2
MOST_CONTACTS = 4
MOST_AGAIN = 3
# Where another law holds, and the line for it; the teams of the force are not for these.
OTHER_NATIONS = {"wales": "live_fear_free", "scotland": "scotland_dafmh", "northern_ireland": "ni_dsa_helpline"}
TELLS_MORE = "tells_more"
LOCAL_TEAMS = ("emerald", "rasso", "be_heard")
CHILD_AT_RISK = "child_at_risk"
FOR_ADULTS, FOR_THE_YOUNG = ("nspcc", "national_da_helpline", "mens_advice_line"), ("childline",)
FOR_A_CHILD = "for_a_child"


@cache
def routing() -> Routing:
    return load_routing(ROOT / "data/routing/routing.yml")


class ActionSignpost(SafeAction):
    """Names the help that fits everything the person told, 999 first where there is danger."""

    def name(self) -> str:
        return "action_signpost"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        told, urgency = understood(tracker)
        who, place = list(tracker.get_latest_entity_values("who")), tracker.get_slot("place")
        known = tracker.get_slot("who") or []
        if told and UNDER_18 in known:
            told = list(dict.fromkeys([*told, CHILD_AT_RISK]))
        return say_signpost(dispatcher, told, urgency, who, place, hinted(tracker), known)


class ActionWhatNow(SafeAction):
    """The step that fits what was told, for who asks what to do now; asked again, others to talk to."""

    def name(self) -> str:
        return "action_what_now"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        told = tracker.get_slot("situations") or []
        if not told:
            dispatcher.utter_message(response="utter_what_now")
            return []
        if tracker.get_slot("repeat") != "first":
            return say_more_help(dispatcher, told, "utter_more_help", tracker)
        return say_again(dispatcher, told, routing().first_step(tracker.get_slot("topic")), tracker)


class ActionGoOn(SafeAction):
    """The help for what was told, once more, for who says more of the same, or what can't be followed; where that goes on, people to
    talk to, and then how to reach a person."""

    def name(self) -> str:
        return "action_go_on"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        told, repeat = tracker.get_slot("situations") or [], tracker.get_slot("repeat")
        if tracker.latest_message["intent"]["name"] == TELLS_MORE:
            return say_again(dispatcher, told, "utter_heard", tracker)
        if repeat == "more":
            dispatcher.utter_message(response="utter_not_followed")
            return []
        if repeat == "again":
            return say_more_help(dispatcher, told, "utter_not_followed", tracker)
        return say_again(dispatcher, told, "utter_not_followed", tracker)


class ActionMoreHelp(SafeAction):
    """Names people to talk to who are not the police."""

    def name(self) -> str:
        return "action_more_help"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        return say_more_help(dispatcher, tracker.get_slot("situations") or [], "utter_more_help", tracker)


class ActionNotYourFault(SafeAction):
    """Says whose fault it is, and names people to talk to about it who are not the police."""

    def name(self) -> str:
        return "action_not_your_fault"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        return say_more_help(dispatcher, tracker.get_slot("situations") or [], "utter_not_your_fault", tracker)


class ActionQuick(SafeAction):
    """Numbers alone, for who has no time: 999, 101, and those for what was told."""

    def name(self) -> str:
        return "action_quick"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        numbers = ["999", "101", *routing().quick(tracker.get_slot("situations") or [])]
        dispatcher.utter_message(response="utter_numbers")
        dispatcher.utter_message(json_message={"numbers": numbers})
        return [SlotSet("named", numbers)]


class ActionLeave(SafeAction):
    """The exit, at once, and nothing else to read."""

    def name(self) -> str:
        return "action_leave"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        dispatcher.utter_message(json_message={"leave": True})
        return []


def say_signpost(
    dispatcher: CollectingDispatcher,
    told: list[str],
    urgency: str,
    who: list[str],
    place: str | None = None,
    hinted: Collection[str] = (),
    known: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Utters the help for what was `told`, some of it only `hinted` at; `who`: what the message shows of the person, for whom one more
    choice is offered; `place`: where they are, if not in Bedfordshire; `known`: what any message showed of them so far."""
    signpost = routing().signpost(told, urgency, hinted)
    later = fitting(signpost.contacts, {*who, *known})
    for response in signpost.responses:
        dispatcher.utter_message(response=response)
    if signpost.urgency == EMERGENCY:
        dispatcher.utter_message(json_message={**named(signpost.first), "already_told": [route.id for route in signpost.first]})
        if "deaf" in {*who, *known}:
            dispatcher.utter_message(response="utter_emergency_deaf")
        if later:
            dispatcher.utter_message(response="utter_when_safe")
            dispatcher.utter_message(json_message={**named(later), "brief": len(later) > FEW_CONTACTS})
        return [SlotSet("named", [route.id for route in (*signpost.first, *later)])]
    contacts = say_contacts(dispatcher, later, place)
    for response in [*(f"utter_offer_{shown}" for shown in who[:1]), signpost.next]:
        dispatcher.utter_message(response=response)
    return [SlotSet("named", contacts)]


def say_again(dispatcher: CollectingDispatcher, told: list[str], opening: str, tracker: Tracker) -> list[dict[str, Any]]:
    """Utters `opening`, the help for what was `told` before, and what can be asked next."""
    signpost = routing().signpost(told, SUPPORT)
    dispatcher.utter_message(response=opening)
    again = signpost.contacts[:MOST_AGAIN] or routing().by_id["report_crime"].contacts
    contacts = say_contacts(dispatcher, again, tracker.get_slot("place"), brief=True)
    if "somebody_else" in (tracker.get_slot("who") or []):
        dispatcher.utter_message(response="utter_offer_somebody_else")
    dispatcher.utter_message(response=signpost.next)
    return [SlotSet("named", contacts)]


def say_more_help(dispatcher: CollectingDispatcher, told: list[str], opening: str, tracker: Tracker) -> list[dict[str, Any]]:
    """Utters `opening`, people who are not the police, and where danger leads."""
    shown = set(tracker.get_slot("who") or []) | ({UNDER_18} if tracker.get_slot("young") else set())
    for_the_young = routing().more_help([CHILD_AT_RISK]) if UNDER_18 in shown else ()
    found = fitting(tuple({route.id: route for route in (*for_the_young, *routing().more_help(told))}.values()), shown)
    dispatcher.utter_message(response=opening)
    contacts = say_contacts(dispatcher, found[:MOST_CONTACTS], tracker.get_slot("place"))
    dispatcher.utter_message(response="utter_in_danger")
    return [SlotSet("named", contacts)]


def say_contacts(dispatcher: CollectingDispatcher, contacts: tuple[Route, ...], place: str | None, brief: bool = False) -> list[str]:
    """Utters the contacts, `brief` or many of them by their numbers alone, and what holds where the person is. Local teams are not for
    other nations."""
    if place in OTHER_NATIONS:
        contacts = tuple(route for route in contacts if route.id not in LOCAL_TEAMS)
    dispatcher.utter_message(json_message={**named(contacts), "brief": brief or len(contacts) > FEW_CONTACTS or place is not None})
    if place is not None:
        dispatcher.utter_message(response=f"utter_place_{place}")
    return [*(route.id for route in contacts), *filter(None, [OTHER_NATIONS.get(place or "")])]


def fitting(routes: tuple[Route, ...], shown: Collection[str]) -> tuple[Route, ...]:
    """Those of `routes` that are for who writes, by what was `shown` of them: a child is not sent to the lines for grown-ups, nor who
    speaks of their own child to the children's."""
    others = FOR_ADULTS if UNDER_18 in shown else FOR_THE_YOUNG if FOR_A_CHILD in shown else ()
    return tuple(route for route in routes if route.id not in others)


def understood(tracker: Tracker) -> tuple[list[str], str]:
    """What the latest message told: situations of harm and the urgency. A chosen situation counts as told."""
    latest = tracker.latest_message
    told = [situation for situation in latest.get("situations") or [latest["intent"]["name"]] if situation in HARM]
    return told, latest.get("urgency") or SUPPORT


def hinted(tracker: Tracker) -> set[str]:
    """The situations of which the latest message told less surely."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return {entry["name"] for entry in ranking if not firm(entry["name"], entry["confidence"])}


def named(routes: tuple[Route, ...]) -> dict[str, Any]:
    return {"contacts": [{"id": route.id, "why": route.why, "hint": route.hint} for route in routes]}
