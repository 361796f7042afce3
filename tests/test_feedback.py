"""Feedback: two numbers, without any text or id, and nothing at all where it is switched off."""

import asyncio

import pytest

from bot.feedback import Feedback


def test_yes_and_no_are_counted(caplog):
    feedback = Feedback()
    with caplog.at_level("INFO", logger="bot"):
        for helped in (True, True, False):
            feedback.add(helped)
    assert feedback.counts() == {"yes": 2, "no": 1}
    assert [record.getMessage() for record in caplog.records] == ["feedback helped=yes", "feedback helped=yes", "feedback helped=no"]


def test_the_counts_that_are_given_out_can_change_nothing():
    feedback = Feedback()
    feedback.counts()["yes"] = 9  # type: ignore[index]
    assert feedback.counts() == {"yes": 0, "no": 0}


@pytest.mark.parametrize(("setting", "asked"), [("on", True), ("off", False)])
def test_one_setting_switches_it_off(engine, conversation, monkeypatch, caplog, setting, asked):
    monkeypatch.setenv("SUPPORT_FEEDBACK", setting)

    async def talk():
        thanks = await engine.answer(conversation, "thanks", "web")
        await engine.choose(conversation, "feedback_no", "web")
        return thanks

    with caplog.at_level("INFO", logger="bot"):
        thanks = asyncio.run(talk())
    assert ("Did this help?" in thanks.text) == asked
    assert [choice.value for choice in thanks.choices] == (["feedback_yes", "feedback_no"] if asked else [])
    logged = [record.getMessage() for record in caplog.records if record.name == "bot.feedback"]
    assert logged == (["feedback helped=no"] if asked else [])
    assert conversation not in caplog.text


def test_it_is_asked_once(engine, conversation):
    async def talk():
        return [(await engine.answer(conversation, words, "web")).text for words in ("thanks", "thank you", "bye")]

    assert ["Did this help?" in text for text in asyncio.run(talk())] == [True, False, False]
