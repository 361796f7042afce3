"""One process that answers turns in-process with this project's engine, as bench/stock/turns.py does with stock Rasa.

In: lines of JSON on standard input, `{"conversation", "text"}`; a conversation is opened by its first line. Out: a line of JSON for each
on the stream that was standard output: `{"ms"}`.
"""

import asyncio
import json
import os
import sys
import time

OUT = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

from bot.log import set_up_logging  # noqa: E402

set_up_logging()

from bot.app import open_engine  # noqa: E402
from bot.settings import read_settings  # noqa: E402


async def main() -> None:
    engine = open_engine(read_settings())
    opened: set[str] = set()
    print(json.dumps({"ready": True}), file=OUT)
    for line in sys.stdin:
        asked = json.loads(line)
        conversation = asked["conversation"]
        if conversation not in opened:
            opened.add(await engine.open(conversation))
        started = time.perf_counter()
        reply = await engine.answer(conversation, asked["text"], "web")
        took = 1000 * (time.perf_counter() - started)
        assert "Something went wrong" not in reply.text, "a turn that failed"
        print(json.dumps({"ms": took}), file=OUT)


if __name__ == "__main__":
    asyncio.run(main())
