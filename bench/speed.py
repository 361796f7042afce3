"""Stock Rasa and this project side by side in one run, on the same messages: `make bench`.

In: both environments, a trained model of this project, and the last stored result. Out: bench/results/latest.json and latest.png, and a
table on standard output with what got worse since the last time. Everything is asked in turn, one side then the other, so that
whatever else the machine does meets both; of repeated measurements the median stands. Nothing leaves this machine.
Example: python -m bench.speed --quick
"""

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable

import numpy as np

from bench.changes import compare, table
from bench.messages import TURNS, conversations
from bench.picture import draw
from bench.processes import Caller, Process
from bench.sides import STOCK_ENVIRONMENT, STOCK_MODEL, Ours, Stock
from bot.dialogue.training import fits
from bot.settings import ROOT, read_settings
from bot.understanding.text import WINDOW

RESULTS = ROOT / "bench/results"
LONG = 500
# Turns around the fifth and the five hundredth, in one conversation.
AROUND = 5
CLIENTS = 8


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    rounds: int
    conversations: int
    starts: int
    seconds: float


WHOLE = Extent(rounds=3, conversations=20, starts=3, seconds=6.0)
SHORT = Extent(rounds=3, conversations=8, starts=1, seconds=4.0)
QUICK = Extent(rounds=1, conversations=6, starts=1, seconds=3.0)

