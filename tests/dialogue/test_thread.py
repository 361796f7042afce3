"""Whether a question leads, with the conversation in view: danger always leads, and so does leaving."""

import pytest

from bot.dialogue.thread import chosen, offers, settle

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


def test_off_the_topic_in_a_first_message_leads_over_all_but_a_clear_question():
    assert not leads(understood("out_of_scope", 0.8, question=sure(0.9)))
    assert leads(understood("out_of_scope", 0.8, question=sure(0.99)))
    assert leads(understood("out_of_scope", 0.6, question=sure(0.8)))
    assert leads(understood("out_of_scope", 0.8, question=sure(0.8)), ["domestic_abuse"])


def test_how_to_help_another_is_asked_by_no_one_who_does_harm():
    asked = {"name": "help_my_child", "confidence": 0.95, "situations": ["child_at_risk"], "urgency": "support"}
    assert settle(understood("perpetrator_seeking_help", 0.9, "support", question=asked), [])["intent"]["name"] == "help_my_child"
    assert settle(understood("suicidal", 0.9, "support", question=asked), [])["intent"]["name"] == "suicidal"


def test_the_wish_for_an_interpreter_is_a_question_where_it_is_a_certain_one():
    parse = understood("culturally_aware_support", 0.95, "support", question=sure(0.99))
    assert leads(parse) and not leads(understood("culturally_aware_support", 0.95, "support", question=sure(0.9)))


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


def asked(name, confidence=0.9, situations=("unclear",), urgency="none"):
    return {"name": name, "confidence": confidence, "situations": list(situations), "urgency": urgency}


# Few words after something was told are about that.


def test_a_few_unsure_words_go_on_with_what_was_told():
    settled = settle(understood("about_the_bot", 0.6, question=None), ["sexual_violence"], 3)
    assert (settled["intent"]["name"], settled["situations"], settled["urgency"]) == ("ask_what_now", ["sexual_violence"], "support")
    unsure = settle(understood("stalking_harassment", 0.3, "support", question=None), ["domestic_abuse"], 3)
    assert (unsure["intent"]["name"], unsure["situations"]) == ("ask_what_now", ["domestic_abuse"])


@pytest.mark.parametrize(("told", "words"), [([], 3), (["domestic_abuse"], 20)])
def test_nothing_goes_on_where_nothing_was_told_or_much_is_said(told, words):
    parse = understood("about_the_bot", 0.6, question=None)
    assert settle(parse, told, words) == parse


@pytest.mark.parametrize(
    ("intent", "confidence", "urgency"),
    [
        ("about_the_bot", 0.99, "none"), ("unclear", 0.1, "none"), ("out_of_scope", 0.4, "none"), ("leave_now", 0.3, "none"),
        ("sexual_violence", 0.8, "support"), ("domestic_abuse", 0.3, "support"), ("immediate_danger", 0.3, "emergency"),
    ],
)  # fmt: skip
def test_what_is_clear_or_told_or_danger_or_leaving_stays_what_it_is(intent, confidence, urgency):
    parse = understood(intent, confidence, urgency, question=None)
    assert settle(parse, ["domestic_abuse"], 3) == parse


def test_within_a_thread_a_likely_question_leads_over_a_calm_reading():
    assert not leads(understood("about_the_bot", 0.95, question=sure(0.8)))
    assert leads(understood("about_the_bot", 0.95, question=sure(0.8)), ["domestic_abuse"])


@pytest.mark.parametrize(("news", "leading"), [(0.6, True), (0.95, False)])
def test_within_a_thread_a_likely_question_leads_over_new_harm_that_is_less_sure(news, leading):
    parse = understood("sexual_violence", news, "support", question=sure(0.8))
    assert leads(parse, ["report_anonymously"]) == leading
    assert not leads(parse)
    if leading:
        assert settle(parse, ["report_anonymously"])["situations"] == ["service_info"]


@pytest.mark.parametrize("question", [asked("does_it_count", 0.99, ["domestic_abuse"], "support"), asked("feels_bad")])
def test_a_question_that_is_asked_after_any_harm_is_about_the_one_told(question):
    settled = settle(understood("unclear", 0.6, question=question), ["sexual_violence"])
    assert (settled["situations"], settled["urgency"]) == (["sexual_violence"], "support")


@pytest.mark.parametrize(
    ("told", "intent", "situations"),
    [
        (["suicidal"], "suicidal", ["suicidal", "immediate_danger"]),
        (["immediate_danger", "domestic_abuse"], "immediate_danger", ["immediate_danger", "domestic_abuse"]),
        (["domestic_abuse", "suicidal"], "immediate_danger", ["immediate_danger", "domestic_abuse", "suicidal"]),
    ],
)
def test_a_time_is_danger_where_life_is_at_stake(told, intent, situations):
    settled = settle(understood("unclear", 0.6, question=asked("says_when")), told, 1)
    assert (settled["intent"]["name"], settled["situations"], settled["urgency"]) == (intent, situations, "emergency")


