"""The measures of understanding: shares with their confidence intervals, precision and recall, calibration, trade-off curves.

In: truths and answers. Out: numbers. Pure: no files, no model.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Iterable, Sequence

import numpy as np
from sklearn.metrics import roc_curve

CONFIDENCE = 1.959964  # two-sided, 95 %


@dataclass(frozen=True)
class Share:
    """How many of how many, with Wilson's interval, in which the true share lies 95 times in 100."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        z2 = CONFIDENCE**2
        middle = (self.value + z2 / (2 * self.of)) / (1 + z2 / self.of)
        half = CONFIDENCE * sqrt(self.value * (1 - self.value) / self.of + z2 / (4 * self.of**2)) / (1 + z2 / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)

    def to_dict(self) -> dict[str, float | int | list[float]]:
        return {"hits": self.hits, "of": self.of, "value": round(self.value, 4), "interval": [round(end, 4) for end in self.interval]}


def share(answers: Iterable[bool]) -> Share:
    """The share of true ones."""
    counted = [bool(answer) for answer in answers]
    return Share(sum(counted), len(counted))


@dataclass(frozen=True)
class Found:
    """How well one label is found: `truly` messages have it, `said` were given it, `both` rightly."""

    label: str
    truly: int
    said: int
    both: int

    @property
    def precision(self) -> Share:
        return Share(self.both, self.said)

    @property
    def recall(self) -> Share:
        return Share(self.both, self.truly)

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.truly + self.said) if self.truly + self.said else 0.0


def found_by_label(labels: Sequence[str], truths: Sequence[set[str]], answers: Sequence[set[str]]) -> list[Found]:
    """One Found a label; a message may have several labels, and each counts."""
    pairs = list(zip(truths, answers, strict=True))
    return [
        Found(
            label, sum(label in truth for truth in truths), sum(label in answer for answer in answers),
            sum(label in truth and label in answer for truth, answer in pairs),
        )
        for label in labels
    ]  # fmt: skip


def macro_f1(found: Sequence[Found]) -> float:
    """The mean of F1 over the labels that occur in truth or answers."""
    occurring = [entry.f1 for entry in found if entry.truly or entry.said]
    return float(np.mean(occurring)) if occurring else 0.0


def confusion(labels: Sequence[str], truths: Sequence[str], answers: Sequence[str]) -> np.ndarray:
    """Counts [truth, answer], in the order of `labels`."""
    table = np.zeros((len(labels), len(labels)), dtype=int)
    for truth, answer in zip(truths, answers, strict=True):
        table[labels.index(truth), labels.index(answer)] += 1
    return table


@dataclass(frozen=True)
class Bin:
    """The answers whose probability lay in one range: how many, what was promised on average, and what came true."""

    count: int
    promised: float
    true: float


def reliability(probabilities: Sequence[float], truths: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Probabilities sorted into ranges of equal width; empty ranges are left out."""
    promised, true = np.asarray(probabilities, dtype=float), np.asarray(truths, dtype=float)
    places = np.minimum((promised * bins).astype(int), bins - 1)
    return [
        Bin(int((places == place).sum()), float(promised[places == place].mean()), float(true[places == place].mean()))
        for place in range(bins)
        if (places == place).any()
    ]


def calibration_error(ranges: Sequence[Bin]) -> float:
    """How far promised and true lie apart on average, each range by its weight (the expected calibration error)."""
    total = sum(entry.count for entry in ranges)
    return sum(entry.count * abs(entry.promised - entry.true) for entry in ranges) / total if total else 0.0


@dataclass(frozen=True)
class Curve:
    """Recall against false alarms, for every threshold."""

    false_alarms: tuple[float, ...]
    recall: tuple[float, ...]

    def recall_at(self, false_alarms: float) -> float:
        """The best recall with at most so many false alarms."""
        return max((found for alarms, found in zip(self.false_alarms, self.recall, strict=True) if alarms <= false_alarms), default=0.0)


def trade_off(scores: Sequence[float], danger: Sequence[bool]) -> Curve:
    """`danger` are the truths. Without both kinds of message there is no curve, and it is empty."""
    if len(set(map(bool, danger))) < 2:
        return Curve((), ())
    alarms, found, _ = roc_curve(np.asarray(danger, dtype=int), np.asarray(scores, dtype=float), drop_intermediate=True)
    return Curve(tuple(map(float, alarms)), tuple(map(float, found)))
