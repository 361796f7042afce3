"""The actions that name help: thin, with the deciding done in routing.py and the facts in the directory."""

from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.routing import Route, Routing, load_routing
from actions.safe import SafeAction
from bot.settings import ROOT
from bot.understanding.labels import EMERGENCY, HARM, SUPPORT


@cache
def routing() -> Routing:
    return load_routing(ROOT / "data/routing/routing.yml")


class ActionSignpost(SafeAction):
    """Names the help that fits everything the person told, 999 first where there is danger."""

    def name(self) -> str:
        return "action_signpost"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        told, urgency = understood(tracker)
        return say_signpost(dispatcher, told, urgency, list(tracker.get_latest_entity_values("who")))


class ActionMoreHelp(SafeAction):
    """Names people to talk to who are not the police."""

    def name(self) -> str:
        return "action_more_help"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        found = routing().more_help(tracker.get_slot("situations") or [])
        dispatcher.utter_message(response="utter_more_help")
        dispatcher.utter_message(json_message=named(found))
        dispatcher.utter_message(response="utter_in_danger")
        return [SlotSet("named", [route.id for route in found])]


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


def say_signpost(dispatcher: CollectingDispatcher, told: list[str], urgency: str, who: list[str]) -> list[dict[str, Any]]:
    """Utters the help for what was `told`; `who`: what the message shows of the person, for whom one more choice is offered."""
    signpost = routing().signpost(told, urgency)
    for response in signpost.responses:
        dispatcher.utter_message(response=response)
    if signpost.urgency == EMERGENCY:
        dispatcher.utter_message(json_message={**named(signpost.first), "already_told": [route.id for route in signpost.first]})
        if "deaf" in who:
            dispatcher.utter_message(response="utter_emergency_deaf")
        if signpost.contacts:
            dispatcher.utter_message(response="utter_when_safe")
            dispatcher.utter_message(json_message=named(signpost.contacts))
    else:
        dispatcher.utter_message(json_message=named(signpost.contacts))
        for response in [*(f"utter_offer_{shown}" for shown in who[:1]), signpost.next]:
            dispatcher.utter_message(response=response)
    return [SlotSet("named", [route.id for route in (*signpost.first, *signpost.contacts)])]


def understood(tracker: Tracker) -> tuple[list[str], str]:
    """What the latest message told: situations of harm and the urgency. A chosen situation counts as told."""
    latest = tracker.latest_message
    told = [situation for situation in latest.get("situations") or [latest["intent"]["name"]] if situation in HARM]
    return told, latest.get("urgency") or SUPPORT


def named(routes: tuple[Route, ...]) -> dict[str, Any]:
    return {"contacts": [{"id": route.id, "why": route.why} for route in routes]}