def test_a_time_is_not_where_it_is_not():
    settled = settle(understood("unclear", 0.6, question=asked("says_when")), ["report_crime"], 1)
    assert (settled["intent"]["name"], settled["urgency"]) == ("says_when", "support")


def test_children_in_a_home_that_was_told_of_are_no_danger_by_themselves():
    parse = understood("immediate_danger", 0.6, "emergency", question=asked("says_children", 0.93, ["child_at_risk"], "support"))
    settled = settle(parse, ["domestic_abuse"], 3)
    assert (settled["intent"]["name"], settled["situations"], settled["urgency"]) == ("says_children", ["child_at_risk"], "support")
    assert settle(parse, [], 3) == parse
    assert settle(parse, ["domestic_abuse"], 15)["intent"]["name"] == "says_children"
    unsure = {**parse, "question": {**parse["question"], "confidence": 0.8}}
    assert settle(unsure, ["domestic_abuse"], 15) == unsure


@pytest.mark.parametrize(
    ("intent", "confidence", "leading"), [("suicidal", 0.97, True), ("suicidal", 0.7, False), ("domestic_abuse", 0.97, False)]
)
def test_another_s_suicide_is_taken_for_one_only_where_that_is_sure(intent, confidence, leading):
    parse = understood(intent, 0.9, "support", question=asked("ask_help_suicidal", confidence, ["suicidal"], "support"))
    assert (settle(parse, [])["intent"]["name"] == "ask_help_suicidal") == leading


def test_a_service_without_a_name_is_one_of_those_named():
    parse = understood("service_info", 0.99, question=None)
    assert settle(parse, ["stalking_harassment"], 3)["intent"]["name"] == "ask_what_now"
    assert settle(parse, [], 3) == parse


def test_where_somebody_is_stands_beside_what_they_tell():
    parse = understood("domestic_abuse", 0.9, "support", question=asked("elsewhere_scotland", 0.8, ["service_info"]))
    settled = settle(parse, [])
    assert settled["intent"]["name"] == "domestic_abuse"
    assert settled["entities"] == [{"entity": "place", "value": "scotland"}]
    unsure = understood("domestic_abuse", 0.9, "support", question=asked("elsewhere_scotland", 0.4, ["service_info"]))
    assert settle(unsure, [])["entities"] == []


def test_a_way_to_tell_leaves_what_was_told_in_view():
    parse = understood("report_anonymously", 0.95, "support", question=None)
    assert settle(parse, ["child_at_risk"], 4)["situations"] == ["report_anonymously", "child_at_risk"]
    assert settle(parse, [], 4) == parse
    asking = understood("report_anonymously", 0.95, "support", question=sure(0.8))
    assert leads(asking, ["police_perpetrator"])
    assert not leads(asking)


def test_who_was_said_to_be_police_is_so_still_when_it_is_told_what_they_do():
    hits = understood("domestic_abuse", 0.95, "support", question=None)
    assert settle(hits, ["police_perpetrator"])["situations"] == ["domestic_abuse", "police_perpetrator"]
    assert settle(hits, ["stalking_harassment"])["situations"] == ["domestic_abuse"]
    theft = understood("report_crime", 0.95, "support", question=None)
    assert settle(theft, ["police_perpetrator"], words=12)["situations"] == ["report_crime"]


def test_what_was_only_hinted_at_gives_way_to_the_question():
    asked = {"name": "ask_medical", "confidence": 0.9, "situations": ["sexual_violence"], "urgency": "support"}
    hint = understood("domestic_abuse", 0.3, "support", question=asked)
    assert settle(hint, [])["situations"] == ["sexual_violence"]
    told = understood("domestic_abuse", 0.6, "support", question=asked)
    assert settle(told, ["domestic_abuse"])["situations"] == ["domestic_abuse"]


def test_harm_of_two_kinds_that_is_likely_together_is_answered_first():
    asked, kinds = sure(0.996), ["sexual_violence", "domestic_abuse"]
    one = understood("sexual_violence", 0.8, "support", question=asked)
    two = understood("sexual_violence", 0.8, "support", kinds, asked, ranking=[(kind, 0.8) for kind in kinds])
    assert leads(one) and not leads(two)


def test_the_way_to_tell_is_no_harm_told_again():
    asked = {**sure(0.85), "situations": ["stalking_harassment"], "urgency": "support"}
    assert leads(understood("report_anonymously", 0.92, "support", question=asked), ["report_anonymously"])
    assert leads(understood("domestic_abuse", 0.92, "support", question=asked), ["domestic_abuse"])


