"""Many chats at once on Telegram: how long answers take, and whether any is lost or comes twice.

In: the number of chats and of messages each (`python -m bench.telegram_load --chats 500 --messages 5 --by polling`). Out: one line of
JSON. The bot is a process of its own; Telegram is the emulator of the tests behind their proxy, over real HTTP. Ends after ten minutes.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.conftest import ROOT, free_port
from tests.telegram.conftest import Person, emulator_process, new_proxy
from tests.telegram.proxy import Proxy

SAID = (
    "my husband hits me and i dont know what to do", "someone follows me home from work every day", "what is crimestoppers",
    "thanks", "he has a knife and he is at the door", "i was raped last year",
)  # fmt: skip
LONGEST_SECONDS = 600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.telegram_load", description="Many chats at once on Telegram.")
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--messages", type=int, default=5)
    parser.add_argument("--by", choices=("polling", "webhook"), default="polling")
    chosen = parser.parse_args()
    with emulator_process() as emulator, tempfile.TemporaryFile() as log:
        proxy = new_proxy(emulator)
        bot = _start(proxy, chosen.by, log)
        try:
            proxy.wait(lambda: proxy.made("setMyCommands"), LONGEST_SECONDS)
            figures = _measure(proxy, chosen.chats, chosen.messages)
        finally:
            bot.terminate()
            bot.wait(30)
            proxy.stop()
    print(json.dumps({"by": chosen.by, "chats": chosen.chats, "messages": chosen.messages, **figures}))
    return 1 if figures["lost"] or figures["doubled"] or figures["violations"] else 0


def _start(proxy: Proxy, by: str, log: object) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "TELEGRAM_BOT_TOKEN": proxy.token, "TELEGRAM_API_URL": proxy.address}
    arguments = ["telegram"]
    if by == "webhook":
        port = str(free_port())
        arguments = ["serve", "--port", port]
        environment |= {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-the-load-test"}
    return subprocess.Popen([sys.executable, "-m", "bot", *arguments], cwd=Path(ROOT), env=environment, stdout=log, stderr=log)


def _measure(proxy: Proxy, chats: int, messages: int) -> dict[str, float]:
    people = [Person(proxy) for _ in range(chats)]
    began = time.monotonic()
    said = asyncio.run(_say_all(proxy, people, messages))
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline and len(proxy.made("sendMessage")) < chats * messages:
        time.sleep(1)
    took = time.monotonic() - began
    # Whoever would answer twice has the time to do so.
    time.sleep(3)
    waits, lost, doubled = [], 0, 0
    arrived: dict[int | None, list[float]] = {}
    for call in proxy.made("sendMessage"):
        arrived.setdefault(call.chat, []).append(call.at)
    for person in people:
        answers = arrived.get(person.chat, [])
        waits += [answer - asked for asked, answer in zip(said[person.chat], answers, strict=False)]
        lost += max(0, messages - len(answers))
        doubled += max(0, len(answers) - messages)
    waits.sort()
    return {
        "p50_s": round(statistics.median(waits), 2), "p95_s": round(waits[int(len(waits) * 0.95)], 2), "longest_s": round(waits[-1], 2),
        "per_second": round(len(waits) / took, 1), "lost": lost, "doubled": doubled, "violations": len(proxy.violations),
    }  # fmt: skip


async def _say_all(proxy: Proxy, people: list[Person], messages: int) -> dict[int, list[float]]:
    """Everybody says everything at once, each in order. Returns when what was said."""
    said: dict[int, list[float]] = {person.chat: [] for person in people}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:

        async def talk(place: int, person: Person) -> None:
            for number in range(messages):
                said[person.chat].append(time.monotonic())
                content = person.content(text=SAID[(place + number) % len(SAID)])
                async with session.post(f"{proxy.emulator}/sendMessage", json=content) as answer:
                    answer.raise_for_status()

        await asyncio.gather(*(talk(place, person) for place, person in enumerate(people)))
    return said


if __name__ == "__main__":
    sys.exit(main())
