"""Tunes the sentence encoder on data/nlu and writes its adapter; a developer's tool, never needed to run the bot.

In: the published weights (the folder all-mpnet-base-v2, as `bot.understanding.encoder.build` unpacks it) and data/nlu. Out:
bot/understanding/encoder/adapter.npz, low-rank matrices of the upper eight layers (LoRA, Hu et al. 2021, arXiv 2106.09685), and
reference.npz, vectors that the tuned network gives in full precision, to which every build is held.

Needs PyTorch and transformers in an environment of their own: pip install torch==2.13.0 transformers==4.57.6 pyyaml.
Example: python scripts/tune_encoder.py all-mpnet-base-v2   (about forty minutes on one core)
With --further it goes on from the adapter that is there, at half the pace, which takes in new messages in fewer steps.
Messages that calibrate the heads (`calibrates`) are left out, so that they stay strangers to the encoder.
"""

import argparse
import hashlib
import math
import random
import re
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from torch import nn
from transformers import AutoModel, AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.understanding.genders import as_read  # noqa: E402
from bot.understanding.labels import CALM, EMERGENCY, SITUATIONS, URGENCIES  # noqa: E402
from bot.understanding.text import clean  # noqa: E402

ENCODER = ROOT / "bot/understanding/encoder"
SEED, STEPS, BATCH, RANK, SCALE, RATE, HEADS_RATE = 11, 1300, 16, 16, 2.0, 5e-4, 4e-3
FIRST_TUNED_LAYER, LONGEST = 4, 224
SHARPNESS = 10
REFERENCE = [
    "hello",
    "the kettle is on and the bus is late again",
    "somebody keeps ringing the bell at night and then runs away",
    "the garden gate has been painted green by the neighbours, and the cat sleeps on it whenever the sun comes out in the afternoon, "
    "which is not often this year",
]
INNER_VOWEL = re.compile(r"(?<=\w)[aeiou](?=\w)")


