"""The emulator, the proxy in front of it, people who write, and the bot itself, over real HTTP."""

import asyncio
import itertools
import os
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
import requests

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.polling import Poller
from bot.directory import load_directory
from bot.settings import TelegramSettings, read_settings, read_telegram_settings
from tests.telegram.bot_api import visible
from tests.telegram.neutral import telling
from tests.telegram.proxy import Call, Proxy

HERE = Path(__file__).resolve().parent
CHATS = itertools.count(700_001)
TOKENS = itertools.count(1)


class Person:
    """Someone who writes from a chat of their own."""

    def __init__(self, proxy: Proxy, chat: int | None = None, kind: str = "private") -> None:
        self.proxy = proxy
        self.chat = chat or next(CHATS)
        self._kind = kind

    def content(self, **content: Any) -> dict[str, Any]:
        """What the emulator wants to know of a message or a tap."""
        return {
            "botToken": self.proxy.token, "date": 1_700_000_000, "chat": {"id": self.chat, "type": self._kind, "first_name": "Sam"},
            "from": {"id": abs(self.chat), "first_name": "Sam", "is_bot": False}, **content,
        }  # fmt: skip

    def _post(self, path: str, content: dict[str, Any]) -> None:
        requests.post(f"{self.proxy.emulator}{path}", json=self.content(**content), timeout=20).raise_for_status()

    def say(self, text: str) -> None:
        if text.startswith("/"):
            length = len(text.split()[0])
            self._post("/sendCommand", {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]})
        else:
            self._post("/sendMessage", {"text": text})

    def send(self, **content: Any) -> None:
        """A message of another kind."""
        self._post("/sendMessage", content)

    def tap(self, value: str, message: int = 1) -> None:
        on = {
            "message_id": message, "date": 1_700_000_000, "chat": {"id": self.chat, "type": self._kind},
            "from": {"id": 666, "first_name": "Bot", "is_bot": True}, "text": "x",
        }  # fmt: skip
        self._post("/sendCallback", {"data": value, "message": on})

    @property
    def received(self) -> list[Call]:
        """What arrived in this chat."""
        return self.proxy.made("sendMessage", self.chat)

    def texts(self) -> list[str]:
        return [shown(call) for call in self.received]

    def ids(self) -> list[int]:
        return [call.answer["result"]["message_id"] for call in self.received if call.answer]

    def wait(self, count: int = 1, seconds: float = 20) -> list[str]:
        """The texts of this chat, once there are so many."""
        self.proxy.wait(lambda: len(self.received) >= count, seconds)
        return self.texts()

    def ask(self, text: str) -> str:
        """Says something and gives the answer."""
        before = len(self.received)
        self.say(text)
        return self.wait(before + 1)[before]

    def history(self) -> list[int]:
        """The ids of the messages that the emulator still holds for this chat."""
        answer = requests.post(f"{self.proxy.emulator}/getUpdatesHistory", json={"token": self.proxy.token}, timeout=20)
        return [
            held["messageId"]
            for held in answer.json()["result"]
            if "message" in held and self.chat in (held["message"].get("chat", {}).get("id"), int(held["message"].get("chat_id", 0)))
        ]


def shown(call: Call) -> str:
    return visible(call.fields["text"], call.fields.get("parse_mode"))


def hold_promises(proxy: Proxy, before: int = 0) -> None:
    """Whatever a test does, each request since `before` has to be as the documentation says, and each message as a locked screen
    may show it: silent, without a preview, its first words telling nothing."""
    assert proxy.violations == []
    directory = load_directory(read_settings({}).contacts)
    for call in proxy.calls[before:]:
        if call.method == "sendMessage":
            assert telling(shown(call), directory) == []
            assert call.fields["disable_notification"] is True
            assert call.fields["link_preview_options"] == {"is_disabled": True}
            assert call.fields.get("protect_content") in (None, False)


def buttons(call: Call) -> list[tuple[str, str]]:
    rows = call.fields["reply_markup"]["inline_keyboard"]
    assert all(len(row) == 1 for row in rows)
    return [(button["text"], button["callback_data"]) for [button] in rows]


