"""What is kept, in memory and in a real Redis: the same promises hold in both."""

import asyncio
import time

import pytest

from bot.dialogue import kept_in_redis
from bot.dialogue.keeping import Keeper, Kind
from bot.dialogue.kept_in_memory import MemoryKeeper
from bot.dialogue.kept_in_redis import RedisKeeper, check_reachable
from bot.errors import Busy, SettingsError, StoreUnreachable
from tests.conftest import RedisServer, free_port

THING = Kind("thing", seconds=100, most=3)
NUMBERS = Kind("numbers", seconds=200, most=3)
MINUTE = Kind("minute", seconds=60, most=3)


@pytest.fixture(params=["memory", "redis"])
def run(request):
    """Runs an async check with a keeper, in one event loop."""

    def run(check):
        async def whole():
            keeper: Keeper = MemoryKeeper()
            if request.param == "redis":
                server = request.getfixturevalue("redis_server")
                server.client.flushdb()
                keeper = RedisKeeper(server.url)
            try:
                await check(keeper)
            finally:
                await keeper.close()

        request.getfixturevalue("redis_server") if request.param == "redis" else None
        asyncio.run(whole())

    return run


def test_a_value_is_kept_replaced_and_forgotten(run):
    async def check(keeper):
        assert await keeper.get(THING, "a") is None
        assert await keeper.put_new(THING, "a", "1")
        assert not await keeper.put_new(THING, "a", "2")
        assert await keeper.get(THING, "a") == "1"
        assert await keeper.replace(THING, "a", "é")
        assert await keeper.get(THING, "a") == "é"
        assert await keeper.get(MINUTE, "a") is None
        await keeper.forget(THING, "a")
        await keeper.forget(THING, "a")
        assert await keeper.get(THING, "a") is None

    run(check)


def test_what_was_forgotten_is_not_replaced(run):
    async def check(keeper):
        assert not await keeper.replace(THING, "a", "1")
        assert await keeper.get(THING, "a") is None

    run(check)


def test_only_so_many_are_admitted_and_the_others_hear_how_long_to_wait(run):
    async def check(keeper):
        assert [await keeper.admit(MINUTE, "a", 2) for _ in range(2)] == [0, 0]
        seconds = await keeper.admit(MINUTE, "a", 2)
        assert 59 <= seconds <= 61
        assert await keeper.admit(MINUTE, "b", 2) == 0
        await keeper.forget(MINUTE, "a")
        assert await keeper.admit(MINUTE, "a", 2) == 0

    run(check)


def test_numbers_stay_in_order_until_they_are_forgotten_and_the_oldest_are_dropped(run):
    async def check(keeper):
        await keeper.add(THING, "a", [], most=9)
        assert await keeper.numbers(THING, "a") == []
        await keeper.add(THING, "a", [12, 5], most=9)
        await keeper.add(THING, "a", [700, 5], most=9)
        assert await keeper.numbers(THING, "a") == [5, 12, 700]
        assert await keeper.numbers(THING, "a") == [5, 12, 700]
        await keeper.forget(THING, "a")
        assert await keeper.numbers(THING, "a") == []
        await keeper.add(THING, "a", [1], most=2)
        await keeper.add(THING, "a", [2, 3], most=2)
        assert await keeper.numbers(THING, "a") == [2, 3]

    run(check)


def test_turns_of_one_name_follow_each_other_in_order_and_others_do_not_wait(run):
    async def check(keeper):
        happened = []

        async def take(number):
            async with keeper.turn("a"):
                happened.append(f"{number} begins")
                await asyncio.sleep(0.01)
                happened.append(f"{number} ends")

        async with keeper.turn("b"):
            await asyncio.wait_for(asyncio.gather(*(take(number) for number in range(4))), 5)
        assert happened == [f"{number} {what}" for number in range(4) for what in ("begins", "ends")]

    run(check)


def test_a_turn_is_given_back_also_where_it_failed(run):
    async def check(keeper):
        for _ in range(2):
            with pytest.raises(KeyError):
                async with keeper.turn("a"):
                    raise KeyError
        async with keeper.turn("a"):
            pass

    run(check)


def test_memory_forgets_what_is_too_old_also_where_nobody_asks():
    now = [0.0]
    keeper = MemoryKeeper(clock=lambda: now[0])

    async def check():
        await keeper.put_new(THING, "a", "1")
        await keeper.add(MINUTE, "a", [1], most=5)
        now[0] = 61
        await keeper.add(MINUTE, "a", [2], most=5)
        assert await keeper.numbers(MINUTE, "a") == [2]
        now[0] = 200
        await keeper.check()
        assert not any(keeper._shelves.values())

    asyncio.run(check())


def test_a_number_is_gone_when_it_is_too_old_however_young_the_others_are(redis_server, monkeypatch):
    redis_server.client.flushdb()
    now = [1_000_000.0]
    monkeypatch.setattr(kept_in_redis.time, "time", lambda: now[0])

    async def check():
        memory, redis = MemoryKeeper(clock=lambda: now[0]), RedisKeeper(redis_server.url)
        for keeper in (memory, redis):
            now[0] = 1_000_000.0
            await keeper.add(NUMBERS, "a", [1], most=9)
            now[0] += NUMBERS.seconds - 1
            await keeper.add(NUMBERS, "a", [2], most=9)
            now[0] += 2
            await keeper.check()
        [[(_, left)]] = [shelf.values() for shelf in memory._shelves.values()]
        assert [number for _, number in left] == [2]
        [key] = redis_server.client.scan_iter()
        assert redis_server.client.zrange(key, 0, -1) == [b"2"]
        await redis.close()

    asyncio.run(check())

