"""The Bot API, through python-telegram-bot, with patience: what Telegram asks to wait for is waited for, what fails on the way is
tried again, and both end at some time.

In: messages ready to show, ids to delete. Out: what Telegram answered, or python-telegram-bot's own errors: Forbidden where the
person blocked the bot, InvalidToken, and whatever outlasted the patience. The token stands in every address, so no error of these
may be printed with its words.
"""

import asyncio
import datetime
import logging
import time
from contextlib import suppress
from functools import partial
from typing import Any, Awaitable, Callable, Sequence, TypeVar

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import BulkRequestLimit, ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.incoming import WANTED, essence
from bot.channels.telegram.rendering import Part
from bot.errors import SettingsError
from bot.settings import TelegramSettings

log = logging.getLogger(__name__)

# How long one message may be held back by Telegram, the network or both before it is given up.
PATIENCE_SECONDS = 600.0
# For what helps but must not hold up the answer.
SHORT_PATIENCE_SECONDS = 5.0
# When the network is back, somebody in danger waits for as long as a pause.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
# A request that is cut off too early might be carried out all the same, and then be made twice.
READ_SECONDS = 20.0
CONNECTIONS = 64
OPENING_SECONDS = 10.0
TOKEN_REFUSED = "Telegram refuses TELEGRAM_BOT_TOKEN: set it to the token that @BotFather gave for this bot."

Result = TypeVar("Result")


class NotReached(SettingsError):
    """Telegram did not answer in time."""


class Abandoned(Exception):
    """A message was not wanted any more before Telegram took it."""


