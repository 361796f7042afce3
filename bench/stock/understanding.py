"""What stock Rasa's classifier (DIET) makes of messages; it runs in the stock environment, and imports nothing of the project.

In: a folder with config.yml, domain.yml and nlu.yml, to train from; then texts on standard input, one as JSON on each line. Out: for
each, on the stream that was standard output, `{intent: confidence}`; before the first, `{"seconds"}` of training.
"""

import asyncio
import json
import os
import sys
import time

OUT = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402


async def main(folder: str) -> None:
    started = time.perf_counter()
    model = train_nlu(f"{folder}/config.yml", f"{folder}/nlu.yml", folder, fixed_model_name="compared", domain=f"{folder}/domain.yml")
    print(json.dumps({"seconds": time.perf_counter() - started}), file=OUT)
    agent = Agent.load(model)
    for line in sys.stdin:
        parse = await agent.parse_message(json.loads(line))
        print(json.dumps({entry["name"]: entry["confidence"] for entry in parse["intent_ranking"]}), file=OUT)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
