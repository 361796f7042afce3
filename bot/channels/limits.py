"""How often one conversation may write: a slow stream of words is a person, a fast one is not."""

import time
from collections import OrderedDict, deque
from typing import Callable


class MessageLimit:
    """At most `per_minute` messages a conversation in any minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, conversation: str) -> int:
        """Counts one message. 0 where it may pass, or the whole seconds after which one may."""
        now = self._clock()
        while self._sent and now - next(iter(self._sent.values()))[-1] > 60:
            self._sent.popitem(last=False)
        sent = self._sent.setdefault(conversation, deque())
        self._sent.move_to_end(conversation)
        while sent and now - sent[0] > 60:
            sent.popleft()
        if len(sent) >= self._per_minute:
            return max(1, int(60 - (now - sent[0])) + 1)
        sent.append(now)
        return 0

    def forget(self, conversation: str) -> None:
        self._sent.pop(conversation, None)
