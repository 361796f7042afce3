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
from typing import Any, Awaitable, Callable, Sequence, TypeVar

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import BulkRequestLimit, ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.channels.telegram.incoming import WANTED
from bot.channels.telegram.rendering import Part
from bot.errors import SettingsError
from bot.settings import TelegramSettings

log = logging.getLogger(__name__)

# How long one message may be held back by Telegram, the network or both before it is given up.
PATIENCE_SECONDS = 600.0
# For what helps but must not hold up the answer.
SHORT_PATIENCE_SECONDS = 5.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
# A request that is cut off too early might be carried out all the same, and then be made twice.
READ_SECONDS = 20.0
CONNECTIONS = 64

Result = TypeVar("Result")


class TelegramClient:
    """One bot's calls. To be used between `open` and `close`."""

    def __init__(self, settings: TelegramSettings, patience: float = PATIENCE_SECONDS) -> None:
        root = settings.api_url.rstrip("/")
        self._patience = patience
        self._bot = Bot(
            settings.token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot",
            request=HTTPXRequest(CONNECTIONS, read_timeout=READ_SECONDS, pool_timeout=60),
            get_updates_request=HTTPXRequest(1, read_timeout=READ_SECONDS),
        )  # fmt: skip

    async def open(self, patience: float) -> None:
        """Connects. Raises SettingsError where Telegram refuses the token, or is not reached within `patience` seconds."""
        try:
            await _patiently(self._bot.initialize, patience)
        except InvalidToken:
            raise SettingsError("Telegram refuses TELEGRAM_BOT_TOKEN: set it to the token that @BotFather gave for this bot.") from None
        except TelegramError:
            raise SettingsError("Telegram cannot be reached: check the network and TELEGRAM_API_URL, then start again.") from None

    async def close(self) -> None:
        with suppress(TelegramError, RuntimeError):
            await self._bot.shutdown()

    async def send(self, chat_id: int, part: Part) -> int:
        """Sends a message, silently and without a link's preview. Returns its id."""
        rows = [[InlineKeyboardButton(label, callback_data=value)] for label, value in part.buttons]
        message = await _patiently(
            lambda: self._bot.send_message(
                chat_id, part.text, parse_mode=ParseMode.HTML, disable_notification=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                # A number has to stay easy to copy and to pass on: docs/telegram.md.
                protect_content=False,
                reply_markup=InlineKeyboardMarkup(rows) if rows else None,
            ),
            self._patience,
        )  # fmt: skip
        return message.message_id

    async def delete(self, chat_id: int, messages: Sequence[int]) -> None:
        """Deletes what Telegram lets a bot delete. Never raises TelegramError."""
        for start in range(0, len(messages), BulkRequestLimit.MAX_LIMIT):
            batch = messages[start : start + BulkRequestLimit.MAX_LIMIT]
            try:
                await _patiently(lambda batch=batch: self._bot.delete_messages(chat_id, batch), SHORT_PATIENCE_SECONDS)
            except Forbidden:
                return
            except TelegramError as problem:
                log.warning("telegram_delete_one_by_one kind=%s count=%d", type(problem).__name__, len(batch))
                await self._delete_one_by_one(chat_id, batch)

    async def _delete_one_by_one(self, chat_id: int, messages: Sequence[int]) -> None:
        for message in messages:
            try:
                await _patiently(lambda message=message: self._bot.delete_message(chat_id, message), self._patience)
            except (BadRequest, InvalidToken):
                # Gone already, or one of those that no bot may delete.
                continue
            except TelegramError as problem:
                log.error("telegram_delete_given_up kind=%s", type(problem).__name__)
                return

    async def typing(self, chat_id: int) -> None:
        """Shows that an answer is being written. A detail: it may fail."""
        with suppress(TelegramError):
            await self._bot.send_chat_action(chat_id, ChatAction.TYPING, read_timeout=2, connect_timeout=2)

    async def answer_tap(self, tap_id: str) -> None:
        """Stops the waiting sign on a tapped button. Telegram refuses it for a tap of long ago, which does not matter."""
        with suppress(TelegramError):
            await _patiently(lambda: self._bot.answer_callback_query(tap_id), SHORT_PATIENCE_SECONDS)

    async def leave(self, chat_id: int) -> None:
        """Leaves a group or a channel."""
        with suppress(TelegramError):
            await _patiently(lambda: self._bot.leave_chat(chat_id), SHORT_PATIENCE_SECONDS)

    async def set_commands(self, commands: Sequence[tuple[str, str]]) -> None:
        """Registers the commands with their descriptions. Without them the bot works all the same."""
        try:
            await _patiently(lambda: self._bot.set_my_commands([BotCommand(*command) for command in commands]), SHORT_PATIENCE_SECONDS)
        except TelegramError as problem:
            log.warning("telegram_commands_not_set kind=%s", type(problem).__name__)

    async def set_webhook(self, url: str, secret: str) -> None:
        await _patiently(
            lambda: self._bot.set_webhook(url, allowed_updates=WANTED, secret_token=secret, drop_pending_updates=False), self._patience
        )

    async def delete_webhook(self) -> None:
        """Without a webhook, Telegram lets a bot poll. What waits is kept."""
        await _patiently(lambda: self._bot.delete_webhook(drop_pending_updates=False), self._patience)

    async def updates(self, offset: int | None, seconds: int) -> tuple[Update, ...]:
        """The updates from `offset` on, which tells Telegram that everything before is done. Waits `seconds` where there are none."""
        return await self._bot.get_updates(offset, timeout=seconds, allowed_updates=WANTED)

    def read(self, update: dict[str, Any]) -> Update:
        """An update that came as JSON."""
        return Update.de_json(update, self._bot)


async def _patiently(call: Callable[[], Awaitable[Result]], patience: float) -> Result:
    """The result of `call`, tried again while it may still succeed and `patience` seconds are not over."""
    started, pause = time.monotonic(), FIRST_PAUSE_SECONDS
    while True:
        try:
            return await call()
        except (BadRequest, Forbidden, InvalidToken):
            raise
        except RetryAfter as problem:
            wait = _seconds(problem.retry_after)
            failed: TelegramError = problem
        except (NetworkError, TimedOut) as problem:
            wait, pause = pause, min(2 * pause, LONGEST_PAUSE_SECONDS)
            failed = problem
        if time.monotonic() - started + wait > patience:
            raise failed
        await asyncio.sleep(wait)


def _seconds(value: int | float | datetime.timedelta) -> float:
    return value.total_seconds() if isinstance(value, datetime.timedelta) else float(value)
