"""The order of work."""

import asyncio

from bot.channels.telegram.incoming import Incoming, Kind
from bot.channels.telegram.lanes import UPDATES_REMEMBERED, Lane, Lanes


def words(update: int, chat: int = 1, kind: Kind = Kind.WORDS) -> Incoming:
    return Incoming(update, chat, kind, message_id=100 + update)


class Handler:
    """Keeps what it was handed, and finishes when told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.done: list[int] = []
        self.overtaken: list[list[int]] = []
        self.go = asyncio.Event()

    async def __call__(self, incoming: Incoming, lane: Lane) -> None:
        self.begun.append(incoming.update_id)
        self.overtaken.append(list(lane.overtaken))
        if incoming.update_id == 13:
            raise ValueError("zebrafinch")
        await self.go.wait()
        self.done.append(incoming.update_id)


def run(scenario) -> None:
    async def whole() -> None:
        handler = Handler()
        await scenario(handler, Lanes(handler, lambda incoming: incoming.update_id >= 900))

    asyncio.run(whole())


async def soon() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_danger_does_not_wait_behind_much_and_never_passes_an_exit():
    async def scenario(handler, lanes):
        handler.go.set()
        for number in (1, 900, *range(2, 11), 901, 11, 902):
            lanes.accept(number, words(number))
        await lanes.idle(1)
        # One that waits behind little keeps its place among what it came with.
        assert handler.begun == [901, 902, 1, 900, *range(2, 12)]
        handler.begun.clear()
        for number in range(20, 30):
            lanes.accept(number, words(number))
        lanes.accept(30, words(30, kind=Kind.EXIT))
        for number in (*range(31, 41), 903):
            lanes.accept(number, words(number))
        await lanes.idle(1)
        assert handler.begun == [*range(30, 41), 903]

    run(scenario)


def test_one_chat_is_worked_off_in_order_and_chats_at_the_same_time():
    async def scenario(handler, lanes):
        for update in (words(1, 1), words(2, 1), words(3, 2)):
            assert lanes.accept(update.update_id, update)
        await soon()
        assert handler.begun == [1, 3]
        handler.go.set()
        await lanes.idle(5)
        assert sorted(handler.done) == [1, 2, 3] and handler.begun == [1, 3, 2]
        assert lanes.unfinished() == set()

    run(scenario)


def test_no_update_is_worked_off_twice():
    async def scenario(handler, lanes):
        handler.go.set()
        assert lanes.accept(1, words(1))
        assert not lanes.accept(1, words(1))
        await lanes.idle(5)
        assert not lanes.accept(1, words(1))
        assert handler.done == [1]

    run(scenario)


def test_what_is_nothing_to_answer_is_seen_and_done():
    async def scenario(handler, lanes):
        assert lanes.accept(1, None)
        assert not lanes.accept(1, None)
        assert lanes.unfinished() == set() and handler.begun == []

    run(scenario)


def test_an_exit_overtakes_what_waits_and_knows_its_messages():
    async def scenario(handler, lanes):
        lanes.accept(1, words(1))
        await soon()
        for update in (words(2), words(3), words(4, kind=Kind.EXIT), words(5)):
            lanes.accept(update.update_id, update)
        assert handler.begun == [1]
        assert lanes.unfinished() == {1, 4, 5}
        handler.go.set()
        await lanes.idle(5)
        assert handler.done == [1, 4, 5]
        assert handler.overtaken[1] == [102, 103]

    run(scenario)


def test_from_an_exit_on_nothing_more_is_wanted_until_it_is_done():
    async def scenario(handler, lanes):
        lanes.accept(1, words(1))
        await soon()
        [lane] = lanes._lanes.values()
        assert not lane.leaving.is_set()
        lanes.accept(2, words(2, kind=Kind.EXIT))
        lanes.accept(3, words(3))
        assert lane.leaving.is_set()
        handler.go.set()
        await lanes.idle(5)
        assert not lane.leaving.is_set()

    run(scenario)


def test_a_chat_where_very_many_wait_is_not_held_back_for_and_all_its_messages_are_still_worked_off():
    async def scenario(handler, lanes):
        lanes.accept(1, words(1, chat=1))
        for number in range(2, 12):
            lanes.accept(number, words(number, chat=2))
        await soon()
        assert lanes.unfinished() == set(range(1, 12))
        assert lanes.held_back() == {1}
        handler.go.set()
        await lanes.idle(5)
        assert sorted(handler.done) == list(range(1, 12)) and lanes.held_back() == set()

    run(scenario)


def test_one_that_fails_stops_no_other(caplog):
    async def scenario(handler, lanes):
        handler.go.set()
        lanes.accept(13, words(13))
        lanes.accept(14, words(14))
        await lanes.idle(5)
        assert handler.done == [14] and lanes.unfinished() == set()

    run(scenario)
    assert "telegram_update_failed kind=ValueError" in caplog.text and "zebrafinch" not in caplog.text


def test_waiting_for_an_update_ends_with_it_or_with_the_time():
    async def scenario(handler, lanes):
        lanes.accept(1, words(1))
        await lanes.finished(1, 0.01)
        assert lanes.unfinished() == {1}
        asyncio.get_running_loop().call_soon(handler.go.set)
        await lanes.finished(1, 5)
        await lanes.finished(99, 5)
        assert lanes.unfinished() == set()

    run(scenario)


def test_draining_stops_what_takes_too_long_and_says_so():
    async def scenario(handler, lanes):
        lanes.accept(1, words(1))
        await lanes.drain(0.01)
        assert handler.begun == [1] and handler.done == []
        assert lanes.unfinished() == {1}

    run(scenario)


def test_old_updates_are_not_remembered_for_ever():
    async def scenario(handler, lanes):
        for update in range(UPDATES_REMEMBERED + 50):
            lanes.accept(update, None)
        assert len(lanes._seen) == UPDATES_REMEMBERED

    run(scenario)


def test_an_empty_lane_is_taken_down():
    async def scenario(handler, lanes):
        handler.go.set()
        for chat in range(50):
            lanes.accept(chat, words(chat, chat) if chat != 13 else None)
        await lanes.idle(5)
        assert lanes._lanes == {}

    run(scenario)
