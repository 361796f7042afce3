"""A turn, from typed words to a reply, and what happens when something inside fails."""

import asyncio

import pytest

from bot.errors import BadRequest, ModelError
from bot.understanding.labels import SITUATIONS


def answer(engine, conversation, text):
    return asyncio.run(engine.answer(conversation, text, "web"))


def ids(reply):
    return [contact.id for contact in reply.contacts]


def test_the_canary_cry_is_understood(engine):
    asyncio.run(engine.check())


def test_a_model_that_does_not_know_danger_is_refused(engine, monkeypatch):
    monkeypatch.setattr("bot.dialogue.engine.CANARY", "the kettle is on")
    with pytest.raises(ModelError):
        asyncio.run(engine.check())


def test_every_situation_of_the_contract_has_a_rule_and_a_reply(engine, conversation):
    for situation in SITUATIONS:
        engine.sentences.values()
        reply = asyncio.run(engine._turn(conversation, "web", {
            "intent": {"name": situation, "confidence": 1.0}, "entities": [], "situations": [situation], "urgency": "support",
        }))  # fmt: skip
        assert reply.text.endswith(reply.quick_exit.text)
        assert "Something went wrong" not in reply.text, situation


def test_several_situations_are_all_answered(engine, conversation):
    reply = answer(engine, conversation, "my husband rapes me when he is drunk and i want to tell somebody")
    assert {"sexual_violence", "domestic_abuse"} <= set(reply.situations)
    assert ids(reply)[:2] == ["rasso", "emerald"] and "101" in ids(reply)


def test_a_question_about_a_service_names_it(engine, conversation):
    reply = answer(engine, conversation, "what is rasso")
    assert ids(reply) == ["rasso"] and reply.urgency == "none"


@pytest.mark.parametrize("failing", ["parse_message", "handle_message"])
def test_whatever_fails_the_person_gets_999_101_and_the_exit(engine, conversation, monkeypatch, failing, capfd, caplog):
    async def broken(*_, **__):
        raise RuntimeError("canary-in-the-exception")

    monkeypatch.setattr(engine.agent.processor if failing == "parse_message" else engine.agent, failing, broken)
    reply = answer(engine, conversation, "canary-in-the-text he hits me")
    assert ids(reply) == ["999", "101"]
    assert "999" in reply.text and reply.text.endswith(reply.quick_exit.text)
    output = "".join(capfd.readouterr()) + caplog.text
    assert "canary" not in output and "RuntimeError" in output


def test_no_turn_holds_our_own_answers_to_a_schema(engine, conversation, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a quarter of a turn, for nothing")

    monkeypatch.setattr("jsonschema.validate", refuse)
    for text in ("my husband hits me", "is it free", "hello"):
        assert "Something went wrong" not in answer(engine, conversation, text).text


def test_an_action_that_fails_still_answers(engine, conversation, monkeypatch):
    def broken(*_):
        raise KeyError("canary")

    monkeypatch.setattr("actions.routing.Routing.signpost", broken)
    reply = answer(engine, conversation, "my wife hits me")
    assert ids(reply) == ["999", "101"] and "999" in reply.text


def test_a_turn_that_hangs_is_answered_in_time(engine, conversation, monkeypatch):
    async def hanging(*_):
        await asyncio.sleep(60)

    import dataclasses

    monkeypatch.setattr(engine.agent, "handle_message", hanging)
    monkeypatch.setattr(engine, "settings", dataclasses.replace(engine.settings, turn_seconds=1))
    assert ids(answer(engine, conversation, "hello")) == ["999", "101"]


def test_a_choice_never_offered_is_refused(engine, conversation):
    with pytest.raises(BadRequest):
        asyncio.run(engine.choose(conversation, "action_listen", "web"))


def test_a_long_story_is_read_whole(engine, conversation):
    calm = "we went to the market and bought some plums and the weather was nice and my sister made a pie. "
    reply = answer(engine, conversation, calm * 4 + "he is outside my door with a knife right now please send help. " + calm * 4)
    assert reply.urgency == "emergency"


def test_the_turns_do_not_grow_with_the_conversation(engine, conversation):
    async def talk() -> list[int]:
        lengths = []
        for _ in range(12):
            await engine.answer(conversation, "my husband hits me", "web")
            lengths.append(len((await engine.store.retrieve(conversation)).events))
        return lengths

    lengths = asyncio.run(talk())
    assert max(lengths[6:]) <= max(lengths[:6])


def test_explain_shows_the_phrase_and_the_rule(engine):
    explained = asyncio.run(engine.explain("he has a knife", "terminal"))
    assert explained["urgency"] == "emergency"
    assert explained["danger"]["phrases"][0]["text"] == "he has a knife"
    assert explained["actions"] == ["action_signpost"]
    assert explained["reply"]["contacts"][0]["id"] == "999"


def test_the_words_of_a_choice_may_be_typed(engine, conversation):
    answer(engine, conversation, "my husband hits me")
    assert "national_da_helpline" in ids(answer(engine, conversation, "More help"))
    assert answer(engine, conversation, "what happens if i call?").choices


def test_a_single_word_of_a_choice_is_read_as_any_other(engine):
    assert engine.sentences.typed_out("More help") == "ask_more_help"
    assert engine.sentences.typed_out("I’m safe now.") == "safe_now"
    assert engine.sentences.typed_out("Yes") is None and engine.sentences.typed_out("") is None
    assert engine.sentences.typed_out("more help for my garden") is None


def test_who_is_made_to_work_is_offered_the_helpline_for_it(engine, conversation):
    reply = answer(engine, conversation, "i am trafficked and they make me clean houses")
    assert [contact.id for contact in reply.contacts] == ["101", "modern_slavery_helpline"]
    reply = answer(engine, conversation, "my dad hits me and makes me work for no pay")
    assert "ask_exploitation" in [choice.value for choice in reply.choices]


def test_the_name_of_an_intent_is_no_message(engine, conversation):
    reply = answer(engine, conversation, "immediate_danger")
    assert reply.urgency == "none" and reply.situations == ("unclear",)
    assert answer(engine, conversation, "leave_now").situations == ("leave_now",)
