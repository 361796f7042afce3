"""How often one conversation may write: a slow stream of words is a person, a fast one is not."""

from bot.dialogue.keeping import Keeper, Kind

MINUTE = Kind("minute", seconds=60, most=20_000, oldest_makes_room=True)


class MessageLimit:
    """At most `per_minute` messages a conversation in any minute."""

    def __init__(self, keeper: Keeper, per_minute: int) -> None:
        self._keeper = keeper
        self._per_minute = per_minute

    async def wait(self, conversation: str) -> int:
        """Counts one message. 0 where it may pass, or the whole seconds after which one may."""
        return await self._keeper.admit(MINUTE, conversation, self._per_minute)

    async def forget(self, conversation: str) -> None:
        await self._keeper.forget(MINUTE, conversation)
