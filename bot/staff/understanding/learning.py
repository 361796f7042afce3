"""How much more messages still help: the heads learnt again from an eighth, a quarter, half and all of the training messages.

In: trained and kept messages with their vectors. Out: what each share finds of the kept ones. The encoder stays as it is.
"""

import hashlib
from dataclasses import dataclass
from typing import Callable, Iterable, Sequence

import numpy as np

from bot.staff.understanding.measures import found_by_label, macro_f1, trade_off
from bot.staff.understanding.messages import Labelled
from bot.understanding.genders import as_read
from bot.understanding.heads import Heads, Letters, calibrates, combine
from bot.understanding.labels import EMERGENCY, NONE, SITUATIONS, URGENCIES
from bot.understanding.situations import chosen
from bot.understanding.text import clean

SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
FALSE_ALARMS = 0.03


@dataclass(frozen=True)
class Learnt:
    """From so many messages: emergencies found by the heads alone at 3 % false alarms, and the situations' macro F1."""

    messages: int
    recall: float
    macro_f1: float


def learning_curve(
    trained: Sequence[Labelled], trained_vectors: np.ndarray, kept: Sequence[Labelled], kept_vectors: np.ndarray,
    strength: float, threshold: float, shares: Sequence[float] = SHARES,
    progress: Callable[[Iterable[float]], Iterable[float]] = iter,
) -> list[Learnt]:  # fmt: skip
    """`strength` and `threshold` as config.yml has them. Every share holds the smaller ones; which messages they are never changes."""
    order = np.argsort([hashlib.sha256(f"share {message.text}".encode()).hexdigest() for message in trained])
    return [
        _learn([trained[place] for place in part], trained_vectors[part], kept, kept_vectors, strength, threshold)
        for part in (np.sort(order[: max(1, round(len(trained) * share))]) for share in progress(shares))
    ]


def _learn(
    trained: list[Labelled], trained_vectors: np.ndarray, kept: Sequence[Labelled], kept_vectors: np.ndarray,
    strength: float, threshold: float,
) -> Learnt:  # fmt: skip
    texts = [as_read(message.text) for message in trained]
    letters = Letters().fit(texts)
    rows = combine(letters.transform(texts), trained_vectors)
    asked = combine(letters.transform([as_read(message.text) for message in kept]), kept_vectors)
    calibrating = np.array([calibrates(clean(message.text)) for message in trained])

    def probabilities(labels: Sequence[str], truth: np.ndarray) -> np.ndarray:
        # Of few messages, none may have a rare label; nothing is learnt of that one then.
        parts = (truth[calibrating], truth[~calibrating])
        told = [column for column in range(len(labels)) if all(0 < part[:, column].mean() < 1 for part in parts)]
        answers = np.zeros((len(kept), len(labels)))
        if told:
            heads = Heads.fit([labels[column] for column in told], rows, truth[:, told], calibrating, strength, _silent)
            answers[:, told] = heads.probabilities(asked)
        return answers

    told_urgencies = [[message.urgency == label for label in URGENCIES] for message in trained]
    told_situations = [[label in message.situations for label in SITUATIONS] for message in trained]
    urgencies = probabilities(URGENCIES, np.array(told_urgencies, dtype=np.int8))
    situations = probabilities(SITUATIONS, np.array(told_situations, dtype=np.int8))
    judged = [place for place, message in enumerate(kept) if message.urgency in (EMERGENCY, NONE)]
    danger = urgencies[:, URGENCIES.index(EMERGENCY)]
    curve = trade_off([danger[place] for place in judged], [kept[place].urgency == EMERGENCY for place in judged])
    answers = [set(chosen(dict(zip(SITUATIONS, row, strict=True)), threshold)) for row in situations.tolist()]
    found = found_by_label(SITUATIONS, [set(message.situations) for message in kept], answers)
    return Learnt(len(trained), curve.recall_at(FALSE_ALARMS), macro_f1(found))


def _silent(_: str) -> None:
    """The heads tell of their progress label by label, which nobody needs here."""
