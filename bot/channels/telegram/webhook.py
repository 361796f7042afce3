"""Updates by webhook, in the same server as the web channel.

In: posts of Telegram's, told from anybody else's by the secret. Out: 200, at once where an update came before, and otherwise when
it is worked off or after half a second, whichever comes first: a process that dies in the middle then gets it once more, and
nobody's exit waits for an answer that takes long.
"""

import asyncio
import hmac
import logging
from typing import Any, Awaitable, Callable
from urllib.parse import urlsplit

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, empty
from telegram.error import TelegramError

from bot.channels.telegram import NAME
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, TelegramClient
from bot.dialogue.engine import Engine
from bot.errors import SettingsError
from bot.settings import TelegramSettings

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_WITHIN_SECONDS = 0.5
DRAIN_SECONDS = 10.0


class TelegramWebhook(InputChannel):
    """The route, and what has to be done when the server starts and stops."""

    def __init__(self, engine: Engine, settings: TelegramSettings) -> None:
        """Raises SentencesError where a sentence does not fit Telegram."""
        self._settings = settings
        self._client = TelegramClient(settings)
        self._channel = TelegramChannel(engine, self._client, settings)
        self._registering: asyncio.Task[None] | None = None

    @classmethod
    def name(cls) -> str:
        return NAME

    def url_prefix(self) -> str:
        return ""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint(NAME)

        async def update(request: Request) -> HTTPResponse:
            return await self.update(request)

        async def start(*_: object) -> None:
            self._registering = asyncio.create_task(self._register())

        async def stop(*_: object) -> None:
            await self.stop()

        blueprint.add_route(update, urlsplit(self._settings.webhook_url or "").path, methods=["POST"], name="update")
        blueprint.listener("before_server_start")(start)
        blueprint.listener("before_server_stop")(stop)
        return blueprint

    async def update(self, request: Request) -> HTTPResponse:
        """One update. What cannot be read is taken all the same: Telegram would only send it again and again."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8")
        if not hmac.compare_digest(given, self._settings.webhook_secret.encode("utf-8")):
            return empty(status=403)
        try:
            raw = request.load_json()
        except SanicException:
            return empty(status=200)
        update = self._client.read(raw) if isinstance(raw, dict) else None
        if update is not None and self._channel.accept(update):
            await self._channel.lanes.finished(update.update_id, ANSWER_WITHIN_SECONDS)
        return empty(status=200)

    async def stop(self) -> None:
        """Works off what was begun."""
        if self._registering is not None:
            self._registering.cancel()
        await self._channel.lanes.drain(DRAIN_SECONDS)
        await self._client.close()

    async def _register(self) -> None:
        """Registers the webhook, however long Telegram cannot be reached: the web channel is served all the while."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._client.open()
                await self._client.set_webhook(self._settings.webhook_url or "", self._settings.webhook_secret)
                await self._channel.prepare()
                log.info("telegram_webhook_registered")
                return
            except SettingsError as problem:
                log.error("telegram_webhook_not_registered: %s", problem)
            except TelegramError as problem:
                log.error("telegram_webhook_not_registered kind=%s", type(problem).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
