"""The logistic regression of the heads: the same answer as scikit-learn's, whatever the features look like."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack, random
from sklearn.linear_model import LogisticRegression

from bot.understanding import logistic

ROWS = 400


def features(seed: int, common: int, rare: int):
    """Some columns that every row has, and some that few have."""
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(ROWS, common)) @ np.diag(np.linspace(0.1, 3, common)) if common else np.zeros((ROWS, 0))
    sparse = random(ROWS, rare, density=0.05, random_state=seed, format="csr") if rare else csr_matrix((ROWS, 0))
    return hstack([sparse, csr_matrix(table)]).tocsr().astype(np.float32)


def answers(seed: int, shares=(0.5, 0.1, 0.02)) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.stack([np.arange(ROWS) % round(1 / share) == chance.integers(2) for share in shares], axis=1).astype(np.int8)


@pytest.fixture()
def to_the_end(monkeypatch):
    """As long as anything is left to gain."""
    monkeypatch.setattr(logistic, "LEAST_GAIN", 0.0)


@pytest.mark.usefixtures("to_the_end")
@pytest.mark.parametrize(("common", "rare"), [(12, 60), (12, 0), (0, 60)], ids=["both", "common", "rare"])
@pytest.mark.parametrize("strength", [0.3, 4.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_weights_are_those_that_scikit_learn_finds(seed, strength, common, rare):
    rows, truth = features(seed, common, rare), answers(seed)
    found = logistic.fit(rows, truth, strength)
    assert found.shape == (common + rare + 1, truth.shape[1])
    for column in range(truth.shape[1]):
        known = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", tol=1e-6, max_iter=1000)
        known.fit(rows.astype(np.float64), truth[:, column])
        scores = rows @ found[:-1, column] + found[-1, column]
        assert np.allclose(scores, known.decision_function(rows), rtol=0.02, atol=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_stopping_where_little_is_left_to_gain_changes_hardly_a_score(seed, monkeypatch):
    rows, truth = features(seed, 12, 60), answers(seed)
    soon = logistic.fit(rows, truth, 4.0)
    monkeypatch.setattr(logistic, "LEAST_GAIN", 0.0)
    late = logistic.fit(rows, truth, 4.0)
    scores = [rows @ weights[:-1] + weights[-1] for weights in (soon, late)]
    assert np.mean((scores[0] > 0) == (scores[1] > 0)) > 0.995
    assert np.corrcoef(scores[0].ravel(), scores[1].ravel())[0, 1] > 0.999


@pytest.mark.usefixtures("to_the_end")
def test_where_it_begins_changes_nothing():
    rows, truth = features(1, 12, 60), answers(1)
    found = logistic.fit(rows, truth, 4.0)
    elsewhere = logistic.fit(rows, truth, 4.0, start=np.random.default_rng(5).normal(size=found.shape).astype(np.float32))
    assert np.allclose(rows @ elsewhere[:-1], rows @ found[:-1], atol=0.05)


@pytest.mark.usefixtures("to_the_end")
def test_many_rows_are_begun_from_what_a_part_of_them_says_and_end_where_they_would(monkeypatch):
    rows, truth = features(2, 12, 60), np.random.default_rng(2).permutation(answers(2, (0.5, 0.1)))
    found = logistic.fit(rows, truth, 4.0)
    begun = []
    plainly = logistic.minimize
    monkeypatch.setattr(logistic, "MANY", ROWS // 2)
    monkeypatch.setattr(logistic, "minimize", lambda loss, start, **how: begun.append(start) or plainly(loss, start, **how))
    again = logistic.fit(rows, truth, 4.0)
    assert len(begun) == 2 and not begun[0].any() and begun[1].any()
    assert np.allclose(rows @ again[:-1], rows @ found[:-1], atol=0.05)
    begun.clear()
    logistic.fit(rows, np.where(np.arange(ROWS)[:, None] == 1, 1, [[0]]), 4.0)
    assert len(begun) == 1, "a quarter of the rows that holds no answer of a kind begins nothing"


def test_a_rare_answer_weighs_as_much_as_a_frequent_one():
    rows = csr_matrix(np.repeat([[1.0], [0.0]], [20, 380], axis=0).astype(np.float32))
    truth = np.repeat([[1], [0]], [20, 380], axis=0)
    found = logistic.fit(rows, truth, 4.0)
    assert rows[0] @ found[:-1] + found[-1] > 0 > found[-1]
