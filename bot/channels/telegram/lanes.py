"""The order of work: one lane for each chat, worked off in order, all lanes at the same time, and no update twice.

In: what came in, in Telegram's order. Out: calls of one handler. An exit overtakes everything that waits in its lane. What was
accepted and is not finished yet can be asked for, so that Telegram is not told too early that it is done.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Awaitable, Callable

from bot.channels.telegram.incoming import Incoming, Kind

log = logging.getLogger(__name__)

# Telegram repeats what it could not deliver for a day; only the latest can come again in practice.
UPDATES_REMEMBERED = 20_000


@dataclass
class _Lane:
    waiting: deque[Incoming] = field(default_factory=deque)
    # Ids of messages that an exit overtook, which it has to delete, too.
    overtaken: list[int] = field(default_factory=list)


class Lanes:
    """Hands each update to `handle(incoming, overtaken message ids)`."""

    def __init__(self, handle: Callable[[Incoming, list[int]], Awaitable[None]]) -> None:
        self._handle = handle
        self._lanes: dict[int, _Lane] = {}
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._unfinished: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished = asyncio.Event()

    def accept(self, update_id: int, incoming: Incoming | None) -> bool:
        """Takes an update on, and returns at once. False where it came before."""
        if update_id in self._seen:
            return False
        self._seen[update_id] = None
        while len(self._seen) > UPDATES_REMEMBERED:
            self._seen.popitem(last=False)
        if incoming is not None:
            self._unfinished.add(update_id)
            self._enter(incoming)
        return True

    def leaving(self, chat_id: int) -> bool:
        """Whether an exit waits in the chat's lane: then nothing more may be shown there."""
        lane = self._lanes.get(chat_id)
        return lane is not None and any(incoming.kind is Kind.EXIT for incoming in lane.waiting)

    def unfinished(self) -> set[int]:
        """The ids of the updates that were accepted and are not worked off yet."""
        return set(self._unfinished)

    async def until_one_is_finished(self, seconds: float) -> None:
        """Returns when any update is worked off, or after `seconds`."""
        self._finished.clear()
        try:
            await asyncio.wait_for(self._finished.wait(), seconds)
        except asyncio.TimeoutError:
            return

    async def drain(self, seconds: float) -> None:
        """Waits until everything is worked off, `seconds` at most, and stops what is left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()

    def _enter(self, incoming: Incoming) -> None:
        lane = self._lanes.get(incoming.chat_id)
        if lane is None:
            lane = self._lanes[incoming.chat_id] = _Lane()
            task = asyncio.create_task(self._work(incoming.chat_id, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if incoming.kind is Kind.EXIT:
            # What was asked before the person wants to be gone is not answered any more.
            for earlier in lane.waiting:
                self._drop(lane, earlier)
            lane.waiting.clear()
        lane.waiting.append(incoming)

    def _drop(self, lane: _Lane, incoming: Incoming) -> None:
        if incoming.message_id is not None:
            lane.overtaken.append(incoming.message_id)
        self._finish(incoming)

    def _finish(self, incoming: Incoming) -> None:
        self._unfinished.discard(incoming.update_id)
        self._finished.set()

    async def _work(self, chat_id: int, lane: _Lane) -> None:
        while lane.waiting:
            incoming = lane.waiting.popleft()
            overtaken, lane.overtaken = lane.overtaken, []
            try:
                await self._handle(incoming, overtaken)
            except Exception as problem:  # noqa: BLE001 - the edge of the channel: one update may not stop the others
                log.error("telegram_update_failed kind=%s what=%s", type(problem).__name__, incoming.kind.value)
            self._finish(incoming)
        del self._lanes[chat_id]
