"""Runs the test stories (Rasa's own format) through the engine: every predicted intent and action has to be as written.

`rasa test core --e2e` cannot run this project's actions in-process, and exits 0 on an empty folder; this one fails on both.
"""

import asyncio
from pathlib import Path

import pytest
import yaml

STORIES = [
    (path.name, story)
    for path in sorted(Path(__file__).parent.glob("test_*.yml"))
    for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
]


def test_there_are_stories():
    assert len(STORIES) >= 14


@pytest.mark.parametrize("story", [story for _, story in STORIES], ids=[story["story"] for _, story in STORIES])
def test_a_story_goes_as_written(engine, conversation, story):
    async def play() -> tuple[list, list]:
        expected, happened = [], []
        for step in story["steps"]:
            if "user" in step:
                reply = await engine.answer(conversation, step["user"], "web")
                tracker = await engine.store.retrieve(conversation)
                expected.append(("intent", step["intent"]))
                happened.append(("intent", tracker.latest_message.intent["name"]))
                happened.append(
                    ("action", tracker.latest_action_name if tracker.latest_action_name != "action_listen" else last_action(tracker))
                )
                assert reply.text.endswith(reply.quick_exit.text)
            else:
                expected.append(("action", step["action"]))
        return expected, happened

    expected, happened = asyncio.run(play())
    assert happened == expected


def last_action(tracker) -> str:
    names = [event.action_name for event in tracker.events if event.type_name == "action" and event.action_name != "action_listen"]
    return names[-1]
