"""Whether people say that it helped: two numbers, in memory and as lines of the log, without any text or id.

In: yes or no. Out: the counts since the start.
"""

import logging
from collections import Counter
from typing import Mapping

log = logging.getLogger(__name__)


class Feedback:
    """Counts answers to "Did this help?"."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter(yes=0, no=0)

    def add(self, helped: bool) -> None:
        answer = "yes" if helped else "no"
        self._counts[answer] += 1
        log.info("feedback helped=%s", answer)

    def counts(self) -> Mapping[str, int]:
        return dict(self._counts)
