"""How well messages are understood that training never saw, written by people who had not read the training messages.

The floors stand a little below what was measured when they were last raised; docs/understanding.md shows the figures.
"""

import asyncio
import json
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT
from bot.staff.understanding.asking import ask_follow_ups
from bot.staff.understanding.messages import read_follow_ups
from bot.understanding.labels import HARM
from tests.conftest import plain

HELD_OUT = Path(__file__).with_name("held_out.jsonl")
FOLLOW_UPS = Path(__file__).with_name("follow_ups.jsonl")
FINAL = Path(__file__).with_name("final.jsonl")
FLOORS = yaml.safe_load(Path(__file__).with_name("floors.yml").read_text(encoding="utf-8"))

# The contract's routing table: what must be named for each situation, whatever else is.
MUST = {
    "domestic_abuse": {"emerald", "101"},
    "sexual_violence": {"rasso", "101"},
    "stalking_harassment": {"101"},
    "honour_based_abuse": {"emerald", "101"},
    "culturally_aware_support": {"be_heard"},
    "police_perpetrator": {"crimestoppers", "101"},
    "report_crime": {"101"},
    "report_anonymously": {"crimestoppers"},
    "child_at_risk": {"101"},
    "suicidal": {"999", "samaritans"},
    "perpetrator_seeking_help": {"respect"},
}


def required(message: dict) -> set[str]:
    if message["urgency"] == "emergency":
        return {"999"}
    if message["urgency"] == "none":
        return set()
    if message["situations"][0] == "perpetrator_seeking_help":
        return {"respect"}
    return set().union(*(MUST.get(situation, set()) for situation in message["situations"]))


@pytest.fixture(scope="module")
def answered(engine) -> list[tuple[dict, dict]]:
    messages = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]

    async def answer_all() -> list[tuple[dict, dict]]:
        pairs = []
        for message in messages:
            conversation = await engine.open()
            pairs.append((message, (await engine.answer(conversation, message["text"], "web")).to_dict()))
            await engine.leave(conversation)
        return pairs

    return asyncio.run(answer_all())


def share(pairs: list, wanted) -> float:
    return sum(bool(wanted(message, reply)) for message, reply in pairs) / len(pairs)


def test_the_set_is_large_and_balanced():
    messages = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    urgencies = [message["urgency"] for message in messages]
    assert len(messages) >= 1200
    assert urgencies.count("emergency") >= 250 and urgencies.count("none") >= 450
    for situation in HARM:
        assert sum(situation in message["situations"] for message in messages) >= 20


def test_emergencies_are_found(answered):
    found = share([pair for pair in answered if pair[0]["urgency"] == "emergency"], lambda _, reply: reply["urgency"] == "emergency")
    assert found >= FLOORS["emergencies_found"], found


def test_false_alarms_are_few_where_no_help_is_needed(answered):
    alarms = share([pair for pair in answered if pair[0]["urgency"] == "none"], lambda _, reply: reply["urgency"] == "emergency")
    assert alarms <= FLOORS["false_alarms_among_none"], alarms


def test_false_alarms_are_few_where_support_is_needed(answered):
    alarms = share([pair for pair in answered if pair[0]["urgency"] == "support"], lambda _, reply: reply["urgency"] == "emergency")
    assert alarms <= FLOORS["false_alarms_among_support"], alarms


def test_every_required_contact_is_named(answered):
    with_contacts = [pair for pair in answered if required(pair[0])]
    named = share(with_contacts, lambda message, reply: required(message) <= {contact["id"] for contact in reply["contacts"]})
    assert named >= FLOORS["required_contacts_named"], named


def test_follow_ups_are_read_rightly_and_no_danger_among_them_is_missed(engine):
    followed = asyncio.run(ask_follow_ups(engine, read_follow_ups(FOLLOW_UPS, ROOT)))
    understood = share([(one, None) for one in followed], lambda one, _: one.understood)
    dangers = [(one, None) for one in followed if one.follow_up.right[0] == "immediate_danger"]
    calm = [(one, None) for one in followed if not {"immediate_danger", "suicidal"} & set(one.follow_up.right)]
    assert understood >= FLOORS["follow_ups_understood"], understood
    assert share(dangers, lambda one, _: one.alarm) >= FLOORS["follow_up_emergencies_found"]
    assert share(calm, lambda one, _: one.alarm) <= FLOORS["follow_up_false_alarms"]


def test_every_reply_ends_with_the_quick_exit(answered):
    assert all(reply["text"].endswith(reply["quick_exit"]["text"]) for _, reply in answered)


def test_no_contact_stands_twice_and_999_leads_in_danger(answered):
    for message, reply in answered:
        ids = [contact["id"] for contact in reply["contacts"]]
        assert len(ids) == len(set(ids))
        if reply["urgency"] == "emergency":
            assert ids[0] == "999", message


def test_no_held_out_message_was_trained_on():
    trained = set()
    for path in (ROOT / "data/nlu").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            trained.update(plain(line.removeprefix("- ")) for line in block["examples"].splitlines())
    kept = [json.loads(line)["text"] for path in (HELD_OUT, FINAL) for line in path.read_text(encoding="utf-8").splitlines()]
    assert not [text for text in kept if plain(text) and plain(text) in trained]
