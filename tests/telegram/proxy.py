"""A small proxy in front of the emulator: it keeps every request of the bot's, holds it against the documentation, fills in what
the emulator lacks (getMe's is_bot, deleteMessages, sendChatAction, setMyCommands, leaveChat, offsets, long polling, the secret of a
webhook, updates other than messages and taps), and can fail as Telegram and networks do.
"""

import asyncio
import itertools
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Callable

import aiohttp
from aiohttp import web

from tests.telegram.bot_api import problems, read_fields

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ME = {"is_bot": True, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


@dataclass
class Call:
    """One request of the bot's."""

    method: str
    fields: dict[str, Any]
    at: float
    answer: dict[str, Any] | None = None

    @property
    def chat(self) -> int | None:
        return self.fields.get("chat_id")


@dataclass
class Fault:
    """What happens instead of an answer, so many times: a status, nothing at all, or a wait that the test ends. With `after`,
    Telegram has carried out the request before that."""

    status: int | None = None
    retry_after: int | None = None
    chat: int | None = None
    times: int = 1
    after: bool = False
    until: threading.Event | None = None
    description: str = "fault of the test"


@dataclass
class Proxy:
    """One bot's Bot API. Runs in a thread of its own between `start` and `stop`."""

    emulator: str
    token: str
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    # Nothing gets through in either direction.
    down: bool = False
    deliveries: list[tuple[int, int, float]] = field(default_factory=list)

    def start(self) -> "Proxy":
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._ids = itertools.count(1001)
        self._pending: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._webhook: dict[str, Any] = {}
        self._queues: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # What a test sets up and looks at.

    def fail(self, method: str, **fault: Any) -> None:
        self._faults[method].append(Fault(**fault))

    def inject(self, kind: str, content: dict[str, Any]) -> None:
        """An update of a kind that the emulator doesn't know."""
        self._loop.call_soon_threadsafe(self._arrive, {kind: content})

    def repeat(self, content: dict[str, Any], times: int = 2) -> None:
        """The very same update again, as Telegram sends it where it was not sure of the first."""

        def deliver() -> None:
            update = {"update_id": next(self._ids), **content}
            for _ in range(times):
                self._deliver(update)

        self._loop.call_soon_threadsafe(deliver)

    def made(self, method: str, chat: int | None = None) -> list[Call]:
        """The calls of a method that were answered well."""
        with self._changed:
            return [call for call in self.calls if call.method == method and call.answer and chat in (None, call.chat)]

    def wait(self, condition: Callable[[], Any], seconds: float = 20) -> Any:
        """What `condition` gives, as soon as it is something."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                found = condition()
                if found:
                    return found
                left = deadline - time.monotonic()
                assert left > 0, f"waited in vain; the last calls: {[call.method for call in self.calls[-8:]]}"
                self._changed.wait(min(left, 0.5))

    # The server.

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        started.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(30))
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/updates-of-the-emulator", self._from_emulator)
        app.router.add_route("*", "/bot{token}/{method}", self._bot)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._pulling = self._loop.create_task(self._pull())
        self._delivering: set[asyncio.Task[None]] = set()

    async def _shut(self) -> None:
        for task in (self._pulling, *self._delivering):
            task.cancel()
        await self._runner.cleanup()
        # Who still waits for updates is let go here, or Python would complain of it after the last test.
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._session.close()

    async def _bot(self, request: web.Request) -> web.StreamResponse:
        form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        if self.down:
            return self._hang_up(request)
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        call = Call(method, read_fields({**request.query, **form}), time.monotonic())
        with self._changed:
            self.calls.append(call)
            self.violations += problems(method, call.fields)
            self._changed.notify_all()
        fault = self._fault(call)
        if fault is not None and not fault.after:
            return await self._fail(request, fault)
        result = await self._carry_out(call, form)
        if fault is not None:
            return await self._fail(request, fault)
        if self.down:
            return self._hang_up(request)
        status = 200 if result["ok"] else result["error_code"]
        with self._changed:
            call.answer = result if result["ok"] else None
            self._changed.notify_all()
        return web.json_response(result, status=status)

    def _fault(self, call: Call) -> Fault | None:
        for fault in self._faults[call.method]:
            if fault.times > 0 and fault.chat in (None, call.chat):
                fault.times -= 1
                return fault
        return None

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.until is not None:
            await self._loop.run_in_executor(None, fault.until.wait)
        if fault.status is None:
            return self._hang_up(request)
        body = {"ok": False, "error_code": fault.status, "description": fault.description}
        if fault.retry_after is not None:
            body["parameters"] = {"retry_after": fault.retry_after}
        return web.json_response(body, status=fault.status)

    def _hang_up(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _carry_out(self, call: Call, form: dict[str, str]) -> dict[str, Any]:
        method, fields = call.method, call.fields
        if method == "getUpdates":
            return {"ok": True, "result": await self._updates(fields)}
        if method == "getMe":
            answer = await self._ask(f"/bot{self.token}/getMe", {})
            return {"ok": True, "result": {**answer["result"], **ME}}
        if method == "sendMessage":
            answer = await self._ask(f"/bot{self.token}/sendMessage", form)
            chat = {"id": fields["chat_id"], "type": "private" if fields["chat_id"] > 0 else "supergroup", "title": "x"}
            message = {"message_id": answer["result"]["message_id"], "date": int(time.time()), "chat": chat, "text": fields["text"]}
            return {"ok": True, "result": message}
        if method == "deleteMessages":
            for message in fields["message_ids"]:
                await self._delete(fields["chat_id"], message)
        elif method == "deleteMessage" and not await self._delete(fields["chat_id"], fields["message_id"]):
            return {"ok": False, "error_code": 400, "description": "Bad Request: message to delete not found"}
        elif method == "setWebhook":
            self._webhook = fields
            await self._ask(f"/bot{self.token}/setWebhook", {"url": f"{self.address}/updates-of-the-emulator"})
        elif method == "deleteWebhook":
            self._webhook = {}
            await self._ask(f"/bot{self.token}/deleteWebhook", {})
        return {"ok": True, "result": True}

    async def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(self.emulator + path, json=body) as answer:
            return await answer.json()

    async def _delete(self, chat: int, message: int) -> bool:
        """As often as it works: the emulator gives a tap the id of the message that comes after it, and deletes that first."""
        deleted = False
        while (await self._ask(f"/bot{self.token}/deleteMessage", {"chat_id": chat, "message_id": message}))["ok"]:
            deleted = True
        return deleted

    # Updates: from the emulator, to the bot.

    async def _pull(self) -> None:
        while True:
            if not self._webhook:
                with suppress(aiohttp.ClientError, asyncio.TimeoutError):
                    for update in (await self._ask(f"/bot{self.token}/getUpdates", {}))["result"]:
                        self._arrive(update)
            await asyncio.sleep(0.02)

    async def _from_emulator(self, request: web.Request) -> web.Response:
        self._arrive(await request.json())
        return web.Response()

    def _arrive(self, update: dict[str, Any]) -> None:
        content = {key: value for key, value in update.items() if key != "update_id"}
        for part in content.values():
            part.pop("botToken", None)
            part.get("message", {}).pop("botToken", None)
            if "data" in part:
                part.setdefault("chat_instance", "1")
        self._deliver({"update_id": next(self._ids), **content})

    def _deliver(self, update: dict[str, Any]) -> None:
        if not self._webhook:
            self._pending.append(update)
            return
        [content] = [value for key, value in update.items() if key != "update_id"]
        chat = content.get("chat", content.get("message", {}).get("chat"))["id"]
        if chat not in self._queues:
            self._queues[chat] = asyncio.Queue()
            self._delivering.add(self._loop.create_task(self._post_all(self._queues[chat])))
        self._queues[chat].put_nowait(update)

    async def _post_all(self, queue: "asyncio.Queue[dict[str, Any]]") -> None:
        """One after the other in each chat, each until it is taken, as Telegram does."""
        while True:
            update = await queue.get()
            while True:
                began = time.monotonic()
                status = await self._post(update)
                with self._changed:
                    self.deliveries.append((update["update_id"], status, time.monotonic() - began))
                    self._changed.notify_all()
                if status == 200:
                    break
                await asyncio.sleep(0.1)

    async def _post(self, update: dict[str, Any]) -> int:
        if self.down or not self._webhook:
            return 0
        try:
            headers = {SECRET_HEADER: self._webhook["secret_token"]}
            async with self._session.post(self._webhook["url"], json=update, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, asyncio.TimeoutError, KeyError):
            return 0

    async def _updates(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        if "offset" in fields:
            self._pending = [update for update in self._pending if update["update_id"] >= fields["offset"]]
        wanted = set(fields.get("allowed_updates", ())) | {"update_id"}
        deadline = self._loop.time() + fields.get("timeout", 0)
        while True:
            ready = [update for update in self._pending if wanted.issuperset(update)][: fields.get("limit", 100)]
            if ready or self._loop.time() >= deadline or self.down:
                return ready
            await asyncio.sleep(0.01)
