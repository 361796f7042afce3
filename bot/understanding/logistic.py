"""Logistic regression for many yes/no questions at once, over the same rows.

In: features, and yes or no for each row and question. Out: a weight for each feature and question, and an offset for each.
All questions are solved together, because reading the features is what takes the time, and one reading does for all.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

ROUNDS = 300
# The largest slope, of a loss summed over all rows, at which nothing is left to gain.
FLAT = 0.03
# The share of the loss that a round has to gain for another to follow. Without it, twice the rounds change one answer in four thousand.
LEAST_GAIN = 1e-5
# More rows than these are begun from what one row in four says.
MANY, ONE_IN, ROUGH_GAIN = 8_000, 4, 1e-4
# Sparse products leave Python's lock alone, so that two halves of them take two cores.
CORES = 2
# How much a row bends the loss at a typical weight: near 0.25 for a row that could go either way, near 0 for a plain one.
BEND = 0.003


def fit(
    features: Any, truth: np.ndarray, strength: float, start: np.ndarray | None = None, least_gain: float | None = None
) -> np.ndarray:
    """The weights [m + 1, questions] for `features`, sparse [n, m], and `truth` [n, questions] of 0 and 1; the last row are the offsets.

    Both answers to a question weigh the same, however rare one is. `strength` is how freely the weights may grow (the C of a
    logistic regression); `start`, weights to begin from, saves rounds and changes nothing else; `least_gain`: in place of
    LEAST_GAIN.
    """
    if start is None and features.shape[0] > MANY and _answered_both_ways(truth[::ONE_IN]):
        start = fit(features[::ONE_IN], truth[::ONE_IN], strength, least_gain=ROUGH_GAIN)
    rows = _Rows(features, BEND * strength)
    signs = np.where(truth > 0, 1.0, -1.0).astype(np.float32)
    yes = truth.mean(axis=0, dtype=np.float64)
    weight = (strength * np.where(truth > 0, 0.5 / yes, 0.5 / (1.0 - yes))).astype(np.float32)
    shape = (rows.width, truth.shape[1])

    def loss(steps: np.ndarray) -> tuple[float, np.ndarray]:
        weights = rows.weights_of(steps.reshape(shape))
        margins = signs * rows.times(weights.astype(np.float32))
        losses = weight * np.logaddexp(0.0, -margins)
        slopes = -weight * signs * np.exp(-np.logaddexp(0.0, margins))
        total = losses.sum(dtype=np.float64) + 0.5 * np.vdot(weights, weights)
        return float(total), rows.steps_back(rows.transposed_times(slopes) + weights).ravel()

    begin = np.zeros(shape) if start is None else rows.steps_of(start[rows.order])
    options = {"maxiter": ROUNDS, "maxcor": 8, "gtol": FLAT, "ftol": LEAST_GAIN if least_gain is None else least_gain}
    found = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options=options)
    weights = np.empty(shape, dtype=np.float32)
    weights[rows.order] = rows.weights_of(found.x.reshape(shape))
    return weights


def _answered_both_ways(truth: np.ndarray) -> bool:
    return bool((truth.any(axis=0) & ~truth.all(axis=0)).all())


class _Rows:
    """Features and a column of ones in two parts: what almost every row has is quicker as a plain table. Both are measured in
    steps that bend the loss alike; without that, a few heavy features would hold up the many light ones."""

    def __init__(self, features: Any, bend: float) -> None:
        features = csr_matrix(features, dtype=np.float32)
        common = np.bincount(features.indices, minlength=features.shape[1]) > 0.5 * features.shape[0]
        ones = np.ones((features.shape[0], 1), dtype=np.float32)
        self._table = np.hstack([features[:, common].toarray(), ones])
        sparse = features[:, ~common].tocsr()
        self._sparse, self._turned = _halves(sparse), _halves(sparse.T.tocsr())
        self._pool = ThreadPoolExecutor(CORES)
        self._cut = self._table.shape[1]
        self.width = features.shape[1] + 1
        # The place of each column of the two parts among the features.
        self.order = np.concatenate([np.flatnonzero(common), [features.shape[1]], np.flatnonzero(~common)])
        self._root = cholesky(np.eye(self._cut) + bend * (self._table.T @ self._table), lower=True)
        squares = np.asarray(sparse.multiply(sparse).sum(axis=0)).reshape(-1, 1)
        self._pace = 1.0 / np.sqrt(1.0 + bend * squares)

    def weights_of(self, steps: np.ndarray) -> np.ndarray:
        table = solve_triangular(self._root, steps[: self._cut], lower=True, trans="T")
        return np.vstack([table, steps[self._cut :] * self._pace])

    def steps_of(self, weights: np.ndarray) -> np.ndarray:
        return np.vstack([self._root.T @ weights[: self._cut], weights[self._cut :] / self._pace])

    def steps_back(self, slopes: np.ndarray) -> np.ndarray:
        """The slopes of weights as the slopes of steps."""
        return np.vstack([solve_triangular(self._root, slopes[: self._cut], lower=True), slopes[self._cut :] * self._pace])

    def times(self, weights: np.ndarray) -> np.ndarray:
        sparse = self._pool.map(lambda half: half @ weights[self._cut :], self._sparse)
        return np.asarray(self._table @ weights[: self._cut] + np.vstack(list(sparse)))

    def transposed_times(self, values: np.ndarray) -> np.ndarray:
        return np.vstack([self._table.T @ values, *self._pool.map(lambda half: half @ values, self._turned)])


def _halves(sparse: Any) -> list[Any]:
    """The upper and the lower rows, with about as many values each."""
    middle = int(np.searchsorted(sparse.indptr, sparse.indptr[-1] / 2))
    return [sparse[:middle], sparse[middle:]]
