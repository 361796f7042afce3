"""The commands, run as their users run them."""

import json
import subprocess
import sys

import pytest

from bot.settings import ROOT


def run(*arguments: str, given: bytes = b"", environment: dict | None = None) -> subprocess.CompletedProcess:
    import os

    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, input=given, capture_output=True, timeout=120,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip


@pytest.mark.parametrize("command", ["serve", "chat", "answer", "explain", "train"])
def test_help_shows_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0 and f"Example: python -m bot {command}" in done.stdout.decode()


def test_answer_takes_json_and_plain_lines_and_reports_bad_ones(engine):
    lines = [
        b'{"id": "a", "text": "he has a knife to my throat"}', b"my boyfriend reads all my messages", b'{"id": "c", "text": 7}',
        b'{"id": "d"',
        b'{"id": "e", "text": "hello"}', b"\xff\xfe", b'{"id": "g", "text": "' + b"x" * 2001 + b'"}', b"",
    ]  # fmt: skip
    done = run("answer", given=b"\n".join(lines))
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 1
    assert [row["id"] for row in rows] == ["a", 2, "c", 4, "e", 6, "g"]
    assert rows[0]["urgency"] == "emergency" and rows[0]["contacts"][0]["id"] == "999"
    assert [("error" in row) for row in rows] == [False, False, True, True, False, True, True]
    for row in rows:
        if "error" not in row:
            assert row["text"].endswith(row["quick_exit"]["text"])
    assert b"Traceback" not in done.stderr


def test_answer_of_a_file_that_is_not_there_says_what_to_do(tmp_path):
    done = run("answer", str(tmp_path / "none.jsonl"))
    assert done.returncode == 1 and done.stderr.decode().startswith("Cannot start: ") and b"Traceback" not in done.stderr


def test_explain_shows_why(engine):
    done = run("explain", "he has a knife")
    shown = done.stdout.decode()
    assert done.returncode == 0
    for part in ("emergency", "danger phrase", "action_signpost", "999", "To leave quickly"):
        assert part in shown
    explained = json.loads(run("explain", "--json", "he has a knife").stdout)
    assert explained["danger"]["phrases"] and explained["urgency"] == "emergency"


def test_chat_talks_and_leaves(engine):
    done = run("chat", given=b"my boyfriend hits me\nis there someone to talk to who is not the police\nexit\n")
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "Emerald" in shown and "type exit" in shown and "Could I go somewhere safe?" in shown


def test_a_wrong_setting_is_one_sentence_without_its_value():
    done = run("serve", environment={"SUPPORT_IDLE_MINUTES": "secret-90"})
    message = done.stderr.decode()
    assert done.returncode == 1 and "SUPPORT_IDLE_MINUTES" in message and "secret" not in message and "Traceback" not in message


def test_a_taken_port_is_told():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1 and b"not free" in done.stderr
