"""Writes a stock Rasa project that does what this one does, in the plainest way: an intent for each situation, a rule for each intent, a
custom action behind a remote action server, and the sample of data/nlu to learn from.

In: an empty folder, and the address of the action server. Out: the project in it, ready for Rasa's own commands.
"""

import shutil
from pathlib import Path

import yaml

from bench.messages import sampled_blocks, write_nlu

STOCK = Path(__file__).resolve().parent / "stock"
ACTION = "action_signpost"
# What every intent says: as long as a reply of this project is.
SAID = (
    "I'm sorry that this is happening. You can tell the police: call 101, or 999 if you are in danger now. The team for this is reached "
    "through 101: ask for it by its name. Crimestoppers takes what you know without your name, by phone or page. You don't have to decide "
    "anything now, and you can leave this page at any time with the Escape key."
)


def write_project(folder: Path, actions_port: int) -> None:
    blocks = [{"intent": block["intent"], "examples": block["examples"]} for block in sampled_blocks()]
    intents = sorted({block["intent"] for block in blocks})
    for name in ("config.yml", "credentials.yml", "stock_actions.py"):
        shutil.copy(STOCK / name, folder / name)
    (folder / "data").mkdir()
    write_nlu(folder / "data/nlu.yml", blocks)
    # After one epoch, most messages fall back; they go to the same action.
    intents.append("nlu_fallback")
    told = {intent: [{"intent": intent}, {"action": ACTION}] for intent in intents}
    _write(folder / "data/rules.yml", rules=[{"rule": intent, "steps": steps} for intent, steps in told.items()])
    pairs = zip(intents, intents[1:] + intents[:1], strict=True)
    _write(folder / "data/stories.yml", stories=[{"story": f"{one} {two}", "steps": told[one] + told[two]} for one, two in pairs])
    _write(
        folder / "domain.yml", intents=intents, actions=[ACTION], responses={f"utter_{intent}": [{"text": SAID}] for intent in intents},
        slots={"told": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
        session_config={"session_expiration_time": 30, "carry_over_slots_to_new_session": False},
    )  # fmt: skip
    _write(folder / "endpoints.yml", action_endpoint={"url": f"http://127.0.0.1:{actions_port}/webhook"})


def _write(path: Path, **content: object) -> None:
    path.write_text(yaml.safe_dump({"version": "3.1", **content} if path.name != "endpoints.yml" else content), encoding="utf-8")
