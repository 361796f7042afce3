"""Updates by webhook, in the same server as the web channel, over real HTTP."""

import asyncio
import threading
import time
from typing import Any, Iterator

import pytest
import requests

from bot.channels.server import build_app
from bot.channels.telegram.webhook import SECRET_HEADER, TelegramWebhook
from tests.conftest import free_port
from tests.telegram.conftest import Person, hold_promises, new_proxy, settings_for
from tests.telegram.proxy import Proxy

SECRET = "a-secret-that_nobody-can-guess"


class WebhookServer:
    """The web channel with the webhook, in a thread of its own. Sanic starts once in a process."""

    def __init__(self, engine: Any, proxy: Proxy) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        self.url = f"{self.address}/telegram/updates"
        settings = settings_for(proxy, TELEGRAM_WEBHOOK_URL=self.url, TELEGRAM_WEBHOOK_SECRET=SECRET)
        self.webhook = TelegramWebhook(engine, settings)
        self._app = build_app(engine, [self.webhook], "telegram")
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        proxy.wait(lambda: proxy.made("setWebhook"))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._ready.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        self._server = await self._app.create_server(
            host="127.0.0.1", port=int(self.address.rpartition(":")[2]), return_asyncio_server=True, access_log=False,
            asyncio_server_kwargs={"start_serving": False},
        )  # fmt: skip
        await self._server.startup()
        await self._server.before_start()
        await self._server.start_serving()

    def stop(self) -> None:
        """As SIGTERM does."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        await self._server.before_stop()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


@pytest.fixture(scope="module")
def telegram(emulator) -> Iterator[Proxy]:
    proxy = new_proxy(emulator)
    yield proxy
    proxy.stop()
    hold_promises(proxy)


@pytest.fixture(scope="module")
def hooked(engine, telegram) -> Iterator[WebhookServer]:
    server = WebhookServer(engine, telegram)
    yield server
    server.stop()


def update(person: Person, number: int, text: str = "/language") -> dict[str, Any]:
    chat = {"id": person.chat, "type": "private", "first_name": "Sam"}
    return {"update_id": number, "message": {"message_id": number, "date": 1_700_000_000, "chat": chat, "text": text}}


def post(server: WebhookServer, body: Any, secret: str | None = SECRET, **how: Any) -> requests.Response:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    if isinstance(body, dict):
        return requests.post(server.url, json=body, headers=headers, timeout=20)
    return requests.post(server.url, data=body, headers={"Content-Type": "application/json", **headers}, timeout=20)


def test_it_is_registered_with_its_secret_and_what_is_wanted(hooked, telegram):
    [call] = telegram.made("setWebhook")
    assert call.fields["url"] == hooked.url and call.fields["secret_token"] == SECRET
    assert call.fields["allowed_updates"] == ["message", "callback_query", "my_chat_member"]
    assert call.fields.get("drop_pending_updates") in (None, False)
    telegram.wait(lambda: telegram.made("setMyCommands"))


def test_a_conversation_from_start_to_exit(hooked, telegram):
    person = Person(telegram)
    assert "automated" in person.ask("/start")
    person.tap("domestic_abuse", person.ids()[0])
    assert "Emerald" in person.wait(2)[1]
    sent = person.ids()
    person.say("/exit")
    telegram.wait(lambda: "Done." in person.texts())
    [call] = telegram.made("deleteMessages", person.chat)
    assert set(sent) < set(call.fields["message_ids"])
    assert person.history() == [person.ids()[-1]]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "\u00e9"])
def test_without_the_secret_nothing_is_taken(hooked, telegram, secret):
    person = Person(telegram)
    headers = {} if secret is None else {SECRET_HEADER: secret.encode("utf-8")}
    answer = requests.post(hooked.url, json=update(person, 5_000), headers=headers, timeout=20)
    assert answer.status_code == 403 and answer.text == ""
    person.ask("/help")
    assert len(person.received) == 1


def test_an_update_that_was_seen_is_dropped(hooked, telegram):
    person = Person(telegram)
    for _ in range(3):
        assert post(hooked, update(person, 6_000)).status_code == 200
    person.wait()
    person.ask("/help")
    assert len(person.received) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"update_id": 1}', b'{"update_id": 2, "message": {"x": 1}}', b"\xff"])
def test_what_cannot_be_read_is_taken_so_that_it_does_not_come_again(hooked, body):
    assert post(hooked, body).status_code == 200


def test_telegram_never_waits_long_for_its_200(hooked, telegram):
    person, go = Person(telegram), threading.Event()
    telegram.fail("sendMessage", chat=person.chat, until=go, status=502)
    began = time.monotonic()
    assert post(hooked, update(person, 7_000)).status_code == 200
    assert 0.4 < time.monotonic() - began < 3
    assert person.received == []
    go.set()
    person.wait()


def test_each_chat_is_answered_in_order_and_all_at_the_same_time(hooked, telegram):
    people = [Person(telegram) for _ in range(10)]
    slow = Person(telegram)
    telegram.fail("sendMessage", chat=slow.chat, status=429, retry_after=1)
    slow.say("/language")
    for text in ("/language", "/help", "/contacts"):
        for person in people:
            person.say(text)
    for person in people:
        texts = person.wait(3, 60)
        assert ["English" in texts[0], "/forget" in texts[1], "0800 555 111" in texts[2]] == [True] * 3
    slow.wait()


def test_the_web_is_served_beside_it(hooked):
    answer = requests.post(f"{hooked.address}/chat/start", json={}, timeout=20)
    assert answer.status_code == 201
    assert requests.get(hooked.url, timeout=20).status_code == 405
