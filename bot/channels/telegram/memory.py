"""What the channel has to know for a while: the ids of the messages in a chat, without which nothing can be deleted, and marks
of what was done already. Numbers and marks, never words, in the same store as the rest; for 48 hours at most.

In: a conversation's id (which tells nobody the chat) and message ids. Out: those ids, until the person leaves. A store that fails
may cost a deletion, and never an answer: nothing here raises.
"""

import logging
from typing import Awaitable, Iterable, TypeVar

from bot.dialogue.keeping import Keeper, Kind

log = logging.getLogger(__name__)

# After 48 hours, Telegram lets no bot delete a message, so there is no reason to know it.
MESSAGES = Kind("messages", seconds=48 * 60 * 60, most=20_000, oldest_makes_room=True)
# Far more than a person writes in that time.
MOST_IDS = 10_000
# For a day, Telegram repeats what it could not deliver.
DONE = Kind("done", seconds=24 * 60 * 60, most=20_000, oldest_makes_room=True)
# A conversation was told what no exit removes, which lasts as long as a conversation may; and was asked to write more slowly.
TOLD = Kind("told", seconds=30 * 60, most=20_000, oldest_makes_room=True)
SLOWED = Kind("slowed", seconds=60, most=20_000, oldest_makes_room=True)
# Pictures that came together get one answer, two taps on Exit are one, and a group is told once why the bot leaves.
ALBUM = Kind("album", seconds=60, most=20_000, oldest_makes_room=True)
EXITED = Kind("exited", seconds=10, most=20_000, oldest_makes_room=True)
GROUP = Kind("group", seconds=60 * 60, most=20_000, oldest_makes_room=True)

Result = TypeVar("Result")


class Memory:
    """A keeper, for one bot."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def add(self, conversation: str, messages: Iterable[int]) -> None:
        """Keeps the ids of messages that were sent now."""
        await _forgiven(self._keeper.add(MESSAGES, conversation, messages, MOST_IDS), None)

    async def messages(self, conversation: str) -> list[int]:
        """The ids of the conversation's messages, the newest first."""
        return sorted(await _forgiven(self._keeper.numbers(MESSAGES, conversation), []), reverse=True)

    async def forget(self, conversation: str) -> None:
        """Forgets the conversation's messages, and what it was told."""
        for kind in (MESSAGES, TOLD, SLOWED):
            await _forgiven(self._keeper.forget(kind, conversation), None)

    async def mark(self, kind: Kind, name: str) -> None:
        """Notes that something was done, as of now."""
        if not await _forgiven(self._keeper.put_new(kind, name), True):
            await _forgiven(self._keeper.replace(kind, name, ""), False)

    async def is_marked(self, kind: Kind, name: str) -> bool:
        return await _forgiven(self._keeper.get(kind, name), None) is not None


async def _forgiven(call: Awaitable[Result], otherwise: Result) -> Result:
    try:
        return await call
    except Exception as problem:  # noqa: BLE001 - whatever a store may raise
        log.error("telegram_memory_failed kind=%s", type(problem).__name__)
        return otherwise
