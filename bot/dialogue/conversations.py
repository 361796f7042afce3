"""What is kept of a conversation while it lasts: intents and slots, never words, for a while.

In: Rasa's trackers. Out: trackers as short as the rules need them. A conversation that nobody opened, or that was forgotten,
is never written.
"""

import json
from contextlib import asynccontextmanager
from typing import Any, AsyncGenerator

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.events import event_of
from bot.dialogue.keeping import Keeper, Kind

MOST_CONVERSATIONS = 20_000

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
    """Conversations, each forgotten when it has been idle for too long, or at once on request."""

    def __init__(self, keeper: Keeper, idle_seconds: int) -> None:
        super().__init__(Domain.empty())
        self._keeper = keeper
        self.kind = Kind("conversation", idle_seconds, MOST_CONVERSATIONS)

    async def open(self, conversation: str) -> None:
        """From here on the conversation may be kept; one that is open already stays as it is. Raises Busy."""
        await self._keeper.put_new(self.kind, conversation)

    async def is_open(self, conversation: str) -> bool:
        return await self._keeper.get(self.kind, conversation) is not None

    async def forget(self, conversation: str) -> None:
        """Everything about the conversation is gone; nothing happens where it was gone already."""
        await self._keeper.forget(self.kind, conversation)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self._keeper.replace(self.kind, tracker.sender_id, json.dumps(shorten(tracker), separators=(",", ":")))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        events = await self._keeper.get(self.kind, sender_id)
        return DialogueStateTracker.from_events(sender_id, list(map(event_of, json.loads(events))), self.domain.slots) if events else None

    async def slots(self, conversation: str) -> dict[str, Any]:
        """What the conversation's slots hold, as far as they were set. To make a whole tracker for it would take a millisecond."""
        events = await self._keeper.get(self.kind, conversation)
        return {event["name"]: event["value"] for event in json.loads(events or "[]") if event["event"] == SlotSet.type_name}


class ConversationLocks(LockStore):
    """One turn of a conversation at a time, without Rasa's polling once a second."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[TicketLock, None]:
        async with self._keeper.turn(conversation_id):
            yield TicketLock(conversation_id)
