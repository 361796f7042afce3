"""Nothing that a person types reaches a disk, a log, a store or an error: a canary is sent along every path, and looked for."""

import asyncio
import json
import logging
import os
from pathlib import Path

import pytest
import requests

from bot.dialogue.conversations import ForgettingTrackerStore
from bot.dialogue.kept_in_memory import MemoryKeeper
from bot.settings import ROOT

CANARY = "zebrafinch"
MESSAGES = [
    f"my husband hits me and his name is {CANARY}",
    f"{CANARY}",
    f"/{CANARY}" + '{"situations": ["' + CANARY + '"]}',
    f"he has a knife {CANARY}",
    f"what is emerald {CANARY}",
    f"bye {CANARY}",
]


# Where a process of ours might leave something.
DISKS = [
    path
    for path in (ROOT / "models", ROOT / ".rasa", Path("/tmp"), Path.home() / ".config", Path.home() / ".cache" / "rasa")
    if path.exists()
]


def everything_kept(engine, conversation: str) -> str:
    return asyncio.run(engine.keeper.get(engine.store.kind, conversation))


def test_the_store_keeps_what_was_understood_and_no_words(engine, conversation):
    for message in MESSAGES:
        asyncio.run(engine.answer(conversation, message, "web"))
        kept = everything_kept(engine, conversation)
        assert CANARY not in kept and "husband" not in kept
    assert "intent" in kept


def test_the_tracker_itself_never_sees_the_words(engine, conversation, monkeypatch):
    seen = []
    save = engine.store.save

    async def watched(tracker):
        seen.append(json.dumps([event.as_dict() for event in tracker.events], default=str))
        await save(tracker)

    monkeypatch.setattr(engine.store, "save", watched)
    for message in MESSAGES:
        asyncio.run(engine.answer(conversation, message, "web"))
    assert seen and not any(CANARY in state for state in seen)


def test_nothing_is_printed_or_logged_even_at_debug(engine, conversation, capfd, caplog):
    with caplog.at_level(logging.DEBUG):
        for message in MESSAGES:
            asyncio.run(engine.answer(conversation, message, "web"))
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in caplog.text


def files_with(word: str, folders: list[Path], since: float) -> list[Path]:
    found = []
    # Others' files come and go meanwhile, folders too, which this walk passes over.
    for folder, _, names in (place for root in folders for place in os.walk(root)):
        for path in (Path(folder, name) for name in names):
            try:
                if (
                    path.is_file()
                    and path.stat().st_mtime >= since
                    and path.stat().st_size < 50_000_000
                    and word.encode() in path.read_bytes()
                ):
                    found.append(path)
            except OSError:
                continue
    return found


def test_a_served_conversation_leaves_no_trace_on_the_disk_or_in_the_output(server, tmp_path):
    mark = tmp_path / "mark"
    mark.touch()
    since = mark.stat().st_mtime - 1
    conversation = requests.post(f"{server.address}/chat/start", json={}, timeout=20).json()["conversation"]
    for message in MESSAGES:
        body = {"conversation": conversation, "text": message}
        answer = requests.post(f"{server.address}/chat/message", json=body, timeout=60)
        assert CANARY not in answer.text and CANARY not in str(answer.headers)
    requests.post(
        f"{server.address}/chat/message", data=f'{{"text": "{CANARY}'.encode(), headers={"Content-Type": "application/json"}, timeout=20
    )
    requests.post(f"{server.address}/chat", data={"conversation": conversation, "text": CANARY}, timeout=60)
    assert CANARY not in server.output
    assert not files_with(CANARY, DISKS, since)


def test_an_idle_conversation_is_forgotten():
    now = [0.0]
    store = ForgettingTrackerStore(MemoryKeeper(clock=lambda: now[0]), idle_seconds=1800)

    async def pass_time() -> None:
        await store.open("one")
        now[0] = 1799
        assert await store.is_open("one")
        now[0] = 1801
        assert not await store.is_open("one")

    asyncio.run(pass_time())


def test_what_was_forgotten_is_not_written_again(engine):
    async def leave_and_write() -> None:
        conversation = await engine.open()
        await engine.leave(conversation)
        await engine.answer(conversation, "my husband hits me", "web")
        assert await engine.store.retrieve(conversation) is None
        assert not await engine.store.is_open(conversation)

    asyncio.run(leave_and_write())


def test_telemetry_is_off():
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.parametrize("name", ["rasa", "sanic", "root", "httpx"])
def test_other_peoples_libraries_log_warnings_at_most(name):
    assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING
