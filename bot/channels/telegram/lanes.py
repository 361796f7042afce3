"""The order of work: one lane for each chat, worked off in order, all lanes at the same time, and no update twice.

In: what came in, in Telegram's order. Out: calls of one handler. An exit overtakes everything that waits in its lane, and
so does danger where much does. What was accepted and is not finished yet can be asked for, so that Telegram is not told too early
that it is done.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Awaitable, Callable

from bot.channels.telegram.incoming import Incoming, Kind

log = logging.getLogger(__name__)

# Telegram repeats what it could not deliver for a day; only the latest can come again in practice.
UPDATES_REMEMBERED = 20_000
# Where so many wait in one chat, danger does not wait behind them.
LONG_QUEUE = 8


@dataclass
class Lane:
    """What waits in one chat."""

    waiting: deque[Incoming] = field(default_factory=deque)
    # What is being worked off.
    handled: list[Incoming] = field(default_factory=list)
    # How many of those, the first, are urgent and overtook the rest.
    urgent: int = 0
    # Ids of messages that an exit overtook, which it has to delete, too.
    overtaken: list[int] = field(default_factory=list)
    # Set while an exit waits or is carried out: then nothing more may be shown in the chat.
    leaving: asyncio.Event = field(default_factory=asyncio.Event)


class Lanes:
    """Hands each update to `handle(incoming, its lane)`. `is_urgent` has to be quick."""

    def __init__(self, handle: Callable[[Incoming, Lane], Awaitable[None]], is_urgent: Callable[[Incoming], bool]) -> None:
        self._handle = handle
        self._is_urgent = is_urgent
        self._lanes: dict[int, Lane] = {}
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._unfinished: dict[int, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def is_known(self, update_id: int) -> bool:
        """Whether the update came before."""
        return update_id in self._seen

    def accept(self, update_id: int, incoming: Incoming | None) -> bool:
        """Takes an update on, and returns at once. False where it came before."""
        if self.is_known(update_id):
            return False
        self._seen[update_id] = None
        while len(self._seen) > UPDATES_REMEMBERED:
            self._seen.popitem(last=False)
        if incoming is not None:
            self._unfinished[update_id] = asyncio.Event()
            self._enter(incoming)
        return True

    def unfinished(self) -> set[int]:
        """The ids of the updates that were accepted and are not worked off yet."""
        return set(self._unfinished)

    def held_back(self) -> set[int]:
        """Of the unfinished, the ids that Telegram has to keep for us. Not those that wait in a chat where very many do: as long as
        they are kept, Telegram gives out nothing that came after them, and everybody else would wait for one chat."""
        flooded = (lane for lane in self._lanes.values() if len(lane.waiting) >= LONG_QUEUE)
        return set(self._unfinished) - {incoming.update_id for lane in flooded for incoming in (*lane.handled, *lane.waiting)}

    async def finished(self, update_id: int, seconds: float) -> None:
        """Returns when the update is worked off, or after `seconds`."""
        done = self._unfinished.get(update_id)
        if done is not None:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(done.wait(), seconds)

    async def idle(self, seconds: float) -> None:
        """Returns when everything is worked off, or after `seconds`."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def drain(self, seconds: float) -> None:
        """Waits until everything is worked off, `seconds` at most, and stops what is left."""
        await self.idle(seconds)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _enter(self, incoming: Incoming) -> None:
        lane = self._lanes.get(incoming.chat_id)
        if lane is None:
            lane = self._lanes[incoming.chat_id] = Lane()
            task = asyncio.create_task(self._work(incoming.chat_id, lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if incoming.kind is Kind.EXIT:
            # What was asked before the person wants to be gone is not answered any more.
            for earlier in lane.waiting:
                if earlier.message_id is not None:
                    lane.overtaken.append(earlier.message_id)
                self._finish(earlier)
            lane.waiting.clear()
            lane.urgent = 0
            lane.leaving.set()
        # Never past an exit, which would keep it from being answered.
        if len(lane.waiting) >= LONG_QUEUE and not lane.leaving.is_set() and self._is_urgent(incoming):
            lane.waiting.insert(lane.urgent, incoming)
            lane.urgent += 1
        else:
            lane.waiting.append(incoming)

    def _finish(self, incoming: Incoming) -> None:
        self._unfinished.pop(incoming.update_id).set()

    async def _work(self, chat_id: int, lane: Lane) -> None:
        while lane.waiting:
            incoming = lane.waiting.popleft()
            lane.handled = [incoming]
            lane.urgent = max(0, lane.urgent - 1)
            try:
                await self._handle(incoming, lane)
            except Exception as problem:  # noqa: BLE001 - the edge of the channel: one update may not stop the others
                log.error("telegram_update_failed kind=%s what=%s", type(problem).__name__, incoming.kind.value)
            if not any(later.kind is Kind.EXIT for later in lane.waiting):
                lane.leaving.clear()
            self._finish(incoming)
        del self._lanes[chat_id]
