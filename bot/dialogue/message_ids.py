"""Numbers of Telegram's that have to be known for a while: a chat's messages, so that they can be deleted when the person leaves,
and the updates that came, so that none is answered twice."""

from typing import Iterable

from bot.dialogue.keeping import Keeper, Kind

# After 48 hours, Telegram lets no bot delete a message, so there is no reason to know it.
MESSAGES = Kind("messages", seconds=48 * 60 * 60, most=20_000, oldest_makes_room=True)
# Far more than a person writes in that time.
MOST_IDS = 10_000
# For so long, Telegram repeats what it could not deliver.
UPDATES = Kind("update", seconds=24 * 60 * 60, most=20_000, oldest_makes_room=True)


class MessageIds:
    """Message ids by conversation, each forgotten when it is too old, all of them when the person leaves."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def add(self, conversation: str, messages: Iterable[int]) -> None:
        """Keeps the ids of messages that were sent now."""
        await self._keeper.add(MESSAGES, conversation, messages, MOST_IDS)

    async def take(self, conversation: str) -> list[int]:
        """The ids of the conversation's messages, which are forgotten with this."""
        return await self._keeper.take(MESSAGES, conversation)

    async def forget(self, conversation: str) -> None:
        await self._keeper.forget(MESSAGES, conversation)


class UpdateIds:
    """Which updates of one bot came already. `bot` tells it from others that share the store."""

    def __init__(self, keeper: Keeper, bot: str) -> None:
        self._keeper = keeper
        self._bot = bot

    async def is_new(self, update: int) -> bool:
        """Whether the update comes for the first time, in any process; from then on it is known."""
        return await self._keeper.put_new(UPDATES, f"{self._bot}:{update}")

    async def forget(self, update: int) -> None:
        """The update could not be worked off, and may come again."""
        await self._keeper.forget(UPDATES, f"{self._bot}:{update}")