class TelegramClient:
    """One bot's calls. To be used between `open` and `close`."""

    def __init__(self, settings: TelegramSettings, patience: float = PATIENCE_SECONDS) -> None:
        root = settings.api_url.rstrip("/")
        self._patience = patience
        self._short_patience = min(patience, SHORT_PATIENCE_SECONDS)
        self._bot = Bot(
            settings.token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot",
            request=HTTPXRequest(CONNECTIONS, read_timeout=READ_SECONDS, pool_timeout=60),
            get_updates_request=HTTPXRequest(1, read_timeout=READ_SECONDS),
        )  # fmt: skip

    async def open(self, patience: float = OPENING_SECONDS) -> None:
        """Connects. Raises SettingsError where Telegram refuses the token, NotReached where it does not answer within
        `patience` seconds."""
        try:
            await _patiently(self._bot.initialize, patience)
        except InvalidToken:
            raise SettingsError(TOKEN_REFUSED) from None
        except TelegramError:
            raise NotReached("Telegram cannot be reached: check the network and TELEGRAM_API_URL, then start again.") from None

    async def close(self) -> None:
        with suppress(TelegramError, RuntimeError):
            await self._bot.shutdown()

    async def send(self, chat_id: int, part: Part, unless: asyncio.Event | None = None) -> int:
        """Sends a message, silently and without a link's preview. Returns its id. Raises Abandoned where `unless` was set
        while Telegram had to be waited for."""
        rows = [[InlineKeyboardButton(label, callback_data=value)] for label, value in part.buttons]
        buttons = InlineKeyboardMarkup(rows) if rows else None
        try:
            return await self._send(chat_id, part.text, ParseMode.HTML, buttons, unless)
        except BadRequest:
            # Whatever Telegram has against the form, the words have to arrive.
            return await self._send(chat_id, part.plain, None, None, unless)

    async def _send(
        self, chat_id: int, text: str, form: str | None, buttons: InlineKeyboardMarkup | None, unless: asyncio.Event | None
    ) -> int:
        message = await _patiently(
            lambda: self._bot.send_message(
                chat_id, text, parse_mode=form, disable_notification=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                # A number has to stay easy to copy and to pass on: docs/telegram.md.
                protect_content=False,
                reply_markup=buttons,
            ),
            self._patience, unless,
        )  # fmt: skip
        return message.message_id

    async def delete(self, chat_id: int, messages: Sequence[int]) -> list[int]:
        """Deletes what Telegram lets a bot delete, in batches. Returns those that could not be reached for; raises Forbidden
        where the person blocked the bot."""
        left: list[int] = []
        for start in range(0, len(messages), BulkRequestLimit.MAX_LIMIT):
            batch = messages[start : start + BulkRequestLimit.MAX_LIMIT]
            try:
                await _patiently(partial(self._bot.delete_messages, chat_id, batch), self._short_patience)
            except Forbidden:
                raise
            except TelegramError as problem:
                log.warning("telegram_delete_one_by_one kind=%s count=%d", type(problem).__name__, len(batch))
                left += await self._delete_one_by_one(chat_id, batch)
        return left

    async def _delete_one_by_one(self, chat_id: int, messages: Sequence[int]) -> list[int]:
        for place, message in enumerate(messages):
            try:
                await _patiently(partial(self._bot.delete_message, chat_id, message), self._patience)
            except (BadRequest, InvalidToken):
                # Gone already, or one of those that no bot may delete.
                continue
            except Forbidden:
                raise
            except TelegramError as problem:
                log.error("telegram_delete_given_up kind=%s", type(problem).__name__)
                return list(messages[place:])
        return []

    async def typing(self, chat_id: int) -> None:
        """Shows that an answer is being written. A detail: it may fail."""
        with suppress(TelegramError):
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING, read_timeout=2, connect_timeout=2)

    async def answer_tap(self, tap_id: str) -> None:
        """Stops the waiting sign on a tapped button. Telegram refuses it for a tap of long ago, which does not matter."""
        with suppress(TelegramError):
            await _patiently(lambda: self._bot.answer_callback_query(tap_id), self._short_patience)

    async def leave(self, chat_id: int) -> None:
        """Leaves a group or a channel."""
        with suppress(TelegramError):
            await _patiently(lambda: self._bot.leave_chat(chat_id), self._short_patience)

    async def set_commands(self, commands: Sequence[tuple[str, str]]) -> None:
        """Registers the commands with their descriptions. Without them the bot works all the same."""
        try:
            await _patiently(lambda: self._bot.set_my_commands([BotCommand(*command) for command in commands]), self._short_patience)
        except TelegramError as problem:
            log.warning("telegram_commands_not_set kind=%s", type(problem).__name__)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Raises SettingsError where Telegram will not have the address, and TelegramError."""
        try:
            await _patiently(
                lambda: self._bot.set_webhook(url, allowed_updates=WANTED, secret_token=secret, drop_pending_updates=False), self._patience
            )
        except BadRequest:
            raise SettingsError("Telegram refuses TELEGRAM_WEBHOOK_URL: it must reach that address from outside, by https.") from None

    async def delete_webhook(self) -> None:
        """Without a webhook, Telegram lets a bot poll. What waits is kept."""
        await _patiently(lambda: self._bot.delete_webhook(drop_pending_updates=False), self._patience)

    async def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        """The updates from `offset` on, as JSON, which tells Telegram that everything before is done. Waits `seconds` where there
        are none. As JSON, because one that cannot be read may not hold up the others. Raises TelegramError."""
        wanted = {"timeout": seconds, "allowed_updates": list(WANTED), **({} if offset is None else {"offset": offset})}
        return await self._bot.do_api_request("getUpdates", wanted, read_timeout=READ_SECONDS + seconds)

    def read(self, update: Any) -> Update | None:
        """An update that came as JSON, or as much of it as can be read; None where it is none."""
        for part in (lambda update: update, essence):
            try:
                return Update.de_json(part(update), self._bot)
            except Exception as problem:  # noqa: BLE001 - whatever an unheard-of update makes the library raise
                log.error("telegram_update_unreadable kind=%s", type(problem).__name__)
        return None


async def _patiently(call: Callable[[], Awaitable[Result]], patience: float, unless: asyncio.Event | None = None) -> Result:
    """The result of `call`, tried again while it may still succeed, `patience` seconds are not over and `unless` is not set."""
    started, pause = time.monotonic(), FIRST_PAUSE_SECONDS
    while True:
        try:
            return await call()
        except (BadRequest, Forbidden, InvalidToken):
            raise
        except RetryAfter as problem:
            wait = seconds_of(problem.retry_after)
            failed: TelegramError = problem
        except NetworkError as problem:
            wait, pause = pause, min(2 * pause, LONGEST_PAUSE_SECONDS)
            failed = problem
        if time.monotonic() - started + wait > patience:
            raise failed
        if unless is None:
            await asyncio.sleep(wait)
            continue
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(unless.wait(), wait)
            raise Abandoned


def seconds_of(value: int | float | datetime.timedelta) -> float:
    """What Telegram asks to wait, in either form in which the library may say it."""
    return value.total_seconds() if isinstance(value, datetime.timedelta) else float(value)


async def check_token(settings: TelegramSettings) -> None:
    """Asks Telegram once, before anything that takes long. Raises SettingsError as `open` does."""
    client = TelegramClient(settings)
    try:
        await client.open()
    finally:
        await client.close()
