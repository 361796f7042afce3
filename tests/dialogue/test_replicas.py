"""Two engines with one Redis, as two processes of a service have it: one conversation, wherever it is answered, and no words kept."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.app import RESPONSES
from bot.dialogue.engine import Engine
from bot.dialogue.kept_in_redis import RedisKeeper
from bot.sentences import Sentences
from tests.conftest import RedisServer

MESSAGES = ["my zebrafinch husband hits me", "what is emerald zebrafinch", "zebrafinch thank you", "he has a knife zebrafinch", "hello"]


@pytest.fixture(scope="module")
def engines(engine):
    """The session's engine, and a second one."""
    return [engine, Engine(engine.settings, Sentences(RESPONSES), engine.directory, engine.keeper)]


@pytest.fixture()
def replicas(engines, redis_server, monkeypatch):
    """Runs a check with both engines, each with its own connections to the same Redis."""
    redis_server.client.flushdb()

    @asynccontextmanager
    async def behind(server: RedisServer):
        with monkeypatch.context() as patch:
            keepers = [RedisKeeper(server.url) for _ in engines]
            for replica, keeper in zip(engines, keepers, strict=True):
                patch.setattr(replica, "keeper", keeper)
                patch.setattr(replica.store, "_keeper", keeper)
                patch.setattr(replica.agent.lock_store, "_keeper", keeper)
            yield engines
            for keeper in keepers:
                await keeper.close()

    return behind


def run(check, replicas, server):
    async def whole():
        async with replicas(server) as both:
            await check(*both)

    asyncio.run(whole())


async def talk(*replicas: Engine) -> list[dict]:
    """The replies of one conversation, each message answered by the next of `replicas`."""
    conversation = await replicas[0].open()
    said = [(await replicas[0].start(conversation, "web")).to_dict()]
    for number, message in enumerate(MESSAGES):
        said.append((await replicas[number % len(replicas)].answer(conversation, message, "web")).to_dict())
    said.append((await replicas[-1].choose(conversation, "ask_more_help", "web")).to_dict())
    return said


def test_a_conversation_that_hops_gets_the_replies_of_one_that_stays(replicas, redis_server):
    async def check(one, other):
        assert await talk(one, other) == await talk(one) == await talk(other, one, one)

    run(check, replicas, redis_server)


def test_no_word_ever_reaches_redis(replicas, redis_server):
    async def check(one, other):
        conversation = await one.open()
        for message in MESSAGES:
            await one.answer(conversation, message, "web")
            await other.answer(conversation, message, "web")
        kept = redis_server.everything()
        assert "domestic_abuse" in kept and "support:conversation:" in kept
        for word in ("zebrafinch", "husband", "knife", "hello", conversation):
            assert word not in kept

    run(check, replicas, redis_server)


def test_leaving_one_replica_leaves_all_and_nothing_stays(replicas, redis_server):
    async def check(one, other):
        conversation = await one.open()
        await one.answer(conversation, MESSAGES[0], "web")
        assert await other.store.is_open(conversation)
        await other.leave(conversation)
        assert not await one.store.is_open(conversation)
        await one.answer(conversation, MESSAGES[0], "web")
        assert redis_server.client.keys("support:*") == []

    run(check, replicas, redis_server)


def test_both_written_at_once_are_answered_as_if_one_after_the_other(replicas, redis_server):
    async def check(one, other):
        async def told(*messages):
            # Who asks again gets another wording, so that each time begins anew.
            conversation = await one.open()
            return [(await one.answer(conversation, message, "web")).to_dict() for message in messages]

        first, second, third = MESSAGES[:3]
        _, *in_order = await told(first, second, third)
        _, *turned = await told(first, third, second)
        conversation = await one.open()
        await one.answer(conversation, first, "web")
        at_once = await asyncio.gather(other.answer(conversation, second, "web"), one.answer(conversation, third, "web"))
        # Either may come first, and neither is lost or answered without the other in view.
        assert [reply.to_dict() for reply in at_once] in (in_order, turned[::-1])
        assert (await one.store.retrieve(conversation)).get_slot("situations") == ["domestic_abuse"]

    run(check, replicas, redis_server)


def test_a_store_that_goes_away_in_the_middle_leaves_the_person_with_999_101_and_the_exit(replicas, tmp_path):
    server = RedisServer(tmp_path)

    async def check(one, other):
        conversation = await one.open()
        await one.answer(conversation, MESSAGES[0], "web")
        server.stop()
        reply = await one.answer(conversation, MESSAGES[0], "web")
        assert [contact.id for contact in reply.contacts] == ["999", "101"]
        assert reply.text.endswith(reply.quick_exit.text)

    run(check, replicas, server)
