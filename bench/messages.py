"""What both sides are asked and taught: the same messages and the same sample of the training data.

In: data/nlu, tests/understanding/held_out.jsonl. Out: conversations of a few messages each, and files of training data in Rasa's form.
The choice is the same on every run.
"""

import json
import random
from pathlib import Path

import yaml

from bot.settings import ROOT

SEED = 9
TURNS = 5
# Of first messages, for both sides: some 1,700, as none of the rare ones has fewer than so many. And of each question within a
# conversation, for this project alone, which cannot do without any.
SAMPLE = 1_550
FEWEST_OF_AN_INTENT = 40
OF_EACH_QUESTION = 3


def conversations(number: int) -> list[list[str]]:
    """`number` conversations of TURNS messages that training never saw."""
    lines = (ROOT / "tests/understanding/held_out.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    random.Random(SEED).shuffle(texts)
    return [[texts[(place * TURNS + turn) % len(texts)] for turn in range(TURNS)] for place in range(number)]


def sampled_blocks() -> list[dict]:
    """Blocks of data/nlu with so many of their messages that they are spread over the situations."""
    blocks = [block for path in sorted((ROOT / "data/nlu").glob("*.yml")) for block in _blocks(path)]
    whole = sum(len(block["examples"]) for block in blocks)
    taken: list[dict] = []
    for intent in sorted({block["intent"] for block in blocks}):
        of_it = [(place, line) for place, block in enumerate(blocks) if block["intent"] == intent for line in block["examples"]]
        chosen = _spread(of_it, max(round(len(of_it) * SAMPLE / whole), FEWEST_OF_AN_INTENT))
        for place in sorted({place for place, _ in chosen}):
            taken.append({**blocks[place], "examples": [line for of, line in chosen if of == place]})
    return taken


def sampled_questions() -> list[dict]:
    """Each question within a conversation, with a few of its messages."""
    blocks = [block for path in sorted((ROOT / "data/nlu/questions").glob("*.yml")) for block in _blocks(path)]
    return [{**block, "examples": _spread(block["examples"], OF_EACH_QUESTION)} for block in blocks]


def write_nlu(path: Path, blocks: list[dict]) -> None:
    """As Rasa reads it."""
    told = [{**block, "examples": "".join(f"- {line}\n" for line in block["examples"])} for block in blocks]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": told}, allow_unicode=True), encoding="utf-8")


def _blocks(path: Path) -> list[dict]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    return [{**block, "examples": [line.removeprefix("- ") for line in block["examples"].splitlines()]} for block in content]


def _spread(things: list, number: int) -> list:
    """`number` of them, evenly far apart, or all."""
    number = min(number, len(things))
    return [things[place * len(things) // number] for place in range(number)]


if __name__ == "__main__":
    # Lines for bench/our_turns.py.
    for place, texts in enumerate(conversations(200)):
        for text in texts:
            print(json.dumps({"conversation": f"turns-{place}", "text": text}))
