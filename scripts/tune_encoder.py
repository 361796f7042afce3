"""Tunes the sentence encoder on data/nlu and writes its adapter; a developer's tool, never needed to run the bot.

In: the published weights (the folder all-mpnet-base-v2, as `bot.understanding.encoder.build` unpacks it) and data/nlu. Out:
bot/understanding/encoder/adapter.npz, low-rank matrices of the upper eight layers (LoRA, Hu et al. 2021, arXiv 2106.09685), and
reference.npz, vectors that the tuned network gives in full precision, to which every build is held, and inputs.npz, how large the
inputs of each layer get. With --further --steps 0 nothing is learnt, and only the last two are written anew.

Needs PyTorch and transformers in an environment of their own: pip install torch==2.13.0 transformers==4.57.6 pyyaml.
Example: torchrun --nproc-per-node 2 scripts/tune_encoder.py all-mpnet-base-v2   (about an hour on two cores, a process for each)
With --further it goes on from the adapter that is there, at half the pace, which takes in new messages in fewer steps; with --since
those that came after a revision come up three times as often.
Messages that calibrate the heads (`calibrates`) are left out, so that they stay strangers to the encoder.
"""

import argparse
import hashlib
import math
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from torch import distributed, nn
from transformers import AutoModel, AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.understanding.genders import as_read  # noqa: E402
from bot.understanding.labels import CALM, EMERGENCY, SITUATIONS, URGENCIES  # noqa: E402
from bot.understanding.text import clean  # noqa: E402

ENCODER = ROOT / "bot/understanding/encoder"
SEED, STEPS, BATCH, RANK, SCALE, RATE, HEADS_RATE = 11, 1300, 32, 16, 2.0, 5e-4, 4e-3
FIRST_TUNED_LAYER, LONGEST = 4, 128
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


class Example(NamedTuple):
    """One training message: `situations` is [20] of 0 and 1; `question` is its place among the questions, 0 for none of them."""

    text: str
    situations: np.ndarray
    urgency: int
    question: int