Figures = dict[str, dict[str, float]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a look in two minutes, which is not stored")
    parser.add_argument("--without-training", action="store_true", help="stock Rasa's model of the last run, and no training")
    parser.add_argument("--short", action="store_true", help="a third of the measurements, stored all the same: for a busy machine")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the folder of the results (default: %(default)s)")
    parser.add_argument("--fail", action="store_true", help="end with 1 where something got worse")
    chosen = parser.parse_args()
    if not (STOCK_ENVIRONMENT / "bin/rasa").exists():
        print("No stock Rasa to compare with: run `make bench`, which installs it.", file=sys.stderr)
        return 2
    if chosen.without_training and not STOCK_MODEL.is_file():
        print("Stock Rasa has no model yet: leave --without-training out once.", file=sys.stderr)
        return 2
    if not fits(read_settings()):
        print("Training this project's model first, which is not part of the measurement.", file=sys.stderr)
        from bot.dialogue.training import train_where_needed
        from bot.log import set_up_logging

        set_up_logging()
        train_where_needed(read_settings())
    # Told to end, it ends what it started first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        result = measure(Path(scratch), QUICK if chosen.quick else SHORT if chosen.short else WHOLE, trains=not chosen.without_training)
    last = chosen.out / "latest.json"
    before = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else None
    print(table(result))
    worse = compare(before, result)
    print("\n".join(worse) if worse else "Nothing got worse since the last stored result." if before else "No result was stored before.")
    if not chosen.quick:
        chosen.out.mkdir(exist_ok=True)
        last.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        draw(result, chosen.out / "latest.png")
    return 1 if worse and before and chosen.fail else 0


def measure(folder: Path, extent: Extent, trains: bool) -> dict[str, Any]:
    """All figures of both sides."""
    sides = [Stock(folder), Ours(folder)]
    figures: Figures = {side.name: {} for side in sides}
    begun = time.perf_counter()
    try:
        for side in sides:
            if not trains:
                side.take_last_model()
                continue
            _say(f"{side.name} learns the sample")
            figures[side.name]["train_s"] = side.train()
        _start(sides, figures, extent)
        _over_http(sides, figures, extent)
        _throughput(sides, figures, extent)
        _memory(sides, figures)
        _in_process(sides, figures, extent)
        for side in sides:
            figures[side.name]["installed_mib"] = side.installed()
    finally:
        for side in sides:
            side.stop()
    stock, ours = (figures[side.name] for side in sides)
    return {
        "when": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": {"cores": os.cpu_count(), "processor": _processor(), "python": platform.python_version()},
        "seconds": round(time.perf_counter() - begun),
        "sides": {name: {key: _round(value) for key, value in sorted(measured.items())} for name, measured in figures.items()},
        "ratios": {key: _round(ours[key] / stock[key]) for key in sorted(ours) if stock.get(key)},
    }


def _start(sides: list[Any], figures: Figures, extent: Extent) -> None:
    """From the command to the first answer. Leaves both running."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(extent.starts):
        for side in sides:
            _say(f"{side.name} starts, {number + 1} of {extent.starts}")
            side.stop()
            taken[side.name].append(side.start())
            if number < extent.starts - 1:
                side.stop()
    for side in sides:
        figures[side.name]["start_s"] = statistics.median(taken[side.name])


def _over_http(sides: list[Any], figures: Figures, extent: Extent) -> None:
    callers = {side.name: Caller(side.port) for side in sides}

    def talk(side: Any, name: str, texts: list[str]) -> list[float]:
        conversation = side.begin(callers[side.name], name)
        return [_timed(partial(side.say, callers[side.name], conversation, text)) for text in texts]

    _in_turn(sides, figures, extent, "http", talk)
    for caller in callers.values():
        caller.close()


def _in_process(sides: list[Any], figures: Figures, extent: Extent) -> None:
    """Turns without a server around them; then one long conversation for each side."""
    processes: dict[str, Process] = {}
    try:
        for side in sides:
            processes[side.name] = side.turns()
        for process in processes.values():
            process.hear()

        def talk(side: Any, name: str, texts: list[str]) -> list[float]:
            process = processes[side.name]
            process.ask(conversation=name, text="hello")
            return [process.ask(conversation=name, text=text)["ms"] for text in texts]

        _in_turn(sides, figures, extent, "in_process", talk)
        _say("one conversation of five hundred turns")
        _long(processes, figures, sides)
    finally:
        for process in processes.values():
            process.stop()


def _long(processes: dict[str, Process], figures: Figures, sides: list[Any]) -> None:
    texts = [text for conversation in conversations(LONG // TURNS) for text in conversation]
    measured = texts[:AROUND]
    stock, ours = (processes[side.name] for side in sides)
    # As a turn depends on its message, the same five messages stand at both places; this side tells all the turns between.
    for process, side in ((stock, sides[0]), (ours, sides[1])):
        process.ask(conversation="long", text="hello")
        process.ask(conversation="long", text="my husband hits me")
        figures[side.name]["turn_5_ms"] = statistics.median(process.ask(conversation="long", text=text)["ms"] for text in measured)
    stock.ask(conversation="long", grow_to=LONG - AROUND)
    for text in texts[AROUND : LONG - AROUND]:
        ours.ask(conversation="long", text=text)
    for process, side in ((stock, sides[0]), (ours, sides[1])):
        figures[side.name][f"turn_{LONG}_ms"] = statistics.median(process.ask(conversation="long", text=text)["ms"] for text in measured)
        figures[side.name]["growth"] = figures[side.name][f"turn_{LONG}_ms"] / figures[side.name]["turn_5_ms"]


def _in_turn(sides: list[Any], figures: Figures, extent: Extent, what: str, talk: Callable[[Any, str, list[str]], list[float]]) -> None:
    """A conversation with one side, the same with the other, and who is first changes each time."""
    taken: dict[str, list[float]] = {side.name: [] for side in sides}
    told = conversations(extent.rounds * extent.conversations)
    short = [len(text.split()) <= WINDOW for texts in told for text in texts]
    for side in sides:
        talk(side, f"{what}-warm", told[0])
    for number, texts in enumerate(told):
        if number % extent.conversations == 0:
            _say(f"turns {what.replace('_', ' ')}, round {number // extent.conversations + 1} of {extent.rounds}")
        for side in sides if number % 2 == 0 else reversed(sides):
            taken[side.name] += talk(side, f"{what}-{number}", texts)
    for side in sides:
        for share in (50, 95, 99):
            figures[side.name][f"{what}_p{share}_ms"] = float(np.percentile(taken[side.name], share))
            figures[side.name][f"{what}_short_p{share}_ms"] = float(np.percentile(np.array(taken[side.name])[short], share))


def _throughput(sides: list[Any], figures: Figures, extent: Extent) -> None:
    """CLIENTS people at once, each of whom speaks as soon as the answer is there."""
    told = conversations(200)
    rates: dict[str, list[float]] = {side.name: [] for side in sides}
    late: dict[str, list[float]] = {side.name: [] for side in sides}

    def person(side: Any, number: int, ends: float) -> list[float]:
        caller, taken = Caller(side.port), []
        while time.perf_counter() < ends:
            conversation = side.begin(caller, f"many-{number}-{len(taken)}-{ends}")
            for text in told[(number + len(taken)) % len(told)]:
                if time.perf_counter() < ends:
                    taken.append(_timed(partial(side.say, caller, conversation, text)))
        caller.close()
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(extent.rounds):
            _say(f"{CLIENTS} people at once, round {number + 1} of {extent.rounds}")
            for side in sides:
                started = time.perf_counter()
                people = [pool.submit(person, side, place, started + extent.seconds) for place in range(CLIENTS)]
                taken = [value for one in people for value in one.result()]
                rates[side.name].append(len(taken) / (time.perf_counter() - started))
                late[side.name].append(float(np.percentile(taken, 95)))
    for side in sides:
        figures[side.name]["messages_per_s"] = statistics.median(rates[side.name])
        figures[side.name]["at_once_p95_ms"] = statistics.median(late[side.name])


def _memory(sides: list[Any], figures: Figures) -> None:
    """After all that load; the stock side's action server is part of its replica."""
    for side in sides:
        held = [server.memory() for server in side.servers]
        for kind in ("rss", "pss", "peak"):
            figures[side.name][f"memory_{kind}_mib"] = sum(one[kind] for one in held)
        figures[side.name]["memory_server_alone_rss_mib"] = held[0]["rss"]


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return 1000 * (time.perf_counter() - started)


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _say(text: str) -> None:
    print(f"{text} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
