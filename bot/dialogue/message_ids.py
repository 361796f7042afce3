"""The ids of the messages in a chat, which are needed to delete them: numbers, in memory, for 48 hours at most.

In: a conversation's id and a message's. Out: the ids, once, when the person leaves.
"""

import time
from collections import deque
from typing import Callable, Iterable

# After this, Telegram lets no bot delete a message, so there is no reason to know it.
KEPT_SECONDS = 48 * 60 * 60
# Far more than a person writes in that time.
MOST_IDS = 10_000


class MessageIds:
    """Message ids by conversation, each forgotten when it is too old, all of them when the person leaves."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._kept: dict[str, deque[tuple[float, int]]] = {}

    def add(self, conversation: str, messages: Iterable[int]) -> None:
        """Keeps the ids of messages that were sent now."""
        for message in messages:
            self._kept.setdefault(conversation, deque(maxlen=MOST_IDS)).append((self._clock(), message))

    def take(self, conversation: str) -> list[int]:
        """The ids of the conversation's messages, which are forgotten with this."""
        self.sweep()
        return sorted({message for _, message in self._kept.pop(conversation, ())})

    def forget(self, conversation: str) -> None:
        self._kept.pop(conversation, None)

    def count(self) -> int:
        self.sweep()
        return sum(len(kept) for kept in self._kept.values())

    def sweep(self) -> None:
        """Forgets what is too old."""
        oldest = self._clock() - self._kept_seconds
        for conversation, kept in list(self._kept.items()):
            while kept and kept[0][0] <= oldest:
                kept.popleft()
            if not kept:
                del self._kept[conversation]
