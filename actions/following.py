"""The actions that follow the thread: what is remembered, going back, starting again, and the facts of contacts just named."""

from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import AllSlotsReset, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.memory import ASKED_FEEDBACK, follow, previous
from actions.safe import SafeAction
from actions.signposting import say_signpost
from bot.directory import Directory, load_directory
from bot.feedback import Feedback
from bot.sentences import Sentences
from bot.settings import ROOT, read_settings
from bot.understanding.labels import SUPPORT

MOST_CONTACTS = 3


@cache
def sentences() -> Sentences:
    return Sentences(ROOT / "data/responses")


@cache
def directory() -> Directory:
    return load_directory(read_settings().contacts)


@cache
def feedback() -> Feedback:
    return Feedback()


class ActionFollow(SafeAction):
    """Runs before each answer, as the mapping of the slots in domain.yml says, and sets what is remembered."""

    fault = None

    def name(self) -> str:
        return "action_follow"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = [{"actions": [], "urgency": None}]
        for event in tracker.events:
            if event["event"] == "user":
                turns.append({"actions": [], "urgency": (event.get("parse_data") or {}).get("urgency")})
            elif event["event"] == "action":
                turns[-1]["actions"].append(event["name"])
        before = turns[-2] if len(turns) > 1 else turns[-1]
        message = {**tracker.latest_message, "previous_urgency": before["urgency"]}
        values = follow(tracker.slots, message, before["actions"], sentences())
        return [SlotSet(slot, value) for slot, value in values.items()]


class ActionGoBack(SafeAction):
    """Says the answer before the last one again."""

    def name(self) -> str:
        return "action_go_back"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        trail = tracker.get_slot("trail") or []
        answer = previous(trail)
        told = tracker.get_slot("situations") or []
        if answer == "action_signpost" and told:
            return [*say_signpost(dispatcher, told, SUPPORT, [], tracker.get_slot("place")), SlotSet("trail", trail[:-1])]
        dispatcher.utter_message(response=answer if answer in sentences().names() else "utter_menu")
        return [SlotSet("trail", trail[:-1])]


class ActionStartAgain(SafeAction):
    """Forgets everything that was told, and begins."""

    def name(self) -> str:
        return "action_start_again"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_menu")
        return [AllSlotsReset()]


class ActionServiceInfo(SafeAction):
    """Tells what the directory knows of the services that the message names, or of the one named last."""

    def name(self) -> str:
        return "action_service_info"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        asked = list(dict.fromkeys(tracker.get_latest_entity_values("service")))
        if not asked and tracker.latest_message["intent"]["name"] == "ask_who_are_they":
            asked = (tracker.get_slot("named") or [])[:1]
        return tell_of(dispatcher, asked[:2], tracker.get_slot("repeat"))


class ActionOtherOne(SafeAction):
    """Tells of the next of the contacts that were named."""

    def name(self) -> str:
        return "action_other_one"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        named = tracker.get_slot("named") or []
        turned = [*named[1:], *named[:1]]
        return [*tell_of(dispatcher, turned[:1], None), SlotSet("named", turned)]


class ActionNumber(SafeAction):
    """How to reach those that the message names, or those named last."""

    def name(self) -> str:
        return "action_number"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        contacts = in_question(tracker) or ["999", "101"]
        dispatcher.utter_message(response="utter_the_number")
        entries = [{"id": contact, "why": directory()[contact].for_whom} for contact in contacts]
        dispatcher.utter_message(json_message={"contacts": entries})
        return [SlotSet("named", contacts)]


class ActionHours(SafeAction):
    """When those in question are open, as far as the directory knows."""

    def name(self) -> str:
        return "action_hours"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        return tell_fact(dispatcher, tracker, "hours")


class ActionCost(SafeAction):
    """What a call to those in question costs, as far as the directory knows."""

    def name(self) -> str:
        return "action_cost"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        return tell_fact(dispatcher, tracker, "cost")


class ActionAskFeedback(SafeAction):
    """Asks once whether it helped, unless SUPPORT_FEEDBACK says not to."""

    def name(self) -> str:
        return "action_ask_feedback"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        asked = tracker.get_slot("asked") or []
        if not read_settings().feedback or ASKED_FEEDBACK in asked:
            return []
        dispatcher.utter_message(response="utter_did_this_help")
        return [SlotSet("asked", [*asked, ASKED_FEEDBACK])]


class ActionCountFeedback(SafeAction):
    """Counts a yes or a no: the number, and nothing else."""

    def name(self) -> str:
        return "action_count_feedback"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        if read_settings().feedback:
            feedback().add(tracker.latest_message["intent"]["name"] in ("feedback_yes", "affirm"))
        return []


def in_question(tracker: Tracker) -> list[str]:
    """The contacts that the message names, or else those named last."""
    asked = list(dict.fromkeys(tracker.get_latest_entity_values("service")))
    return (asked or tracker.get_slot("named") or [])[:MOST_CONTACTS]


def tell_of(dispatcher: CollectingDispatcher, contacts: list[str], repeat: str | None) -> list[dict[str, Any]]:
    """Utters what the directory knows of `contacts`; in brief, where it was asked before."""
    if not contacts:
        dispatcher.utter_message(response="utter_services")
        return []
    if repeat in ("again", "more"):
        dispatcher.utter_message(response="utter_service_info")
        entries = [{"id": contact, "why": directory()[contact].for_whom} for contact in contacts]
        dispatcher.utter_message(json_message={"contacts": entries})
    else:
        for contact in contacts:
            dispatcher.utter_message(json_message={"details": contact})
    return [SlotSet("named", contacts)]


def tell_fact(dispatcher: CollectingDispatcher, tracker: Tracker, field: str) -> list[dict[str, Any]]:
    """Utters one field of the contacts in question, and that it is not known where it is not."""
    contacts = in_question(tracker)
    known = [contact for contact in contacts if getattr(directory()[contact], field)]
    dispatcher.utter_message(response=f"utter_{field}" if known else f"utter_{field}_not_known")
    dispatcher.utter_message(json_message={"facts": {"field": field, "contacts": known}})
    return []
