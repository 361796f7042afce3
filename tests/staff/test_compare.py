"""Comparing two models: what changed, and whether for better or worse."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import ModelError
from bot.staff.compare import Answer, Comparison, Played, describe, load_model
from bot.staff.stories import Step, Story
from bot.staff.understanding.messages import Labelled

KNIFE = Labelled("he has a knife", ("immediate_danger",), "emergency", "a.jsonl", 1)
HI = Labelled("hi", ("greeting",), "none", "a.jsonl", 2)
FLOW = Story("hello", (Step("greeting", "hi", None, ("utter_greeting",)),), "test_x.yml")

RIGHT = Answer("emergency", ("immediate_danger",), ("999",), frozenset({"urgency", "contacts", "situation"}))
MISSED = Answer("support", ("report_crime",), ("101",), frozenset())
HALF = Answer("support", ("immediate_danger",), ("999",), frozenset({"contacts", "situation"}))
OTHER = Answer("support", ("stalking_harassment",), ("101",), frozenset())


def change(one: Answer, two: Answer, engine) -> list[str]:
    report = Comparison(engine, engine, [KNIFE], [], answers=[(KNIFE, one, two)]).report()
    return [entry["change"] for entry in report["changes"]]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [(MISSED, RIGHT, ["better"]), (RIGHT, MISSED, ["worse"]), (MISSED, OTHER, ["different"]), (MISSED, HALF, ["better"]),
     (RIGHT, HALF, ["worse"]), (RIGHT, RIGHT, [])],
)  # fmt: skip
def test_a_changed_answer_is_better_or_worse(engine, one, two, expected):
    assert change(one, two, engine) == expected


def test_a_flow_that_breaks_is_worse_and_stands_first(engine):
    broken = Played(False, "hi", "thanks → utter_thanks")
    comparison = Comparison(engine, engine, [KNIFE], [FLOW], [(KNIFE, MISSED, RIGHT)], [(FLOW, Played(True), broken)])
    report = comparison.report()
    assert [(entry["kind"], entry["change"]) for entry in report["changes"]] == [("flow", "worse"), ("message", "better")]
    assert report["counts"] == {"better": 1, "worse": 1, "different": 0}
    assert report["one"]["emergencies_found"] == {"hits": 0, "of": 1} and report["two"]["emergencies_found"] == {"hits": 1, "of": 1}
    told = describe(report)
    assert "1 better, 1 worse" in told and "at “hi”: thanks → utter_thanks" in told


def test_a_model_does_not_differ_from_itself(engine):
    comparison = Comparison(engine, engine, [KNIFE, HI], [FLOW, replace(FLOW, steps=(Step("", None, "never_offered", ()),))])

    async def run() -> None:
        while await comparison.go_on():
            pass

    asyncio.run(run())
    assert comparison.done == comparison.total == 4
    report = comparison.report()
    assert report["changes"] == [] and report["one"] == report["two"]
    assert report["one"]["flows"] == {"hits": 1, "of": 2} and report["one"]["emergencies_found"]["hits"] == 1


def test_a_model_that_is_not_there_is_named(engine, tmp_path):
    with pytest.raises(ModelError, match="no model file nowhere.tar.gz"):
        load_model(engine.settings, tmp_path / "nowhere.tar.gz")
