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
    settled = settle(understood("unclear", 0.6), [])
    assert settled["intent"]["name"] == "ask_secret"
    assert (settled["situations"], settled["urgency"]) == (["service_info"], "none")


def sure(confidence):
    return {**SECRET, "confidence": confidence}


@pytest.mark.parametrize("told", [[], ["immediate_danger"]])
def test_danger_leads_over_all_but_a_certain_question(told):
    parse = understood("immediate_danger", 0.9, "emergency")
    assert settle(parse, told) == parse
    assert leads(understood("immediate_danger", 0.6, "emergency", question=sure(0.99)))


def test_leaving_leads_over_all_but_a_certain_question():
    assert not leads(understood("leave_now", 0.6))
    assert leads(understood("leave_now", 0.6, question=sure(0.99)))


def test_a_mere_guess_of_leaving_does_not():
    assert leads(understood("leave_now", 0.2))


def test_new_harm_leads_over_all_but_a_certain_question():
    assert not leads(understood("domestic_abuse", 0.6, "support"))
    assert leads(understood("domestic_abuse", 0.6, "support", question=sure(0.99)))


def test_harm_that_was_told_before_lets_the_question_lead():
    settled = settle(understood("domestic_abuse", 0.95, "support"), ["domestic_abuse"])
    assert settled["intent"]["name"] == "ask_secret"
    assert (settled["situations"], settled["urgency"]) == (["domestic_abuse"], "support")


def test_an_unsure_question_does_not_lead():
    assert not leads(understood("unclear", 0.6, question=sure(0.3)))


@pytest.mark.parametrize(("confidence", "leading"), [(0.8, False), (0.97, True)])
def test_what_is_calm_and_clear_or_names_a_service_leads_unless_the_question_is_sure(confidence, leading):
    named = understood("service_info", 0.6, question=sure(confidence), entities=[("service", "crimestoppers")])
    assert leads(named) == leading
    assert leads(understood("greeting", 0.95, question=sure(confidence))) == leading


def test_danger_is_not_taken_for_over_lightly():
    assert settle(understood("unclear", 0.6, question={**sure(0.8), "name": "safe_now"}), [])["intent"]["name"] == "unclear"


def test_without_a_question_nothing_changes():
    parse = understood("unclear", question=None)
    assert settle(parse, []) == parse


def test_a_tapped_question_stands_for_its_situations():
    meanings = {"ask_secret": {"situations": ["service_info"], "urgency": "none"}}
    assert chosen("ask_secret", meanings) == (["service_info"], "none")
    assert chosen("ask_more_help", meanings) == ([], "none")
