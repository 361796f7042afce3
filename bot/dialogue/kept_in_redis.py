"""Everything in a Redis server that several processes share. Each key goes by itself when it is too old.

Keys hold digests in place of ids, values hold no words. Rasa's own Redis stores are not used: theirs can't delete a conversation,
put ids into their keys, wait for a lock a second at a time, and draw tickets in a way that lets two processes have the same one.
"""

import asyncio
import hashlib
import secrets
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, AsyncIterator, Iterable, Iterator

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import OutOfMemoryError, RedisError

from bot.dialogue.keeping import Kind, Turns
from bot.errors import Busy, SettingsError, StoreUnreachable

PREFIX = "support"
# Every wait for the server ends after this.
WAIT_SECONDS = 2.0
CONNECTIONS = 64
# A turn whose process was killed is free again after this; one that takes longer is prolonged while its process lives.
TURN_SECONDS = 4.0
LOOK_AGAIN_SECONDS = 0.02
# Nobody waits longer than this for their turn, which is longer than any turn may take. It can't be left to whoever waits to give up: before
# Python 3.12 a wait that ends just as it is cancelled goes on, and the client waits once for each look.
LONGEST_WAIT_SECONDS = 60.0
_FAULTS = (RedisError, OSError, asyncio.TimeoutError)

# A sorted set scores each member with the time at which it is too old, in milliseconds: its key lives as long as its youngest.
# In one step, by the server's own clock, so that no two processes count past each other.
_ADMIT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  local first = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
  return math.max(1, math.floor((first - now) / 1000) + 1)
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]) * 1000, ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1] + 1)
return 0
"""


class RedisKeeper:
    """A Keeper for any number of processes."""

    def __init__(self, url: str) -> None:
        """`url` as SUPPORT_REDIS_URL has it; nothing is connected yet."""
        pool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=WAIT_SECONDS, decode_responses=True, health_check_interval=30,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 2), retry_on_error=[redis.ConnectionError], **_options(url),
        )  # fmt: skip
        self._redis: Redis[str] = Redis(connection_pool=pool)
        self._admit = self._redis.register_script(_ADMIT)
        self._turns = Turns()

    async def put_new(self, kind: Kind, name: str, value: str = "") -> bool:
        with _told_apart():
            return bool(await self._redis.set(_key(kind.name, name), value, ex=kind.seconds, nx=True))

    async def replace(self, kind: Kind, name: str, value: str) -> bool:
        with _told_apart():
            return bool(await self._redis.set(_key(kind.name, name), value, ex=kind.seconds, xx=True))

    async def get(self, kind: Kind, name: str) -> str | None:
        with _told_apart():
            return await self._redis.get(_key(kind.name, name))

    async def forget(self, kind: Kind, name: str) -> None:
        with _told_apart():
            await self._redis.delete(_key(kind.name, name))

    async def admit(self, kind: Kind, name: str, most: int) -> int:
        with _told_apart():
            return int(await self._admit(keys=[_key(kind.name, name)], args=[kind.seconds, most, secrets.token_hex(8)]))

    async def add(self, kind: Kind, name: str, numbers: Iterable[int], most: int) -> None:
        key, now = _key(kind.name, name), _now()
        entries = {str(number): now + kind.seconds * 1000 for number in numbers}
        if not entries:
            return
        with _told_apart():
            async with self._redis.pipeline() as steps:
                steps.zadd(key, entries)
                steps.zremrangebyscore(key, "-inf", now)
                steps.zremrangebyrank(key, 0, -most - 1)
                steps.expire(key, kind.seconds)
                await steps.execute()

    async def numbers(self, kind: Kind, name: str) -> list[int]:
        with _told_apart():
            numbers = await self._redis.zrangebyscore(_key(kind.name, name), _now(), "+inf")
        return sorted(int(number) for number in numbers)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        lock = self._redis.lock(_key("turn", name), timeout=TURN_SECONDS, sleep=LOOK_AGAIN_SECONDS, thread_local=False)
        # Within this process in order; only the first of them competes with other processes.
        async with self._turns.turn(name):
            with _told_apart():
                if not await lock.acquire(blocking_timeout=LONGEST_WAIT_SECONDS):
                    raise Busy
            prolonging = asyncio.create_task(_prolong(lock))
            try:
                yield
            finally:
                prolonging.cancel()
                # What cannot be given back comes free by itself.
                with suppress(*_FAULTS):
                    await lock.release()

    async def check(self) -> None:
        with _told_apart():
            async for key in self._redis.scan_iter(f"{PREFIX}:*", count=1000, _type="zset"):
                await self._redis.zremrangebyscore(key, "-inf", _now())

    async def close(self) -> None:
        await self._redis.close()
        await self._redis.connection_pool.disconnect()


def check_reachable(url: str) -> None:
    """Raises SettingsError where no Redis answers at `url`, or not to this user."""
    try:
        with redis.Redis.from_url(url, **_options(url)) as client:
            client.ping()
    except (*_FAULTS, TypeError, ValueError) as problem:
        raise SettingsError(
            f"No Redis answers at SUPPORT_REDIS_URL ({type(problem).__name__}): check its address, password and network, and start again."
        ) from None


def _options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {"socket_timeout": WAIT_SECONDS, "socket_connect_timeout": WAIT_SECONDS}
    if url.startswith("rediss:"):
        # By default the client takes any valid certificate, whosever it is.
        options["ssl_check_hostname"] = True
    return options


def _now() -> float:
    return time.time() * 1000


def _key(kind: str, name: str) -> str:
    return f"{PREFIX}:{kind}:{hashlib.sha256(f'{kind}:{name}'.encode()).hexdigest()[:40]}"


async def _prolong(lock: Lock) -> None:
    while True:
        await asyncio.sleep(TURN_SECONDS / 4)
        with suppress(*_FAULTS):
            await lock.reacquire()


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OutOfMemoryError:
        raise Busy from None
    except _FAULTS:
        # Their words can hold the server's address and more.
        raise StoreUnreachable from None