def test_few_words_within_a_thread_need_a_less_sure_question():
    assert leads(understood("service_info", 0.8, question=sure(0.47)), ["domestic_abuse"])
    assert not leads(understood("service_info", 0.8, question=sure(0.47)))


def test_unsure_danger_in_few_words_within_a_thread_gives_way_to_a_question():
    unsure = understood("immediate_danger", 0.4, "emergency", question=sure(0.8))
    assert leads(unsure, ["domestic_abuse"]) and not leads(unsure)
    assert not leads(understood("immediate_danger", 0.6, "emergency", question=sure(0.8)), ["domestic_abuse"])
    over = {"name": "safe_now", "confidence": 0.9, "situations": ["unclear"], "urgency": "none"}
    danger = understood("immediate_danger", 0.4, "emergency", question=over)
    assert settle(danger, ["immediate_danger"])["urgency"] == "emergency"
    assert settle({**danger, "question": {**over, "confidence": 0.96}}, ["immediate_danger"])["urgency"] == "support"


def test_what_only_adds_to_what_was_told_is_no_new_harm():
    adds = {"name": "tells_more", "confidence": 0.8, "situations": ["unclear"], "urgency": "none"}
    news = understood("sexual_violence", 0.93, "support", question=adds)
    settled = settle(news, ["stalking_harassment"])
    assert (settled["intent"]["name"], settled["situations"]) == ("tells_more", ["stalking_harassment"])
    assert settle(news, []) == news
    surely = understood("sexual_violence", 0.98, "support", question=adds)
    assert settle(surely, ["stalking_harassment"])["intent"]["name"] == "sexual_violence"


def test_within_a_thread_the_question_leads_over_what_the_heads_make_of_it():
    # Measured on the follow-ups: where nothing new is told, the heads are hardly ever right and the question is.
    for intent, confidence in (("service_info", 0.98), ("out_of_scope", 0.95), ("domestic_abuse", 0.95)):
        parse = understood(intent, confidence, question=sure(0.45))
        assert settle(parse, ["domestic_abuse"], 20)["intent"]["name"] == "ask_secret"
    new = understood("sexual_violence", 0.8, "support", question=sure(0.6))
    assert settle(new, ["domestic_abuse"], 20)["intent"]["name"] == "ask_secret"
    surely = understood("sexual_violence", 0.97, "support", question=sure(0.85))
    assert settle(surely, ["domestic_abuse"], 20) == surely


def test_a_complaint_about_officers_is_no_report_of_one():
    asked = {**sure(0.6), "name": "ask_complain"}
    parse = understood("police_perpetrator", 0.98, "support", question=asked)
    assert settle(parse, [])["intent"]["name"] == "ask_complain"
    assert settle(parse, ["report_crime"])["intent"]["name"] == "ask_complain"
    both = understood("police_perpetrator", 0.98, "support", ["police_perpetrator", "sexual_violence"], asked,
                      ranking=[("police_perpetrator", 0.98), ("sexual_violence", 0.95)])  # fmt: skip
    assert settle(both, []) == both


def offered(question, told=("domestic_abuse",), within=True, nearby=("ask_secret", "ask_hours", "ask_cost", "ask_veo"), **other):
    parse = {**understood("unclear", 0.6, question=question, **other), "nearby": list(nearby)}
    return offers(parse, settle(parse, list(told)), within)


def test_beside_an_unsure_answer_what_else_it_may_have_been_is_offered():
    assert offered(asked("ask_secret", 0.6)) == ["ask_hours", "ask_cost"]


def test_a_plain_question_needs_no_offer():
    assert offered(asked("ask_secret", 0.9)) == []


def test_where_no_question_leads_the_likeliest_are_offered():
    assert offered(None, nearby=["ask_secret", "ask_hours", "ask_cost"]) == ["ask_secret", "ask_hours"]


def test_nothing_is_offered_before_anything_was_said_nor_in_danger():
    assert offered(asked("ask_secret", 0.6), told=(), within=False) == []
    assert offered(None, urgency="emergency", situations=["immediate_danger"]) == []


def test_kinds_of_crime_lead_over_crime_in_general_but_not_over_other_harm():
    scam = asked("ask_scam", 0.8, ("report_crime",), "support")
    assert settle(understood("report_crime", 0.95, "support", question=scam), [])["intent"]["name"] == "ask_scam"
    told = understood("domestic_abuse", 0.95, "support", ["domestic_abuse"], question=scam)
    assert settle(told, [])["intent"]["name"] == "domestic_abuse"
