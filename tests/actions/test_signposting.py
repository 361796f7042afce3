"""Who writes and from where, told in any message, shapes the help in every later one."""

import asyncio

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.signposting import ActionGoOn, ActionMoreHelp, ActionNotYourFault, ActionSignpost


def said(action, slots, situations=(), urgency="support", intent="any"):
    """The ids of the contacts, and the names of the responses, that `action` utters."""
    latest = {"intent": {"name": intent}, "situations": list(situations), "urgency": urgency, "entities": [], "intent_ranking": []}
    tracker = Tracker("someone", slots, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    asyncio.run(action.run(dispatcher, tracker, {}))
    contacts = [contact["id"] for message in dispatcher.messages for contact in (message.get("custom") or {}).get("contacts", [])]
    return contacts, [message["response"] for message in dispatcher.messages if message.get("response")]


def test_a_child_is_not_sent_to_the_lines_for_adults():
    told = ["domestic_abuse", "child_at_risk"]
    grown, _ = said(ActionSignpost(), {"who": []}, told)
    young, _ = said(ActionSignpost(), {"who": ["under_18"]}, told)
    assert "nspcc" in grown
    assert [contact for contact in grown if contact != "nspcc"] == young


@pytest.mark.parametrize("urgency", ["support", "emergency"])
def test_who_speaks_of_their_own_child_is_not_sent_to_the_line_for_children(urgency):
    told = ["child_at_risk"]
    parent, _ = said(ActionSignpost(), {"who": ["for_a_child"]}, told, urgency)
    assert "nspcc" in parent and "childline" not in parent
    young_parent, _ = said(ActionSignpost(), {"who": ["for_a_child", "under_18"]}, told, urgency)
    assert "childline" in young_parent and "nspcc" not in young_parent


@pytest.mark.parametrize("action", [ActionMoreHelp(), ActionNotYourFault()])
def test_more_help_for_a_child_names_childline(action):
    grown, _ = said(action, {"situations": ["domestic_abuse"]})
    young, _ = said(action, {"situations": ["domestic_abuse"], "young": True})
    assert {"national_da_helpline", "mens_advice_line"} <= set(grown) and "childline" not in grown
    assert young[0] == "childline" and not {"national_da_helpline", "mens_advice_line"} & set(young)


@pytest.mark.parametrize("place", ["wales", "scotland", "northern_ireland", "abroad"])
def test_more_help_says_what_holds_where_the_person_is(place):
    assert f"utter_place_{place}" in said(ActionMoreHelp(), {"situations": ["domestic_abuse"], "place": place})[1]
    assert not [name for name in said(ActionMoreHelp(), {"situations": ["domestic_abuse"]})[1] if name.startswith("utter_place")]


def test_who_said_that_they_are_deaf_is_told_of_other_ways_than_a_call_in_any_later_danger():
    assert "utter_emergency_deaf" in said(ActionSignpost(), {"who": ["deaf"]}, ["immediate_danger"], "emergency")[1]
    assert "utter_emergency_deaf" not in said(ActionSignpost(), {"who": []}, ["immediate_danger"], "emergency")[1]


def test_whose_fault_it_is_stands_before_the_lines():
    contacts, responses = said(ActionNotYourFault(), {"situations": ["sexual_violence"]})
    assert responses[0] == "utter_not_your_fault" and "rape_crisis" in contacts


def test_who_said_that_they_are_under_18_is_answered_as_a_child_in_every_later_message():
    assert "childline" in said(ActionSignpost(), {"who": ["under_18"]}, ["domestic_abuse"])[0]
    assert "childline" not in said(ActionSignpost(), {"who": ["under_18"]}, [])[0]


def test_who_says_more_of_the_same_is_heard_and_not_taken_for_misunderstood():
    slots = {"situations": ["domestic_abuse"], "repeat": "first"}
    assert said(ActionGoOn(), slots)[1][0] == "utter_not_followed"
    contacts, responses = said(ActionGoOn(), slots, intent="tells_more")
    assert responses[0] == "utter_heard" and contacts == ["emerald", "101"]