class LowRank(nn.Module):
    """A frozen linear layer, and what is learnt beside it."""

    def __init__(self, frozen: nn.Linear) -> None:
        super().__init__()
        self.frozen = frozen
        self.a = nn.Parameter(torch.randn(RANK, frozen.in_features) / math.sqrt(frozen.in_features))
        self.b = nn.Parameter(torch.zeros(frozen.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.frozen(x) + F.linear(F.linear(x, self.a), self.b) * SCALE


def read_messages() -> list[tuple[str, np.ndarray, int]]:
    """Text, situations [20] and urgency of every training message that does not calibrate."""
    messages = []
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            truth = np.array([situation in block["metadata"]["situations"] for situation in SITUATIONS], dtype=np.float32)
            for line in block["examples"].splitlines():
                text = line.removeprefix("- ").strip()
                if text and int(hashlib.sha256(clean(text).encode("utf-8")).hexdigest(), 16) % 7:
                    messages.append((as_read(text), truth, URGENCIES.index(block["metadata"]["urgency"])))
    return messages


def roughened(text: str) -> str:
    """The same message as somebody else might type it: no punctuation, capitals, slips, missing vowels."""
    # Instead of dropout, which costs more than everything else together on a CPU: now and then a word is missing.
    words = [word for word in text.split(" ") if random.random() < 0.96] or [text]
    text = " ".join(words)
    case = random.random()
    if case < 0.2:
        text = re.sub(r"[.,;:!?']", "", text.lower())
    elif case < 0.25:
        text = text.upper()
    slips = random.random()
    if slips < 0.2:
        text = " ".join(slipped(word) if random.random() < 0.25 else word for word in text.split(" "))
    elif slips < 0.24:
        text = " ".join(INNER_VOWEL.sub("", word) if random.random() < 0.6 else word for word in text.split(" "))
    return text


def slipped(word: str) -> str:
    if len(word) < 4:
        return word
    place, kind = random.randrange(1, len(word) - 1), random.random()
    if kind < 0.3:
        return word[:place] + word[place + 1 :]
    if kind < 0.6:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind < 0.8:
        return word[:place] + word[place] + word[place:]
    return word[:place] + random.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]


def drawn(messages: list[tuple[str, np.ndarray, int]], place: int) -> tuple[str, np.ndarray, int]:
    """One message to learn from; one in eight is two in one, so that danger is found beside anything, also in its middle."""
    text, truth, urgency = messages[place]
    text = roughened(text)
    if random.random() < 0.12:
        other, other_truth, other_urgency = random.choice(messages)
        text = joined(text, roughened(other))
        truth, urgency = np.maximum(truth, other_truth), max(urgency, other_urgency)
        if urgency:
            truth = np.where([situation in CALM for situation in SITUATIONS], 0, truth).astype(np.float32)
    return text, truth, urgency


def joined(text: str, other: str) -> str:
    """Two messages in one: side by side, or the shorter between two clauses of the longer."""
    shorter, longer = sorted((text, other), key=len)
    clauses = re.split(r"(?<=[.!?;,])\s+", longer)
    if len(clauses) > 2 and random.random() < 0.5:
        place = random.randrange(1, len(clauses))
        return " ".join([*clauses[:place], shorter, *clauses[place:]])
    parts = [shorter, longer]
    random.shuffle(parts)
    return random.choice([". ", " ", "\n", " and "]).join(parts)


def batches(messages: list[tuple[str, np.ndarray, int]]) -> list[list[int]]:
    """Every message once, those of like length together."""
    order = list(range(len(messages)))
    random.shuffle(order)
    found = []
    for start in range(0, len(order), BATCH * 20):
        chunk = sorted(order[start : start + BATCH * 20], key=lambda place: len(messages[place][0]))
        found += [chunk[place : place + BATCH] for place in range(0, len(chunk), BATCH)]
    random.shuffle(found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="the folder all-mpnet-base-v2")
    parser.add_argument("--further", action="store_true", help="go on from the adapter that is there")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches to learn from (default: %(default)s)")
    chosen = parser.parse_args()
    folder, steps, pace = chosen.weights, chosen.steps, 0.5 if chosen.further else 1.0
    torch.manual_seed(SEED)
    random.seed(SEED)
    tokenizer, network = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    tuned: dict[str, LowRank] = {}
    for number, layer in enumerate(network.encoder.layer):
        if number >= FIRST_TUNED_LAYER:
            places = [(layer.attention.attn, part, f"attention.attn.{part}") for part in "qkvo"]
            places += [(layer.intermediate, "dense", "intermediate.dense"), (layer.output, "dense", "output.dense")]
            for owner, attribute, name in places:
                tuned[f"encoder.layer.{number}.{name}"] = LowRank(getattr(owner, attribute))
                setattr(owner, attribute, tuned[f"encoder.layer.{number}.{name}"])
    if chosen.further:
        with np.load(ENCODER / "adapter.npz", allow_pickle=False) as stored:
            for name, layer in tuned.items():
                layer.a.data = torch.tensor(stored[f"{name}.a"].astype(np.float32))
                layer.b.data = torch.tensor(stored[f"{name}.b"].astype(np.float32)) / SCALE
    situations, urgencies = nn.Linear(768, len(SITUATIONS)), nn.Linear(768, len(URGENCIES))

    def encode(texts: list[str]) -> torch.Tensor:
        tokens = tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=LONGEST)
        hidden = network(**tokens).last_hidden_state.float()
        weight = tokens["attention_mask"].unsqueeze(2).float()
        return F.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)

    learnt = [matrix for layer in tuned.values() for matrix in (layer.a, layer.b)]
    optimizer = torch.optim.AdamW([
        {"params": learnt, "lr": RATE * pace, "weight_decay": 0.01},
        {"params": [*situations.parameters(), *urgencies.parameters()], "lr": HEADS_RATE},
    ])  # fmt: skip
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / 60) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(1, step / steps))))
    )
    # A missed emergency costs more than a false alarm.
    weight = torch.tensor([1.6 if urgency == EMERGENCY else 1.0 for urgency in URGENCIES])
    messages = read_messages()
    queue: list[list[int]] = []
    network.train()
    for step in range(steps):
        queue = queue or batches(messages)
        texts, truth, urgency = zip(*(drawn(messages, place) for place in queue.pop()), strict=False)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = encode(list(texts))
        vectors = vectors.float() * SHARPNESS
        loss = 1.5 * F.cross_entropy(urgencies(vectors), torch.tensor(urgency), weight=weight, label_smoothing=0.05)
        loss = loss + 8 * F.binary_cross_entropy_with_logits(situations(vectors), torch.tensor(np.stack(truth)) * 0.96 + 0.02)
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.2f}", file=sys.stderr, flush=True)

    matrices = {}
    for name, layer in tuned.items():
        # Stored in half precision, and used so from here on, so that the reference is of the adapter as it is stored.
        matrices[f"{name}.a"] = layer.a.detach().numpy().astype(np.float16)
        matrices[f"{name}.b"] = (layer.b.detach() * SCALE).numpy().astype(np.float16)
        layer.a.data = torch.tensor(matrices[f"{name}.a"].astype(np.float32))
        layer.b.data = torch.tensor(matrices[f"{name}.b"].astype(np.float32)) / SCALE
    np.savez_compressed(ENCODER / "adapter.npz", **matrices)
    network.eval()
    with torch.no_grad():
        vectors = torch.cat([encode([text]) for text in REFERENCE]).numpy()
    np.savez_compressed(ENCODER / "reference.npz", texts=np.array(REFERENCE), vectors=vectors)


if __name__ == "__main__":
    main()
