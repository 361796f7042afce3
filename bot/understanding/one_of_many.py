"""A linear head that picks one label of many, and says how sure it is of the pick.

In: features and a label for each row. Out: the likeliest label with a probability that it is right. Learnt in closed form (ridge
regression), so that a hundred labels cost no more time than one; every row also calibrates, by what the others say of it.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.linalg import lapack
from sklearn.linear_model import LogisticRegression

# A feature that weighs less than this share of the heaviest, whatever the label, is left out. Half of them do, by far, and they take as
# much memory as those that decide.
LEAST_SHARE = 0.01
LEFT_OUT = -1
# Sparse products leave Python's lock alone, so that two of them take two cores. In so many strips, each a little longer than the one
# before, since only one half of a symmetric table is needed.
CORES, STRIPS = 2, 8


class OneOfMany:
    """Weights for each label, and the curve from (score, lead over the second) to a probability."""

    def __init__(self, labels: list[str], places: np.ndarray, weights: np.ndarray, offsets: np.ndarray, curve: np.ndarray) -> None:
        """`places` [m]: for each feature its row in `weights` [telling features, labels], or LEFT_OUT."""
        self.labels = labels
        self._places, self._weights, self._offsets, self._curve = places, weights, offsets, curve

    @classmethod
    def fit(cls, features: Any, answers: list[str], stiffness: float) -> "OneOfMany":
        """`features` sparse [n, m], `answers` [n]; the greater `stiffness`, the smoother the weights. Labels count alike, rare or not."""
        labels = sorted(set(answers))
        truth = np.array([labels.index(answer) for answer in answers])
        share = np.sqrt(1.0 / np.bincount(truth)[truth])
        scale = (share / share.mean()).astype(np.float32)
        targets = -np.ones((len(truth), len(labels)), dtype=np.float32)
        targets[np.arange(len(truth)), truth] = 1.0
        kernel = _products(features)
        kernel += 1.0
        kernel *= scale[:, None]
        kernel *= scale[None, :]
        kernel[np.diag_indices_from(kernel)] += stiffness
        root = _inverse_root(kernel)
        duals = root.T @ (root @ (targets * scale[:, None]))
        # What all the other rows together say of each row.
        unseen = targets - duals / np.einsum("ij,ij->j", root, root)[:, None] / scale[:, None]
        first, lead = _first_and_lead(unseen)
        model = LogisticRegression(C=10.0).fit(np.stack([unseen[np.arange(len(truth)), first], lead], axis=1), first == truth)
        weighed = (duals * scale[:, None]).astype(np.float32)
        weights = np.asarray(features.T @ weighed, dtype=np.float32)
        heaviest = np.abs(weights).max(axis=1)
        telling = heaviest >= LEAST_SHARE * heaviest.max()
        places = np.where(telling, np.cumsum(telling) - 1, LEFT_OUT).astype(np.int32)
        return cls(
            labels, places, weights[telling], weighed.sum(axis=0), np.array([*model.coef_[0], model.intercept_[0]], dtype=np.float32)
        )

    def pick(self, features: Any) -> tuple[list[str], float]:
        """The labels of one row, likeliest first, and the probability that the first is the right one."""
        places = self._places[features.indices]
        telling = places != LEFT_OUT
        scores = (features.data[telling] @ self._weights[places[telling]] + self._offsets)[None]
        first, lead = _first_and_lead(scores)
        sure = self._curve[0] * scores[0, first[0]] + self._curve[1] * lead[0] + self._curve[2]
        return [self.labels[place] for place in np.argsort(-scores[0])], float(1.0 / (1.0 + np.exp(-np.clip(sure, -30, 30))))

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path, labels=np.array(self.labels), places=self._places, weights=self._weights.astype(np.float16),
            offsets=self._offsets, curve=self._curve,
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> "OneOfMany":
        with np.load(path, allow_pickle=False) as stored:
            labels = [str(label) for label in stored["labels"]]
            return cls(labels, stored["places"], stored["weights"].astype(np.float32), stored["offsets"], stored["curve"])


def _products(features: Any) -> np.ndarray:
    """Every row times every row that is not after it; above that, something else. Columns that are mostly filled are multiplied as such,
    which takes a small part of the time."""
    filled = features.getnnz(axis=0) > features.shape[0] / 2
    dense, sparse = features[:, filled].toarray(), features[:, ~filled].tocsr()
    products = np.asarray(dense @ dense.T)
    turned = sparse.T.tocsc()

    def strip(ends: tuple[int, int]) -> None:
        begin, end = ends
        products[begin:end, :end] += (sparse[begin:end] @ turned[:, :end]).toarray()

    # So that the strips are of one area.
    ends = np.round(features.shape[0] * np.sqrt(np.arange(STRIPS + 1) / STRIPS)).astype(int).tolist()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(strip, zip(ends, ends[1:], strict=False)))
    return products


def _inverse_root(kernel: np.ndarray) -> np.ndarray:
    """R of kernel⁻¹ = RᵀR, from the lower half of a float32 matrix that is symmetric and positive, in its own place: half the work of the
    inverse, which nobody needs as a whole."""
    root, failed = lapack.spotrf(np.asfortranarray(kernel), lower=1, clean=1, overwrite_a=1)
    inverse, broken = lapack.strtri(root, lower=1, overwrite_c=1)
    if failed or broken:
        raise np.linalg.LinAlgError("the messages' products are no positive matrix")
    return np.asarray(inverse)


def _first_and_lead(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first = scores.argmax(axis=1)
    ordered = np.sort(scores, axis=1)
    return first, ordered[:, -1] - ordered[:, -2]