def settings_for(proxy: Proxy, **more: str) -> TelegramSettings:
    settings = read_telegram_settings({"TELEGRAM_BOT_TOKEN": proxy.token, "TELEGRAM_API_URL": proxy.address, **more})
    assert settings is not None
    return settings


class PollingBot:
    """The channel, polling, in a thread of its own."""

    def __init__(self, engine: Any, proxy: Proxy, patience: float = 60, **environment: str) -> None:
        self._settings = settings_for(proxy, **environment)
        self._engine, self._patience = engine, patience
        self._ready = threading.Event()
        self.problem: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        client = TelegramClient(self._settings, self._patience)
        try:
            await client.open()
            self.channel = TelegramChannel(self._engine, client, self._settings)
            await client.delete_webhook()
            await self.channel.prepare()
            self._task = asyncio.create_task(Poller(self.channel, client, long_poll=2).run(self._stop))
            self._ready.set()
            await self._task
        except asyncio.CancelledError:
            pass
        except BaseException as problem:  # for the test to look at
            self.problem = problem
        finally:
            self._ready.set()
            await client.close()

    def stop(self) -> None:
        """As SIGTERM does."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    def kill(self) -> None:
        """As SIGKILL does: whatever was being done is not done to its end."""

        def cancel() -> None:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()

        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(cancel)
        self._thread.join(20)
        assert not self._thread.is_alive()

    def settle(self, person: Person) -> None:
        """Waits until nothing is being worked off."""
        person.proxy.wait(lambda: not self.channel.lanes.unfinished())

    def kept(self, person: Person) -> list[int]:
        self.settle(person)
        return asyncio.run(Memory(self._engine.keeper).messages(self.channel.conversation(person.chat)))

    def is_open(self, person: Person) -> bool:
        self.settle(person)
        return asyncio.run(self._engine.store.is_open(self.channel.conversation(person.chat)))


@contextmanager
def emulator_process() -> Iterator[str]:
    """telegram-test-api, an emulator that no one here wrote. Its address."""
    process = subprocess.Popen(
        ["node", "emulator.js"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "NODE_ENV": "test"}
    )
    assert process.stdout is not None and process.stdin is not None
    address = process.stdout.readline().strip()
    assert address, "The emulator did not start: run `make test`, which installs it."
    yield address
    process.stdin.close()
    process.wait(10)


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    with emulator_process() as address:
        yield address


def new_proxy(emulator: str) -> Proxy:
    return Proxy(emulator, f"{next(TOKENS)}:a-token-of-the-tests_that-nobody-may-see").start()


@pytest.fixture(scope="session")
def shared_proxy(emulator) -> Iterator[Proxy]:
    proxy = new_proxy(emulator)
    yield proxy
    proxy.stop()


@pytest.fixture(scope="session")
def bot(engine, shared_proxy) -> Iterator[PollingBot]:
    """One bot for the run: each test writes to it from a chat of its own."""
    running = PollingBot(engine, shared_proxy)
    yield running
    running.stop()


@pytest.fixture()
def proxy(bot, shared_proxy) -> Iterator[Proxy]:
    """The Bot API of the bot of the run."""
    before = len(shared_proxy.calls)
    yield shared_proxy
    hold_promises(shared_proxy, before)


@pytest.fixture()
def own_proxy(emulator) -> Iterator[Proxy]:
    """A Bot API for a bot that a test starts itself."""
    proxy = new_proxy(emulator)
    yield proxy
    proxy.stop()
    hold_promises(proxy)


@pytest.fixture()
def start_bot(engine, own_proxy) -> Iterator[Callable[..., PollingBot]]:
    """Starts a bot of the test's own, which is gone after it."""
    started: list[PollingBot] = []

    def start(**how: Any) -> PollingBot:
        started.append(PollingBot(engine, own_proxy, **how))
        return started[-1]

    yield start
    for bot in started:
        bot.kill()


@pytest.fixture()
def person(proxy) -> Person:
    return Person(proxy)
