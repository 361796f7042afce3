"""Linear heads over two views of a message: its meaning (a sentence vector) and its letters (word and character n-grams).

In: texts, vectors and yes/no labels. Out: calibrated probabilities. Stored as arrays and JSON, never as code.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Callable

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit, softmax
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.errors import TrainingDataError
from bot.understanding import logistic

# One message in seven calibrates. The encoder was not tuned on these either, so their scores are as a stranger's would be.
CALIBRATION_SHARE = 7
MEANING_WEIGHT = 4.0
LETTERS_WEIGHT = 0.7


def calibrates(text: str) -> bool:
    """Whether this training message is among those kept for calibration: by its own words, so that the choice never moves."""
    return int(hashlib.sha256(text.encode("utf-8")).hexdigest(), 16) % CALIBRATION_SHARE == 0


class Letters:
    """Word pairs and character runs, weighed by how telling they are (tf-idf)."""

    def __init__(self) -> None:
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, dtype=np.float32)
        self._runs = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, max_features=40_000, dtype=np.float32
        )

    def fit(self, texts: list[str]) -> "Letters":
        self._words.fit(texts)
        self._runs.fit(texts)
        return self._ready()

    def transform(self, texts: list[str]) -> Any:
        """Sparse float32 [len(texts), n]."""
        return side_by_side(_weighed(self._words, self._word_weights, texts), _weighed(self._runs, self._run_weights, texts))

    def words(self) -> set[str]:
        """Every single word that the training messages hold twice or more."""
        return {word for word in self._words.vocabulary_ if " " not in word}

    def save(self, folder: Path) -> None:
        for name, vectorizer in (("words", self._words), ("runs", self._runs)):
            ordered = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
            (folder / f"{name}.json").write_text(json.dumps(ordered), encoding="utf-8")
            np.save(folder / f"{name}.npy", vectorizer.idf_.astype(np.float32))

    @classmethod
    def load(cls, folder: Path) -> "Letters":
        letters = cls()
        for name, vectorizer in (("words", letters._words), ("runs", letters._runs)):
            ordered = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            vectorizer.vocabulary_ = {term: place for place, term in enumerate(ordered)}
            vectorizer.idf_ = np.load(folder / f"{name}.npy")
        return letters._ready()

    def _ready(self) -> "Letters":
        # A vectorizer makes them anew from a matrix each time they are asked for.
        self._word_weights, self._run_weights = (vectorizer.idf_.astype(np.float32) for vectorizer in (self._words, self._runs))
        return self


def _weighed(vectorizer: TfidfVectorizer, weights: np.ndarray, texts: list[str]) -> Any:
    """What `vectorizer.transform` gives, in a third of its time for a single text: sparse float32 [len(texts), n], rows of length one."""
    counts = CountVectorizer.transform(vectorizer, texts)
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    counts.data = (np.log(counts.data) + 1) * weights[counts.indices]
    counts.data /= np.sqrt(np.bincount(rows, weights=counts.data**2, minlength=len(texts))).astype(np.float32)[rows]
    return counts


def combine(letters: Any, vectors: np.ndarray) -> Any:
    """Both views side by side, sparse float32 [n, 768 + letters]."""
    rows, width = vectors.shape
    places = np.tile(np.arange(width, dtype=np.int32), rows), np.arange(rows + 1, dtype=np.int32) * width
    meaning = csr_matrix(((vectors * MEANING_WEIGHT).astype(np.float32).ravel(), *places), shape=vectors.shape)
    return side_by_side(meaning, letters * np.float32(LETTERS_WEIGHT))


def side_by_side(left: Any, right: Any) -> Any:
    """Two sparse matrices of as many rows as one. SciPy's own way to it takes a tenth of a turn, for a single row."""
    if left.shape[0] != 1:
        return hstack([left, right], format="csr")
    columns = np.concatenate([left.indices, right.indices + left.shape[1]])
    return csr_matrix(
        (np.concatenate([left.data, right.data]), columns, np.array([0, len(columns)], dtype=np.int32)),
        shape=(1, left.shape[1] + right.shape[1]),
    )  # fmt: skip


class Heads:
    """One yes/no question a label: a weight for each feature, an offset, and the numbers that turn scores into probabilities.

    The last labels may be such that exactly one of them holds. Their scores are then weighed against each other: for each, `among` has a
    row of weights for the scores of all of them, and an offset.
    """

    def __init__(
        self, labels: list[str], weights: np.ndarray, offsets: np.ndarray, slopes: np.ndarray, shifts: np.ndarray, among: np.ndarray
    ) -> None:
        self.labels = labels
        self._weights, self._offsets, self._slopes, self._shifts, self._among = weights, offsets, slopes, shifts, among

    @classmethod
    def fit(
        cls, labels: list[str], features: Any, truth: np.ndarray, kept: np.ndarray, strength: float, say: Callable[[str], None],
        exclusive: int = 0,
    ) -> "Heads":  # fmt: skip
        """`features` [n, m], `truth` [n, labels] of 0 and 1, `kept` [n]: which rows calibrate; `strength`: how freely the weights may
        grow; `exclusive`: of how many of the last labels, three or more, exactly one holds. The scores that calibrate come from weights
        learnt without those rows; the weights that stay learn from all.

        Raises TrainingDataError where a label has nothing to learn from."""
        missing = [label for column, label in enumerate(labels) if not 0 < truth[~kept, column].sum() < len(truth[~kept])]
        if missing:
            raise TrainingDataError(f"data/nlu needs messages with and without {missing[0]}: write some.")
        say("1 of 2: from six messages in seven, so that the seventh can calibrate")
        stranger = logistic.fit(features[~kept], truth[~kept], strength)
        scores = features[kept] @ stranger[:-1] + stranger[-1]
        say("2 of 2: from all messages")
        learnt = logistic.fit(features, truth, strength, start=stranger)
        single = len(labels) - exclusive
        curves = [LogisticRegression(C=1.0).fit(scores[:, [column]], truth[kept, column]) for column in range(single)]
        slopes, shifts = (np.array([getattr(curve, part).item() for curve in curves], dtype=np.float32) for part in ("coef_", "intercept_"))
        among = np.zeros((exclusive, exclusive + 1), dtype=np.float32)
        if exclusive:
            contest = LogisticRegression(C=1.0).fit(scores[:, single:], truth[kept, single:].argmax(axis=1))
            among = np.hstack([contest.coef_, contest.intercept_[:, None]]).astype(np.float32)
        return cls(labels, learnt[:-1], learnt[-1], slopes, shifts, among)

    def probabilities(self, features: Any) -> np.ndarray:
        """Float [n, labels], each between 0 and 1; those of labels that exclude each other add up to 1."""
        scores = np.asarray(features @ self._weights + self._offsets)
        single = len(self._slopes)
        likely = expit(np.clip(scores[:, :single] * self._slopes + self._shifts, -30, 30))
        if not len(self._among):
            return np.asarray(likely)
        return np.hstack([likely, softmax(scores[:, single:] @ self._among[:, :-1].T + self._among[:, -1], axis=1)])

    def save(self, path: Path) -> None:
        np.savez(
            path, labels=np.array(self.labels), weights=self._weights.astype(np.float16),
            offsets=self._offsets, slopes=self._slopes, shifts=self._shifts, among=self._among,
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> "Heads":
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                [str(label) for label in stored["labels"]], stored["weights"].astype(np.float32),
                stored["offsets"], stored["slopes"], stored["shifts"], stored["among"],
            )  # fmt: skip
