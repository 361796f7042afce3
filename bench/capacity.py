"""How much one process on one core carries, and how much two behind a Redis: `python -m bench.capacity`.

In: a trained model, redis-server. Out: one line of JSON: for more and more people at once, messages a second and the 95th percentile of
a turn; the most at which that stays under LIMIT_MS; two processes against one, in turn; and what Redis holds for a conversation. The
clients run on the same machine and take some of it.
"""

import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bench.messages import conversations
from bench.processes import Caller, Process
from bot.settings import ROOT
from tests.conftest import RedisServer, free_port

LIMIT_MS = 250
PEOPLE = (1, 2, 4, 8)
SECONDS = 4.0
ROUNDS = 3
AT_ONCE = 8
KEPT = 50


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        redis = RedisServer(folder)
        alone = _start(folder, "alone", 0, {})
        pair = [_start(folder, f"pair-{core}", core, {"SUPPORT_REDIS_URL": redis.url}) for core in (0, 1)]
        try:
            steps = {people: _load([alone[1]], people) for people in PEOPLE}
            within = [step for step in steps.values() if step["p95_ms"] < LIMIT_MS]
            rates: dict[str, list[float]] = {"one": [], "two": []}
            for _ in range(ROUNDS):
                rates["one"].append(_load([pair[0][1]], AT_ONCE)["messages_per_s"])
                rates["two"].append(_load([port for _, port in pair], AT_ONCE)["messages_per_s"])
            caller = Caller(pair[0][1])
            for texts in conversations(KEPT):
                _tell(caller, texts[:2])
            caller.close()
            # Of all that lie there, those of the load before too: what Redis uses as a whole also holds its connections.
            kept = statistics.mean(redis.client.memory_usage(key) for key in redis.client.scan_iter("*:conversation:*"))
            memory = {name: process.memory() for name, (process, _) in (("alone", alone), ("of_two", pair[0]))}
        finally:
            for process, _ in [alone, *pair]:
                process.stop()
            redis.stop()
    ratio = [two / one for one, two in zip(rates["one"], rates["two"], strict=True)]
    print(json.dumps({
        "one_core": steps, "most_within_limit": max((step["messages_per_s"] for step in within), default=0.0),
        "one_behind_redis": statistics.median(rates["one"]), "two_behind_redis": statistics.median(rates["two"]),
        "two_to_one": round(statistics.median(ratio), 2), "redis_bytes_of_a_conversation": round(kept), "memory_mib": memory,
    }))  # fmt: skip


def _start(folder: Path, name: str, core: int, environment: dict[str, str]) -> tuple[Process, int]:
    port = free_port()
    command = ["taskset", "-c", str(core), sys.executable, "-m", "bot", "serve", "--port", str(port)]
    settings = {"SUPPORT_ENCODER_THREADS": "1", "SUPPORT_MESSAGES_PER_MINUTE": "6000", **environment}
    process = Process(command, folder / f"{name}.log", ROOT, settings)

    def ready() -> bool:
        caller = Caller(port)
        try:
            return bool(caller.post("/chat/start", {}))
        except OSError:
            return False
        finally:
            caller.close()

    process.until(ready)
    return process, port


def _tell(caller: Caller, texts: list[str]) -> list[float]:
    """One conversation; the milliseconds of each of its turns."""
    conversation, taken = caller.post("/chat/start", {})["conversation"], []
    for text in texts:
        started = time.perf_counter()
        caller.post("/chat/message", {"conversation": conversation, "text": text})
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _load(ports: list[int], people: int) -> dict[str, float]:
    """So many people, divided among the processes, each of whom speaks as soon as the answer is there."""
    told = conversations(200)
    refused: list[int] = []
    started = time.perf_counter()

    def person(number: int) -> list[float]:
        caller, taken, place = Caller(ports[number % len(ports)]), [], number
        while time.perf_counter() - started < SECONDS:
            try:
                taken += _tell(caller, told[place % len(told)])
            except ValueError:
                # Refused as busy, or because a turn waited too long for Redis.
                refused.append(number)
            place += people
        caller.close()
        return taken

    with ThreadPoolExecutor(people) as pool:
        taken = [value for one in pool.map(person, range(people)) for value in one]
    whole = time.perf_counter() - started
    if not taken:
        return {"messages_per_s": 0.0, "p50_ms": 0.0, "p95_ms": float("inf"), "refused": len(refused)}
    return {"messages_per_s": round(len(taken) / whole, 1), "p50_ms": round(statistics.median(taken), 1),
            "p95_ms": round(float(np.percentile(taken, 95)), 1), "refused": len(refused)}  # fmt: skip


if __name__ == "__main__":
    main()
