"""Updates by long polling: asked for again and again, and confirmed only when they are worked off.

In: the channel and an open client. Out: nothing; runs until it is told to stop. Telegram gives out again what was not confirmed,
so a process that dies in the middle of an update gets it once more.
"""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from typing import Any

from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, TOKEN_REFUSED, TelegramClient, seconds_of
from bot.dialogue.engine import Engine
from bot.dialogue.keeping import tidy
from bot.errors import SettingsError
from bot.settings import TelegramSettings

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
# While something is being worked off, Telegram is asked this often for more.
BUSY_SECONDS = 0.25
# Telegram gives out so many at once, and no more before those are confirmed. If one of them takes longer than this, the rest
# of the world does not wait for it: it is confirmed, and would be lost only if this process died just then.
UPDATES_AT_ONCE, STUCK_SECONDS = 100, 2.0
DRAIN_SECONDS = 10.0


class Poller:
    """Asks Telegram for updates and hands them to the channel."""

    def __init__(self, channel: TelegramChannel, client: TelegramClient, long_poll: int = LONG_POLL_SECONDS) -> None:
        self._channel = channel
        self._client = client
        self._long_poll = long_poll
        # The id after the last update that was seen.
        self._next: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Runs until `stop` is set; then works off what was begun. Raises SettingsError where Telegram refuses the token."""
        pause, full_since, stopped = FIRST_PAUSE_SECONDS, None, asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            held = self._channel.lanes.held_back()
            if full_since is not None and time.monotonic() - full_since > STUCK_SECONDS:
                log.warning("telegram_window_moved held=%d", len(held))
                held, full_since = set(), None
            asking = asyncio.ensure_future(self._client.updates(min(held) if held else self._next, 0 if held else self._long_poll))
            await asyncio.wait({asking, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.cancel()
                break
            try:
                updates = asking.result()
            except (InvalidToken, EndPointNotFound):
                raise SettingsError(TOKEN_REFUSED) from None
            except TelegramError as problem:
                if isinstance(problem, Conflict):
                    log.error("telegram_polled_elsewhere: only one process may poll for a bot")
                wait, pause = pause, min(2 * pause, LONGEST_PAUSE_SECONDS)
                log.warning("telegram_not_reached kind=%s", type(problem).__name__)
                if isinstance(problem, RetryAfter):
                    wait = seconds_of(problem.retry_after)
                await asyncio.wait({stopped}, timeout=wait)
                continue
            pause = FIRST_PAUSE_SECONDS
            fresh = self._take(updates)
            full_since = None if fresh or len(updates) < UPDATES_AT_ONCE else full_since or time.monotonic()
            if self._channel.lanes.unfinished():
                await self._channel.lanes.idle(BUSY_SECONDS)
        stopped.cancel()
        await self._stop()

    def _take(self, updates: list[dict[str, Any]]) -> int:
        """Hands on what is new. Returns how many were."""
        fresh = 0
        for raw in updates:
            self._next = max(self._next or 0, raw["update_id"] + 1)
            # What is not confirmed yet comes again with every answer, up to a hundred at a time.
            if self._channel.lanes.is_known(raw["update_id"]):
                continue
            update = self._client.read(raw)
            fresh += update is not None and self._channel.accept(update)
        return fresh

    async def _stop(self) -> None:
        lanes = self._channel.lanes
        await lanes.drain(DRAIN_SECONDS)
        if self._next is not None:
            with suppress(TelegramError):
                await self._client.updates(min(lanes.unfinished(), default=self._next), 0)


async def poll(engine: Engine, settings: TelegramSettings) -> None:
    """Polls until the process is told to stop (SIGTERM, Ctrl+C). Raises SettingsError, a sentence that says what to do."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await engine.check()
    tidying = asyncio.create_task(tidy(engine.keeper))
    client = TelegramClient(settings)
    try:
        await client.open()
        channel = TelegramChannel(engine, client, settings)
        await client.delete_webhook()
        await channel.prepare()
        log.info("telegram_polling")
        await Poller(channel, client).run(stop)
    except TelegramError as problem:
        raise SettingsError(f"Telegram cannot be used ({type(problem).__name__}): check the network and TELEGRAM_API_URL.") from None
    finally:
        tidying.cancel()
        await client.close()
        await engine.keeper.close()
