"""When a part of a long message makes an emergency by itself, and when the wish to leave is stronger than what sounds like danger."""

import asyncio

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.understanding.danger import leaves, window_decides

CONFIG = {"window_threshold": 0.9, "window_floor": 0.05}


@pytest.mark.parametrize(("whole", "window", "decides"), [(0.2, 0.95, True), (0.05, 0.9, True), (0.2, 0.85, False), (0.01, 0.99, False)])
def test_a_clear_part_decides_unless_the_whole_plainly_tells_of_something_else(whole, window, decides):
    assert window_decides(CONFIG, whole, window) is decides


@pytest.mark.parametrize(
    ("leaving", "danger", "left"),
    [(0.8, 0.5, True), (0.99, 0.9, True), (0.8, 0.85, False), (0.6, 0.5, True), (0.45, 0.3, False), (0.0, 0.9, False)],
)
def test_leaving_has_to_be_plain_and_likelier_than_danger(leaving, danger, left):
    ranking = [{"name": "immediate_danger", "confidence": 0.4}, {"name": "leave_now", "confidence": leaving}]
    assert leaves(Message({"intent_ranking": ranking}), danger) is left


def test_a_danger_phrase_leads_over_the_wish_to_leave(engine):
    parse = asyncio.run(engine.understand("hes got a gun, quick close this page"))
    assert parse["urgency"] == "emergency"


def test_who_is_read_over_the_shoulder_gets_the_exit_and_nothing_about_danger_or_abuse(engine):
    parse = asyncio.run(engine.understand("he's reading this over my sh"))
    assert (parse["situations"], parse["urgency"]) == (["leave_now"], "none")