def test_memory_is_full_at_some_time():
    keeper = MemoryKeeper()
    rolling = Kind("rolling", seconds=100, most=2, oldest_makes_room=True)

    async def check():
        for name in "abc":
            await keeper.put_new(THING, name, "1")
            await keeper.put_new(rolling, name, "1")
        with pytest.raises(Busy):
            await keeper.put_new(THING, "d", "1")
        await keeper.replace(THING, "a", "2")
        assert await keeper.get(rolling, "a") is None and await keeper.get(rolling, "c") == "1"

    asyncio.run(check())


def test_every_key_of_redis_goes_by_itself_and_names_nobody(redis_server):
    redis_server.client.flushdb()

    async def check():
        keeper = RedisKeeper(redis_server.url)
        await keeper.put_new(THING, "zebrafinch", "1")
        await keeper.admit(MINUTE, "zebrafinch", 5)
        await keeper.add(NUMBERS, "zebrafinch", [4], most=9)
        async with keeper.turn("zebrafinch"):
            keys = list(redis_server.client.scan_iter())
            lives = {key.decode().split(":")[1]: redis_server.client.ttl(key) for key in keys}
        await keeper.close()
        assert lives == {"thing": 100, "minute": 61, "numbers": 200, "turn": pytest.approx(4, abs=1)}
        assert not any(b"zebrafinch" in key for key in keys)

    asyncio.run(check())


def test_turns_exclude_other_processes_and_are_handed_over_at_once(redis_server):
    async def check():
        one, other = RedisKeeper(redis_server.url), RedisKeeper(redis_server.url)
        inside = [0]
        waits = []

        async def take(keeper):
            async with keeper.turn("shared"):
                inside[0] += 1
                assert inside[0] == 1
                await asyncio.sleep(0.005)
                inside[0] -= 1
                released = time.monotonic()
            return released

        started = time.monotonic()
        await asyncio.gather(*(take(keeper) for _ in range(10) for keeper in (one, other)))
        waits.append(time.monotonic() - started)
        await one.close()
        await other.close()
        assert waits[0] < 2

    asyncio.run(check())


def test_a_turn_of_a_process_that_was_killed_comes_free_and_a_long_one_is_prolonged(redis_server, monkeypatch):
    monkeypatch.setattr(kept_in_redis, "TURN_SECONDS", 0.4)
    monkeypatch.setattr(kept_in_redis, "LONGEST_WAIT_SECONDS", 0.9)

    async def check():
        living, other = RedisKeeper(redis_server.url), RedisKeeper(redis_server.url)
        # What a killed process leaves behind.
        redis_server.client.set(kept_in_redis._key("turn", "a"), "its token", px=300)
        async with living.turn("a"):
            with pytest.raises(Busy):
                await other.turn("a").__aenter__()
        async with other.turn("a"):
            pass
        await living.close()
        await other.close()

    asyncio.run(check())


def test_a_store_out_of_reach_is_told_and_so_is_a_full_one(redis_server):
    async def check():
        nowhere = RedisKeeper(f"redis://:canary@127.0.0.1:{free_port()}")
        for call in (
            nowhere.put_new(THING, "a"), nowhere.replace(THING, "a", ""), nowhere.get(THING, "a"), nowhere.forget(THING, "a"),
            nowhere.admit(THING, "a", 1), nowhere.add(THING, "a", [1], 1), nowhere.numbers(THING, "a"), nowhere.check(),
            nowhere.turn("a").__aenter__(),
        ):  # fmt: skip
            with pytest.raises(StoreUnreachable) as problem:
                await call
            assert "canary" not in str(problem.value) and problem.value.__suppress_context__
        full = RedisKeeper(redis_server.url)
        redis_server.client.config_set("maxmemory", 1)
        try:
            with pytest.raises(Busy):
                await full.put_new(THING, "one more")
        finally:
            redis_server.client.config_set("maxmemory", 0)
        await full.close()

    asyncio.run(check())


def test_an_address_where_no_redis_answers_stops_the_start(redis_server):
    check_reachable(redis_server.url)
    redis_server.client.acl_setuser("bot", enabled=True, passwords=["+right"], commands=["+@all"], keys=["*"])
    check_reachable(f"redis://bot:right@127.0.0.1:{redis_server.port}/0")
    for url in (
        f"redis://canary@127.0.0.1:{free_port()}",
        f"redis://bot:canary@127.0.0.1:{redis_server.port}",
        f"rediss://canary@127.0.0.1:{redis_server.port}",
        f"{redis_server.url}?canary=1",
        f"{redis_server.url}?db=canary",
    ):
        with pytest.raises(SettingsError) as problem:
            check_reachable(url)
        assert "SUPPORT_REDIS_URL" in str(problem.value) and "canary" not in str(problem.value)


def test_an_encrypted_connection_holds_the_server_to_its_name(tmp_path):
    from cryptography import x509

    certificate = _self_signed(tmp_path)
    port = free_port()
    server = RedisServer(
        tmp_path, "--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(tmp_path / "key.pem"),
        "--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no",
    )  # fmt: skip
    try:
        assert x509.load_pem_x509_certificate(certificate.read_bytes())
        check_reachable(f"rediss://localhost:{port}?ssl_ca_certs={certificate}")

        async def check():
            keeper = RedisKeeper(f"rediss://localhost:{port}?ssl_ca_certs={certificate}")
            assert await keeper.put_new(THING, "a")
            await keeper.close()

        asyncio.run(check())
        for url in (f"rediss://localhost:{port}", f"rediss://127.0.0.1:{port}?ssl_ca_certs={certificate}"):
            with pytest.raises(SettingsError):
                check_reachable(url)
    finally:
        server.stop()


def _self_signed(folder):
    """A certificate for the name localhost."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem"
