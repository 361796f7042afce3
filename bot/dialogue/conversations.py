"""What is kept of a conversation while it lasts: intents and slots, never words, in memory, for a while.

In: Rasa's trackers. Out: trackers as short as the rules need them. A conversation that nobody opened, or that was forgotten,
is never written.
"""

import asyncio
import time
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import Any, AsyncGenerator, Callable, Iterable

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# What an understood message leaves behind. Everything else of it, the text first, is dropped.
_KEPT_OF_A_MESSAGE = ("intent", "situations", "urgency")


def shorten(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """The tracker as events ready to be kept: the session, the slots, and the latest turn; no words of anybody's."""
    latest: list[Event] = []
    for event in reversed(tracker.events):
        latest.append(event)
        if isinstance(event, UserUttered):
            break
    events: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value]
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    events += [_wordless(event) for event in reversed(latest) if not isinstance(event, (BotUttered, SlotSet, SessionStarted))]
    return [event.as_dict() for event in events]


def _wordless(event: Event) -> Event:
    if not isinstance(event, UserUttered):
        return event
    kept = {key: value for key, value in (event.parse_data or {}).items() if key in _KEPT_OF_A_MESSAGE}
    return UserUttered(text="", intent=event.intent, parse_data=kept, timestamp=event.timestamp, input_channel=event.input_channel)


class ForgettingTrackerStore(TrackerStore):
    """Conversations in this process's memory, each forgotten when it has been idle for too long, or at once on request."""

    def __init__(self, idle_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(Domain.empty())
        self._idle_seconds = idle_seconds
        self._clock = clock
        # Oldest first, so that what has to be forgotten stands in front.
        self._kept: OrderedDict[str, tuple[float, list[dict[str, Any]] | None]] = OrderedDict()

    def open(self, conversation: str) -> None:
        """From here on the conversation may be kept."""
        self._kept[conversation] = (self._clock(), None)

    def is_open(self, conversation: str) -> bool:
        self._forget_the_idle()
        return conversation in self._kept

    def count(self) -> int:
        self._forget_the_idle()
        return len(self._kept)

    def forget(self, conversation: str) -> None:
        """Everything about the conversation is gone; nothing happens where it was gone already."""
        self._kept.pop(conversation, None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        if self.is_open(tracker.sender_id):
            self._kept[tracker.sender_id] = (self._clock(), shorten(tracker))
            self._kept.move_to_end(tracker.sender_id)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        self._forget_the_idle()
        _, events = self._kept.get(sender_id, (0.0, None))
        if events is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        self._forget_the_idle()
        return list(self._kept)

    def _forget_the_idle(self) -> None:
        while self._kept:
            conversation, (used, _) = next(iter(self._kept.items()))
            if self._clock() - used < self._idle_seconds:
                return
            del self._kept[conversation]


class ConversationLocks(LockStore):
    """One turn of a conversation at a time, in the order they came, without Rasa's polling once a second."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        lock, waiting = self._locks.get(conversation_id, (asyncio.Lock(), 0))
        self._locks[conversation_id] = (lock, waiting + 1)
        try:
            async with lock:
                yield TicketLock(conversation_id)
        finally:
            lock, waiting = self._locks[conversation_id]
            if waiting == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, waiting - 1)
