"""What is kept for a while, and where: one small interface, with one implementation in this process's memory and one in Redis.

In: kinds of things, the names under which they are kept (ids that cannot be guessed), and short values that hold no words of
anybody's. Out: the same, until they are too old or forgotten. Behind Redis, several processes share it all.
"""

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import AsyncContextManager, AsyncIterator, Iterable, Protocol

from bot.errors import StoreUnreachable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """One kind of thing: each is forgotten `seconds` after it was last put. Where this process's memory holds `most` of them, the
    oldest makes room, or the new one is refused."""

    name: str
    seconds: int
    most: int
    oldest_makes_room: bool = False


class Keeper(Protocol):
    """Keeps things. Everything here raises Busy where there is no room, and its kind StoreUnreachable where the store is out of
    reach."""

    async def put_new(self, kind: Kind, name: str, value: str = "") -> bool:
        """Keeps the value unless there is one of that name. Whether it was kept."""

    async def replace(self, kind: Kind, name: str, value: str) -> bool:
        """Keeps the value only where there is one of that name already. Whether it was kept."""

    async def get(self, kind: Kind, name: str) -> str | None:
        """The value of that name, or None."""

    async def forget(self, kind: Kind, name: str) -> None:
        """It is gone at once, also where there was none."""

    async def admit(self, kind: Kind, name: str, most: int) -> int:
        """Counts one more unless `most` came in the last `kind.seconds`. 0 where it was counted, or the whole seconds until one may be."""

    async def add(self, kind: Kind, name: str, numbers: Iterable[int], most: int) -> None:
        """Adds numbers to those kept under the name, each for `kind.seconds`; of more than `most` the oldest are dropped."""

    async def numbers(self, kind: Kind, name: str) -> list[int]:
        """The numbers kept under the name, in ascending order."""

    def turn(self, name: str) -> AsyncContextManager[None]:
        """Waits until nobody else, in any process, has the turn of that name, and then has it."""

    async def check(self) -> None:
        """Forgets what is too old; raises StoreUnreachable where nothing can be kept at present."""

    async def close(self) -> None:
        """Lets go of connections."""


async def tidy(keeper: Keeper) -> None:
    """Once a minute: what is too old goes, also where nobody comes by, and a store out of reach is told of in the log."""
    while True:
        await asyncio.sleep(60)
        try:
            await keeper.check()
        except StoreUnreachable:
            log.error("store_unreachable")


class Turns:
    """One at a time of each name within this process, in the order they came."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        lock, waiting = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[name]
            if waiting == 1:
                del self._locks[name]
            else:
                self._locks[name] = (lock, waiting - 1)
