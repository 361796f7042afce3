"""How often one conversation may write, with a clock that only the test moves."""

import asyncio

import pytest

from bot.channels import limits
from bot.dialogue.kept_in_memory import MemoryKeeper


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class MessageLimit:
    """The limit, with nothing to wait for."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.keeper = MemoryKeeper(clock)
        self._limit = limits.MessageLimit(self.keeper, per_minute)

    def wait(self, conversation: str) -> int:
        return asyncio.run(self._limit.wait(conversation))

    def forget(self, conversation: str) -> None:
        asyncio.run(self._limit.forget(conversation))


@pytest.fixture()
def clock() -> Clock:
    return Clock()


def test_so_many_messages_pass_and_the_next_waits(clock):
    limit = MessageLimit(3, clock)
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 0]
    assert limit.wait("a") > 0


def test_one_conversation_does_not_slow_another(clock):
    limit = MessageLimit(1, clock)
    assert limit.wait("a") == 0
    assert limit.wait("a") > 0
    assert limit.wait("b") == 0


@pytest.mark.parametrize("later", [0, 0.5, 1, 10.25, 59, 59.999, 60])
def test_after_the_seconds_that_were_told_a_message_passes(clock, later):
    limit = MessageLimit(2, clock)
    limit.wait("a")
    limit.wait("a")
    clock.now += later
    seconds = limit.wait("a")
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 61
    clock.now += seconds
    assert limit.wait("a") == 0


def test_the_wait_is_for_the_oldest_message_of_the_last_minute(clock):
    limit = MessageLimit(2, clock)
    limit.wait("a")
    clock.now += 40
    limit.wait("a")
    assert 20 <= limit.wait("a") <= 21


def test_a_refused_message_makes_nobody_wait_longer(clock):
    limit = MessageLimit(1, clock)
    limit.wait("a")
    for _ in range(30):
        clock.now += 2
        limit.wait("a")
    clock.now += 1
    assert limit.wait("a") == 0


def test_a_person_who_writes_steadily_is_never_held_up(clock):
    limit = MessageLimit(60, clock)
    for _ in range(600):
        clock.now += 1.1
        assert limit.wait("a") == 0


def test_no_minute_holds_more_than_allowed_however_the_messages_fall(clock):
    limit = MessageLimit(5, clock)
    passed = []
    for step in range(2_000):
        clock.now += (step * 7919 % 13) / 3
        if limit.wait("a") == 0:
            passed.append(clock.now)
    for place, first in enumerate(passed):
        assert sum(1 for moment in passed[place:] if moment - first <= 60) <= 5
    assert len(passed) > 100


def test_a_forgotten_conversation_starts_anew(clock):
    limit = MessageLimit(1, clock)
    limit.wait("a")
    limit.forget("a")
    assert limit.wait("a") == 0


def test_forgetting_what_is_not_known_is_no_fault(clock):
    limit = MessageLimit(1, clock)
    limit.forget("a")
    limit.forget("a")
    assert limit.wait("a") == 0


def test_nothing_is_kept_of_conversations_that_fell_silent(clock):
    limit = MessageLimit(2, clock)
    for number in range(1_000):
        clock.now += 0.01
        limit.wait(f"old {number}")
    clock.now += 61
    limit.wait("new")
    assert list(limit.keeper._shelves[limits.MINUTE]) == ["new"]


def test_nothing_is_kept_either_where_the_silent_had_been_refused(clock):
    limit = MessageLimit(1, clock)
    for number in range(100):
        limit.wait(f"old {number % 10}")
        clock.now += 0.5
    clock.now += 61
    limit.wait("new")
    assert list(limit.keeper._shelves[limits.MINUTE]) == ["new"]
