"""What is remembered: ids, never words, and only as much as the next answer needs."""

import pytest

from actions.memory import ASKED_FEEDBACK, LONGEST, MISSES, follow, key_of, previous
from bot.sentences import Sentences
from bot.settings import ROOT


@pytest.fixture(scope="module")
def sentences():
    return Sentences(ROOT / "data/responses")


def message(intent, situations=(), urgency="none", entities=(), previous_urgency=None):
    return {
        "intent": {"name": intent}, "situations": list(situations), "urgency": urgency,
        "entities": [{"entity": kind, "value": value} for kind, value in entities], "previous_urgency": previous_urgency,
    }  # fmt: skip


def test_situations_are_remembered_latest_first_and_once(sentences):
    slots = follow({"situations": ["domestic_abuse"]}, message("sexual_violence", ["sexual_violence", "domestic_abuse"]), [], sentences)
    assert slots["situations"] == ["sexual_violence", "domestic_abuse"]


def test_what_was_only_hinted_at_is_not_remembered_unless_it_is_all_that_was(sentences):
    told = message("domestic_abuse", ["domestic_abuse", "sexual_violence"])
    told["intent_ranking"] = [{"name": "domestic_abuse", "confidence": 0.45}, {"name": "sexual_violence", "confidence": 0.45}]
    assert follow({}, told, [], sentences)["situations"] == ["domestic_abuse"]
    alone = message("sexual_violence", ["sexual_violence"])
    alone["intent_ranking"] = [{"name": "sexual_violence", "confidence": 0.3}]
    assert follow({}, alone, [], sentences)["situations"] == ["sexual_violence"]


def test_what_is_not_harm_is_not_remembered(sentences):
    assert follow({}, message("service_info", ["service_info"]), [], sentences)["situations"] == []


@pytest.mark.parametrize(("before", "repeat"), [(0, "first"), (1, "again"), (2, "more"), (3, "first"), (4, "again")])
def test_the_wordings_take_turns(sentences, before, repeat):
    assert follow({"asked": ["ask_secret"] * before}, message("ask_secret"), [], sentences)["repeat"] == repeat


def test_the_same_about_another_service_is_not_the_same():
    assert key_of(message("service_info", entities=[("service", "rasso")])) != key_of(message("service_info"))


def test_questions_with_one_answer_are_one_question():
    assert key_of(message("ask_secret"), "perpetrator_seeking_help") == key_of(message("ask_in_trouble"), "perpetrator_seeking_help")
    assert key_of(message("ask_secret"), young=True) == key_of(message("ask_tell_parents"), young=True)
    assert key_of(message("ask_secret"), "domestic_abuse") != key_of(message("ask_tell_partner"), "domestic_abuse")


def test_whatever_is_not_understood_is_one_ladder():
    assert {key_of(message(intent)) for intent in MISSES} == {"miss"}


def test_danger_is_danger_whatever_else_was_told():
    assert key_of(message("suicidal", ["suicidal"], "emergency")) == key_of(message("immediate_danger", [], "emergency"))


@pytest.mark.parametrize(
    ("slots", "before", "urgency", "last"),
    [
        ({}, [], None, "nothing"),
        ({}, ["utter_greeting"], "none", "answer"),
        ({"situations": ["domestic_abuse"]}, ["action_signpost"], "support", "harm"),
        ({"situations": ["domestic_abuse"]}, ["utter_secret"], "none", "harm"),
        ({"situations": ["immediate_danger"]}, ["action_signpost"], "emergency", "emergency"),
        ({"situations": ["immediate_danger"]}, ["utter_cannot_speak"], "none", "emergency"),
        ({"situations": ["immediate_danger"]}, ["utter_safe_now"], "none", "harm"),
        ({"situations": ["suicidal"], "asked": ["thanks", ASKED_FEEDBACK]}, ["utter_thanks", "action_ask_feedback"], "none", "feedback"),
    ],
)
def test_what_was_said_last(sentences, slots, before, urgency, last):
    assert follow(slots, message("affirm", previous_urgency=urgency), before, sentences)["last"] == last


def test_the_contacts_of_the_last_answer_are_those_named(sentences):
    assert follow({"named": ["999"]}, message("ask_number"), ["utter_record"], sentences)["named"] == ["national_stalking_helpline"]


def test_an_answer_without_contacts_leaves_those_named_before(sentences):
    assert follow({"named": ["emerald"]}, message("ask_number"), ["utter_greeting"], sentences)["named"] == ["emerald"]


def test_nothing_grows_without_end(sentences):
    slots = {"asked": ["thanks"] * LONGEST, "trail": ["utter_thanks"] * LONGEST}
    after = follow(slots, message("greeting"), ["utter_thanks"], sentences)
    assert len(after["asked"]) == len(after["trail"]) == LONGEST


def test_what_only_passes_on_is_no_answer_to_go_back_to(sentences):
    assert follow({}, message("go_back"), ["action_go_back", "utter_sorry", "utter_secret"], sentences)["trail"] == ["utter_secret"]


@pytest.mark.parametrize(("trail", "back"), [([], None), (["a"], None), (["a", "b"], "a"), (["a", "b", "c"], "b")])
def test_the_answer_before_the_last(trail, back):
    assert previous(trail) == back


@pytest.mark.parametrize(
    ("told", "topic"),
    [
        ([], "nothing"),
        (["immediate_danger"], "nothing"),
        (["immediate_danger", "suicidal"], "suicidal"),
        (["sexual_violence"], "sexual_violence"),
    ],
)
def test_the_topic_is_the_harm_told_last(sentences, told, topic):
    assert follow({"situations": told}, message("affirm"), [], sentences)["topic"] == topic


def test_a_question_leaves_the_topic_as_it_is_unless_it_tells_of_the_person(sentences):
    slots = {"situations": ["sexual_violence"]}
    assert follow(slots, message("does_it_count", ["domestic_abuse"]), [], sentences)["situations"] == ["sexual_violence", "domestic_abuse"]
    assert follow(slots, message("ask_help_suicidal", ["suicidal"]), [], sentences)["topic"] == "suicidal"
    assert follow({}, message("does_it_count", ["domestic_abuse"]), [], sentences)["topic"] == "domestic_abuse"


def test_who_and_where_are_remembered(sentences):
    slots = follow({}, message("unclear", entities=[("who", "under_18"), ("place", "wales")]), [], sentences)
    assert (slots["young"], slots["place"]) == (True, "wales")
    assert follow(slots, message("affirm"), [], sentences)["place"] == "wales"
    assert not follow({}, message("affirm"), [], sentences)["young"]
