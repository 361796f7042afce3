"""One process that answers turns in-process with stock Rasa; it runs in the stock environment, and imports nothing of the project.

In: the project's folder, the address of its action server; then lines of JSON on standard input, `{"conversation", "text"}`, or
`{"conversation", "grow_to"}`, which repeats the last turn of a conversation until it has so many. Out: a line of JSON for each on the
stream that was standard output: `{"ms"}`, `{"turns"}`.
"""

import asyncio
import json
import logging
import os
import sys
import time

OUT = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage  # noqa: E402
from rasa.shared.core.events import UserUttered  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402


async def main(folder: str, actions: str) -> None:
    logging.getLogger("rasa").setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
    agent = Agent.load(f"{folder}/models/stock.tar.gz", action_endpoint=EndpointConfig(actions))

    async def say(conversation: str, text: str) -> dict:
        said = CollectingOutputChannel()
        started = time.perf_counter()
        await agent.handle_message(UserMessage(text, said, conversation))
        took = 1000 * (time.perf_counter() - started)
        assert said.messages, "a turn without a reply"
        return {"ms": took}

    async def grow(conversation: str, turns: int) -> dict:
        tracker = await agent.tracker_store.retrieve(conversation)
        events = list(tracker.events)
        begins = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
        for number in range(turns - len(begins)):
            # Whole turns, one after the other, as they were told.
            turn = begins[number % (len(begins) - 1) + 1 :][:1][0]
            following = next((place for place in begins if place > turn), len(events))
            tracker.update_with_events(events[turn:following], agent.domain)
        await agent.tracker_store.save(tracker)
        return {"turns": sum(isinstance(event, UserUttered) for event in tracker.events)}

    print(json.dumps({"ready": True}), file=OUT)
    for line in sys.stdin:
        asked = json.loads(line)
        job = grow(asked["conversation"], asked["grow_to"]) if "grow_to" in asked else say(asked["conversation"], asked["text"])
        print(json.dumps(await job), file=OUT)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
