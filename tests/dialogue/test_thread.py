"""Whether a question leads, with the conversation in view: danger always leads, and so does leaving."""

import pytest

from bot.dialogue.thread import chosen, settle

SECRET = {"name": "ask_secret", "confidence": 0.9, "situations": ["service_info"], "urgency": "none"}


def understood(intent, sure=0.9, urgency="none", situations=None, question=SECRET, entities=(), ranking=()):
    return {
        "intent": {"name": intent, "confidence": sure}, "urgency": urgency, "situations": situations or [intent],
        "entities": [{"entity": kind, "value": value} for kind, value in entities],
        "intent_ranking": [{"name": name, "confidence": value} for name, value in (ranking or ((intent, sure),))],
        **({"question": question} if question else {}),
    }  # fmt: skip


def leads(parse, told=()):
    return settle(parse, list(told))["intent"]["name"] == "ask_secret"


def test_a_question_leads_where_nothing_is_told():
    settled = settle(understood("unclear"), [])
    assert settled["intent"]["name"] == "ask_secret"
    assert (settled["situations"], settled["urgency"]) == (["service_info"], "none")


def test_danger_leads_whatever_is_asked():
    parse = understood("immediate_danger", 0.5, "emergency")
    assert settle(parse, ["immediate_danger"]) == parse


def test_leaving_leads_whatever_is_asked():
    assert not leads(understood("leave_now", 0.6))


def test_a_mere_guess_of_leaving_does_not():
    assert leads(understood("leave_now", 0.2))


def test_new_harm_that_is_surer_than_the_question_leads():
    assert not leads(understood("domestic_abuse", 0.95, "support"))


def test_harm_that_was_told_before_lets_the_question_lead():
    settled = settle(understood("domestic_abuse", 0.95, "support"), ["domestic_abuse"])
    assert settled["intent"]["name"] == "ask_secret"
    assert (settled["situations"], settled["urgency"]) == (["domestic_abuse"], "support")


def test_an_unsure_question_does_not_lead():
    assert not leads(understood("unclear", question={**SECRET, "confidence": 0.3}))


@pytest.mark.parametrize(("sure", "leading"), [(0.6, False), (0.8, True)])
def test_a_named_service_is_what_is_asked_about_unless_the_question_is_sure(sure, leading):
    parse = understood("service_info", question={**SECRET, "confidence": sure}, entities=[("service", "crimestoppers")])
    assert leads(parse) == leading


def test_without_a_question_nothing_changes():
    parse = understood("unclear", question=None)
    assert settle(parse, []) == parse


def test_a_tapped_question_stands_for_its_situations():
    meanings = {"ask_secret": {"situations": ["service_info"], "urgency": "none"}}
    assert chosen("ask_secret", meanings) == (["service_info"], "none")
    assert chosen("ask_more_help", meanings) == ([], "none")
