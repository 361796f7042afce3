"""Why the bot answers as it does: clause by clause, with phrases marked and the nearest training messages; and nothing is kept of it."""

import asyncio
import logging

import pytest

from bot.staff.explain import describe, explain, marked
from bot.staff.nearest import load_meanings

CANARY = "zanzibarquokka"
LONG = (
    "We have been together for eleven years and most of it was all right. He was made redundant in the spring and since then he counts "
    "every penny I spend and asks for receipts. My sister says I should leave. Now he has a knife and he is coming up the stairs. "
    "I only wanted to ask about the electric bill because it is higher than last year, and nobody at the company picks up the phone."
)


@pytest.fixture(scope="module")
def meanings(engine):
    return load_meanings(engine.settings)


def test_a_short_message_is_one_clause_with_its_nearest(engine, meanings):
    told = asyncio.run(explain(engine, meanings, "he has a knife"))
    [clause] = told["clauses"]
    assert clause["text"] == "he has a knife" and clause["phrases"] and len(clause["situations"]) == 3
    assert [near["likeness"] for near in clause["nearest"]] == sorted((near["likeness"] for near in clause["nearest"]), reverse=True)
    assert len(clause["nearest"]) == 3 and all(near["file"].startswith("data/nlu/") and near["line"] > 1 for near in clause["nearest"])


def test_a_long_message_is_read_clause_by_clause(engine, meanings):
    told = asyncio.run(explain(engine, meanings, LONG))
    assert len(told["clauses"]) > 1 and told["urgency"] == "emergency"
    dangerous = [clause for clause in told["clauses"] if clause["phrases"]]
    assert dangerous and all("knife" in clause["text"] for clause in dangerous)
    shown = describe(told, colour=False)
    for part in ("Clause 1", "Clause 2", "near 0.", "data/nlu/", "danger phrase", "action_signpost", "[he has a knife"):
        assert part in shown, part
    assert "\033[31m" in describe(told, colour=True)


def test_nothing_is_a_message_too(engine, meanings):
    told = asyncio.run(explain(engine, meanings, "  "))
    assert told["clauses"] == [] and describe(told, colour=False)


def test_phrases_are_marked_where_they_stand():
    phrases = [{"start": 3, "end": 8}, {"start": 6, "end": 11}]
    assert marked("my knife is out", phrases, lambda text, _: text) == "my [knife is] out"
    assert marked("my knife is out", phrases, lambda text, _: f"<{text}>") == "my <knife is> out"
    assert marked("", [], lambda text, _: text) == ""


def test_what_is_explained_is_written_nowhere(engine, meanings, tmp_path, monkeypatch, caplog, capfd):
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in engine.settings.encoder.iterdir()}
    with caplog.at_level(logging.DEBUG):
        told = asyncio.run(explain(engine, meanings, f"{CANARY} has a knife and is at my door"))
    assert CANARY in told["text"]
    printed = capfd.readouterr()
    assert CANARY not in caplog.text + printed.out + printed.err and list(tmp_path.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in engine.settings.encoder.iterdir()} == before
