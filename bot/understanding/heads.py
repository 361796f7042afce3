"""Linear heads over two views of a message: its meaning (a sentence vector) and its letters (word and character n-grams).

In: texts, vectors and yes/no labels. Out: calibrated probabilities. Stored as arrays and JSON, never as code.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Callable

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

# One message in seven calibrates. The encoder was not tuned on these either, so their scores are as a stranger's would be.
CALIBRATION_SHARE = 7
MEANING_WEIGHT = 4.0
LETTERS_WEIGHT = 0.7
SEED = 7


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
        return self

    def transform(self, texts: list[str]) -> Any:
        """Sparse [len(texts), n]."""
        return hstack([self._words.transform(texts), self._runs.transform(texts)]).tocsr()

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
        return letters


def combine(letters: Any, vectors: np.ndarray) -> Any:
    """Both views side by side, sparse [n, letters + 768]."""
    return hstack([csr_matrix(vectors * MEANING_WEIGHT, dtype=np.float32), letters * LETTERS_WEIGHT]).tocsr()


class Heads:
    """One yes/no question a label: a weight for each feature, an offset, and two numbers that turn scores into probabilities."""

    def __init__(self, labels: list[str], weights: np.ndarray, offsets: np.ndarray, slopes: np.ndarray, shifts: np.ndarray) -> None:
        self.labels = labels
        self._weights, self._offsets, self._slopes, self._shifts = weights, offsets, slopes, shifts

    @classmethod
    def fit(
        cls, labels: list[str], features: Any, truth: np.ndarray, kept: np.ndarray, strength: float, say: Callable[[str], None]
    ) -> "Heads":
        """`features` [n, m], `truth` [n, labels] of 0 and 1, `kept` [n]: which rows calibrate; `strength`: how freely the weights may
        grow. The scores that calibrate come from weights learnt without those rows; the weights that stay learn from all."""
        learnt = np.flatnonzero(~kept)

        def learn(column: int) -> tuple[np.ndarray, float, float, float]:
            say(f"{column + 1} of {len(labels)}: {labels[column]}")
            answers = truth[:, column]
            stranger = _logistic(strength).fit(features[learnt], answers[learnt])
            curve = LogisticRegression(C=1.0).fit(stranger.decision_function(features[kept])[:, None], answers[kept])
            model = _logistic(strength).fit(features, answers)
            return model.coef_[0], model.intercept_[0], curve.coef_[0, 0], curve.intercept_[0]

        found = Parallel(n_jobs=2, prefer="threads")(delayed(learn)(column) for column in range(len(labels)))
        weights, offsets, slopes, shifts = (np.array(part, dtype=np.float32) for part in zip(*found, strict=True))
        weights = weights.T
        return cls(labels, weights, offsets, slopes, shifts)

    def probabilities(self, features: Any) -> np.ndarray:
        """Float [n, labels], each between 0 and 1."""
        scores = (features @ self._weights + self._offsets) * self._slopes + self._shifts
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30))))

    def save(self, path: Path) -> None:
        np.savez(
            path, labels=np.array(self.labels), weights=self._weights.astype(np.float16),
            offsets=self._offsets, slopes=self._slopes, shifts=self._shifts,
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> "Heads":
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                [str(label) for label in stored["labels"]], stored["weights"].astype(np.float32),
                stored["offsets"], stored["slopes"], stored["shifts"],
            )  # fmt: skip


def _logistic(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", random_state=SEED, max_iter=200)