def read_messages() -> tuple[list[Example], int]:
    """Every training message that does not calibrate, the questions of a conversation too, and how many kinds of these there are."""
    messages, questions = [], [""]
    for path in sorted((ROOT / "data/nlu").glob("**/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            truth = np.array([situation in block["metadata"]["situations"] for situation in SITUATIONS], dtype=np.float32)
            name = "" if block["intent"] in SITUATIONS else block["intent"]
            if name not in questions:
                questions.append(name)
            for line in block["examples"].splitlines():
                text = line.removeprefix("- ").strip()
                if text and int(hashlib.sha256(clean(text).encode("utf-8")).hexdigest(), 16) % 7:
                    urgency = URGENCIES.index(block["metadata"]["urgency"])
                    messages.append(Example(as_read(text), truth, urgency, questions.index(name)))
    return messages, len(questions)


def texts_at(revision: str) -> set[str]:
    """The messages that data/nlu held at a revision of git."""
    said = subprocess.run(
        ["git", "grep", "-h", "^    - ", revision, "--", "data/nlu"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {as_read(line.strip().removeprefix("- ")) for line in said.stdout.splitlines()}


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


def drawn(messages: list[Example], place: int) -> Example:
    """One message to learn from; one in eight is two in one, so that danger is found beside anything, also in its middle."""
    text, truth, urgency, question = messages[place]
    text = roughened(text)
    other = random.choice(messages)
    if not question and not other.question and random.random() < 0.15:
        text = joined(text, roughened(other.text))
        truth, urgency = np.maximum(truth, other.situations), max(urgency, other.urgency)
        if urgency:
            truth = np.where([situation in CALM for situation in SITUATIONS], 0, truth).astype(np.float32)
    return Example(text, truth, urgency, question)


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


def average(matrices: list[nn.Parameter]) -> None:
    """Every process goes on with the mean of what all have found."""
    for matrix in matrices:
        if matrix.grad is None:
            matrix.grad = torch.zeros_like(matrix)
    together = torch.cat([matrix.grad.flatten() for matrix in matrices])
    distributed.all_reduce(together)
    sizes = [matrix.numel() for matrix in matrices]
    for matrix, mean in zip(matrices, (together / distributed.get_world_size()).split(sizes), strict=True):
        matrix.grad.copy_(mean.view_as(matrix))


def batches(messages: list[Example], old: set[str], chance: random.Random) -> list[list[int]]:
    """Every message once, or three times where it is not among `old` ones, those of like length together."""
    order = [place for place, message in enumerate(messages) for _ in range(3 if old and message.text not in old else 1)]
    chance.shuffle(order)
    found = []
    for start in range(0, len(order), BATCH * 20):
        chunk = sorted(order[start : start + BATCH * 20], key=lambda place: len(messages[place].text))
        found += [chunk[place : place + BATCH] for place in range(0, len(chunk), BATCH)]
    # Without the few that are left over: a process without its share would keep the others waiting for ever.
    found = [batch for batch in found if len(batch) == BATCH]
    chance.shuffle(found)
    return found


def largest_inputs(encode: Callable[[list[str]], torch.Tensor], network: nn.Module, texts: list[str]) -> dict[str, np.ndarray]:
    """How large each input of every layer gets over `texts`, so that the build can even them out before it goes to 8 bit."""
    places: dict[str, nn.Module] = {}
    for number, layer in enumerate(network.encoder.layer):
        attention = layer.attention.attn
        parts = (("attention.attn.qkv", attention.q), ("attention.attn.o", attention.o))
        parts += (("intermediate.dense", layer.intermediate.dense), ("output.dense", layer.output.dense))
        places |= {f"encoder.layer.{number}.{name}": module for name, module in parts}
    found: dict[str, torch.Tensor] = {}

    def watch(place: str) -> Callable[..., None]:
        def seen(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            largest = inputs[0].abs().flatten(0, -2).amax(0)
            found[place] = torch.maximum(found.get(place, largest), largest)

        return seen

    hooks = [module.register_forward_pre_hook(watch(place)) for place, module in places.items()]
    for text in texts:
        encode([text])
    for hook in hooks:
        hook.remove()
    return {place: largest.numpy().astype(np.float16) for place, largest in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="the folder all-mpnet-base-v2")
    parser.add_argument("--further", action="store_true", help="go on from the adapter that is there")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches to learn from (default: %(default)s)")
    parser.add_argument("--since", metavar="REVISION", help="messages that are new since this revision of git come up three times as often")
    chosen = parser.parse_args()
    if distributed.is_torchelastic_launched():
        distributed.init_process_group("gloo")
    processes, place = (distributed.get_world_size(), distributed.get_rank()) if distributed.is_initialized() else (1, 0)
    old = texts_at(chosen.since) if chosen.since else set()
    folder, steps, pace = chosen.weights, chosen.steps, 0.5 if chosen.further else 1.0
    torch.manual_seed(SEED)
    random.seed(SEED + place)
    tokenizer, network = (
        AutoTokenizer.from_pretrained(folder),
        AutoModel.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0),
    )
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
    messages, kinds = read_messages()
    situations, urgencies, questions = nn.Linear(768, len(SITUATIONS)), nn.Linear(768, len(URGENCIES)), nn.Linear(768, kinds)

    def encode(texts: list[str]) -> torch.Tensor:
        tokens = tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=LONGEST)
        hidden = network(**tokens).last_hidden_state.float()
        weight = tokens["attention_mask"].unsqueeze(2).float()
        return F.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)

    learnt = [matrix for layer in tuned.values() for matrix in (layer.a, layer.b)]
    optimizer = torch.optim.AdamW([
        {"params": learnt, "lr": RATE * pace, "weight_decay": 0.01},
        {"params": [*situations.parameters(), *urgencies.parameters(), *questions.parameters()], "lr": HEADS_RATE},
    ])  # fmt: skip
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / 60) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(1, step / max(1, steps)))))
    )
    # A missed emergency costs more than a false alarm.
    weight = torch.tensor([1.6 if urgency == EMERGENCY else 1.0 for urgency in URGENCIES])
    queue: list[list[int]] = []
    # The same in every process, so that each has a share of the same batch, and none waits for longer messages than its own.
    chance = random.Random(SEED)
    network.train()
    for step in range(steps):
        queue = queue or batches(messages, old, chance)
        texts, truth, urgency, question = zip(*(drawn(messages, one) for one in queue.pop()[place::processes]), strict=True)
        asked = torch.tensor(question)
        # What is said later in a conversation teaches nothing about a first message: there, short words mean other things.
        first = asked == 0
        with torch.autocast("cpu", torch.bfloat16):
            vectors = encode(list(texts))
        vectors = vectors.float() * SHARPNESS
        loss = 0.5 * F.cross_entropy(questions(vectors), asked, label_smoothing=0.05)
        if first.any():
            told, now = torch.tensor(np.stack(truth))[first] * 0.96 + 0.02, torch.tensor(urgency)[first]
            loss = loss + 1.5 * F.cross_entropy(urgencies(vectors[first]), now, weight=weight, label_smoothing=0.05)
            loss = loss + 8 * F.binary_cross_entropy_with_logits(situations(vectors[first]), told)
        loss.backward()
        if processes > 1:
            average([*learnt, *situations.parameters(), *urgencies.parameters(), *questions.parameters()])
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 50 == 0 and place == 0:
            print(f"step {step} of {steps}, loss {loss.item():.2f}", file=sys.stderr, flush=True)

    if place:
        return
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
        inputs = largest_inputs(encode, network, [message.text for message in random.sample(messages, 300)])
    np.savez_compressed(ENCODER / "reference.npz", texts=np.array(REFERENCE), vectors=vectors)
    np.savez_compressed(ENCODER / "inputs.npz", **inputs)


if __name__ == "__main__":
    main()
