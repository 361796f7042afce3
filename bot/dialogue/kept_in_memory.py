"""The default: everything in this process's memory. A restart forgets it all."""

import time
from collections import OrderedDict, deque
from typing import Any, AsyncContextManager, Callable, Iterable

from bot.dialogue.keeping import Kind, Turns
from bot.errors import Busy


class MemoryKeeper:
    """A Keeper for one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Of each kind the oldest first, so that what has to be forgotten stands in front.
        self._shelves: dict[Kind, OrderedDict[str, tuple[float, Any]]] = {}
        self._turns = Turns()

    async def put_new(self, kind: Kind, name: str, value: str = "") -> bool:
        if name in self._shelf(kind):
            return False
        self._put(kind, name, value)
        return True

    async def replace(self, kind: Kind, name: str, value: str) -> bool:
        if name not in self._shelf(kind):
            return False
        self._put(kind, name, value)
        return True

    async def get(self, kind: Kind, name: str) -> str | None:
        return self._get(kind, name)

    async def forget(self, kind: Kind, name: str) -> None:
        self._shelf(kind).pop(name, None)

    async def admit(self, kind: Kind, name: str, most: int) -> int:
        now = self._clock()
        admitted = self._dated(kind, name)
        if len(admitted) >= most:
            return max(1, int(kind.seconds - (now - admitted[0][0])) + 1)
        admitted.append((now, 0))
        self._put(kind, name, admitted)
        return 0

    async def add(self, kind: Kind, name: str, numbers: Iterable[int], most: int) -> None:
        now = self._clock()
        kept = deque(self._dated(kind, name), maxlen=most)
        kept.extend((now, number) for number in numbers)
        if kept:
            self._put(kind, name, kept)

    async def numbers(self, kind: Kind, name: str) -> list[int]:
        return sorted({number for _, number in self._dated(kind, name)})

    def turn(self, name: str) -> AsyncContextManager[None]:
        return self._turns.turn(name)

    async def check(self) -> None:
        for kind in self._shelves:
            for name, (_, value) in list(self._shelf(kind).items()):
                if isinstance(value, deque):
                    self._dated(kind, name)

    async def close(self) -> None:
        self._shelves.clear()

    def _shelf(self, kind: Kind) -> OrderedDict[str, tuple[float, Any]]:
        shelf = self._shelves.setdefault(kind, OrderedDict())
        now = self._clock()
        while shelf:
            name, (put, _) = next(iter(shelf.items()))
            if now - put <= kind.seconds:
                break
            del shelf[name]
        return shelf

    def _dated(self, kind: Kind, name: str) -> deque[tuple[float, int]]:
        """The numbers of that name, each with when it was added; those that are too old are dropped."""
        kept: deque[tuple[float, int]] = self._get(kind, name) or deque()
        while kept and self._clock() - kept[0][0] > kind.seconds:
            kept.popleft()
        return kept

    def _get(self, kind: Kind, name: str) -> Any | None:
        _, value = self._shelf(kind).get(name, (0.0, None))
        return value

    def _put(self, kind: Kind, name: str, value: Any) -> None:
        shelf = self._shelf(kind)
        if name not in shelf and len(shelf) >= kind.most:
            if not kind.oldest_makes_room:
                raise Busy
            shelf.popitem(last=False)
        shelf[name] = (self._clock(), value)
        shelf.move_to_end(name)
