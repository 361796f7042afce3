"""The commands as an operator starts them: `python -m bot telegram`, and `python -m bot serve` with a webhook."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Server, free_port
from tests.telegram.conftest import Person
from tests.telegram.proxy import Proxy
from tests.test_privacy import DISKS, files_with

# Of this run alone, so that nobody else can have written it anywhere.
CANARY = f"zebrafinch{os.getpid()}"
SECRET = "a-secret-that_nobody-can-guess"
WEBHOOK = {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org/telegram", "TELEGRAM_WEBHOOK_SECRET": SECRET}


def bot(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**clean, **environment},
    )  # fmt: skip


def sending(proxy: Proxy, person: Person) -> list:
    return [call for call in proxy.calls if call.method == "sendMessage" and call.chat == person.chat]


@pytest.mark.parametrize(
    ("command", "environment", "named"),
    [
        ("telegram", {}, "TELEGRAM_BOT_TOKEN is missing"),
        ("telegram", {"TELEGRAM_BOT_TOKEN": CANARY}, "TELEGRAM_BOT_TOKEN must be"),
        ("serve", {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org/telegram"}, "TELEGRAM_BOT_TOKEN is missing"),
        (
            "serve",
            {"TELEGRAM_BOT_TOKEN": f"1:{CANARY}", "TELEGRAM_WEBHOOK_URL": "https://bot.example.org/telegram"},
            "TELEGRAM_WEBHOOK_SECRET is missing",
        ),
        ("telegram", {"TELEGRAM_BOT_TOKEN": f"1:{CANARY}", "TELEGRAM_API_URL": "PROXY"}, "Telegram refuses TELEGRAM_BOT_TOKEN"),
        ("serve", {"TELEGRAM_BOT_TOKEN": f"1:{CANARY}", "TELEGRAM_API_URL": "PROXY", **WEBHOOK}, "Telegram refuses TELEGRAM_BOT_TOKEN"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_one_sentence(own_proxy, command, environment, named):
    environment = {name: value.replace("PROXY", own_proxy.address) for name, value in environment.items()}
    arguments = ["--port", str(free_port())] if command == "serve" else []
    process = bot(command, *arguments, **environment)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert named in output and CANARY not in output
    assert output.strip().count("\n") == 0 and output.strip().endswith(".")


def test_polling_as_a_process_of_its_own_and_what_it_keeps(engine, own_proxy, redis_server):
    redis_server.client.flushdb()
    began = time.time() - 1
    person = Person(own_proxy)
    process = bot(
        "telegram", TELEGRAM_BOT_TOKEN=own_proxy.token, TELEGRAM_API_URL=own_proxy.address, SUPPORT_REDIS_URL=redis_server.url
    )  # fmt: skip
    person.say(f"my husband hits me {CANARY}")
    text = person.wait(seconds=90)[0]
    assert "Emerald" in text and CANARY not in text
    go = threading.Event()
    own_proxy.fail("sendMessage", until=go, status=502)
    person.say(f"/language {CANARY}")
    own_proxy.wait(lambda: len(sending(own_proxy, person)) == 2)
    process.send_signal(signal.SIGTERM)
    go.set()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and len(person.received) == 2
    assert not files_with(CANARY, DISKS, began)
    kept = redis_server.everything()
    for hidden in (CANARY, "husband", own_proxy.token, own_proxy.token.partition(":")[2], str(person.chat)):
        assert hidden not in output and hidden not in kept
    # The ids of the messages, and beside them only what was done, without the chat, and what lasts as long as the conversation.
    lives = {key.decode().split(":")[1]: redis_server.client.ttl(key) for key in redis_server.client.scan_iter()}
    most = {"messages": 48 * 3600, "done": 24 * 3600, "conversation": 1800, "told": 1800, "minute": 61}
    assert {name: 0 < life <= most[name] for name, life in lives.items()} == dict.fromkeys(most, True)
    [messages] = redis_server.client.scan_iter("support:messages:*")
    assert sorted(map(int, redis_server.client.zrange(messages, 0, -1))) == [1, 2, 3, 4]


def test_the_webhook_as_a_process_of_its_own_killed_and_stopped_in_the_middle(engine, own_proxy, tmp_path: Path):
    port = free_port()
    environment = {
        "TELEGRAM_BOT_TOKEN": own_proxy.token, "TELEGRAM_API_URL": own_proxy.address, "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
    }  # fmt: skip
    person, go = Person(own_proxy), threading.Event()
    # Telegram out of reach at the start is no reason not to serve.
    own_proxy.fail("setWebhook", status=None, times=2)
    killed = Server(tmp_path / "killed.log", environment, port)
    own_proxy.wait(lambda: own_proxy.made("setMyCommands"))
    own_proxy.fail("sendMessage", until=go, status=None)
    person.say(f"/language {CANARY}")
    own_proxy.wait(lambda: sending(own_proxy, person))
    killed.process.kill()
    killed.process.wait()
    go.set()
    assert person.received == []

    stopped = Server(tmp_path / "stopped.log", environment, port)
    person.wait()
    go = threading.Event()
    own_proxy.fail("sendMessage", until=go, status=502)
    person.say(f"my husband hits me {CANARY}")
    own_proxy.wait(lambda: len(sending(own_proxy, person)) == 3)
    threading.Timer(0.2, go.set).start()
    stopped.process.terminate()
    assert stopped.process.wait(20) == 0
    assert len(person.received) == 2
    for output in (killed.output, stopped.output):
        for hidden in (CANARY, SECRET, own_proxy.token.partition(":")[2], str(person.chat), "Traceback"):
            assert hidden not in output
