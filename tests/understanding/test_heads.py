"""The heads and their view of letters: what is stored is what was learnt."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.errors import TrainingDataError
from bot.settings import ROOT
from bot.understanding.heads import CALIBRATION_SHARE, Heads, Letters, calibrates, combine

WHERE = [
    (who, verb, place) for who in ("we", "they", "i") for verb in ("feel", "felt", "are") for place in ("here", "outside", "today", "now")
]
COLD = [f"{who} {verb} cold {place}" for who, verb, place in WHERE]
WARM = [f"{who} {verb} warm {place}" for who, verb, place in WHERE]
TEXTS = COLD + WARM
LABELS = ["cold", "warm"]


def vectors(number: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(number, 8)).astype(np.float32) / 10


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters().fit(TEXTS)


@pytest.fixture(scope="module")
def features(letters):
    return combine(letters.transform(TEXTS), vectors(len(TEXTS)))


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return np.array([[text in COLD, text in WARM] for text in TEXTS], dtype=np.int8)


@pytest.fixture(scope="module")
def heads(features, truth) -> Heads:
    kept = np.arange(len(TEXTS)) % 4 == 0
    return Heads.fit(LABELS, features, truth, kept, 4.0, lambda text: None)


# Letters


def test_letters_that_were_stored_read_just_as_before(letters, tmp_path):
    letters.save(tmp_path)
    again = Letters.load(tmp_path)
    for texts in (TEXTS, ["we feel cold", "quite another thing", "", "🌧", "COLD cold CoLd", "cöld"]):
        before, after = letters.transform(texts), again.transform(texts)
        assert before.shape == after.shape
        assert np.allclose(before.toarray(), after.toarray(), atol=1e-6)
    assert again.words() == letters.words()


def test_letters_that_were_stored_twice_are_still_the_same(letters, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    letters.save(tmp_path / "a")
    Letters.load(tmp_path / "a").save(tmp_path / "b")
    for name in ("words.json", "runs.json", "words.npy", "runs.npy"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_letters_are_stored_as_words_and_numbers_and_never_as_code(letters, tmp_path):
    letters.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs.json", "runs.npy", "words.json", "words.npy"]
    for name in ("words", "runs"):
        terms = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        weights = np.load(tmp_path / f"{name}.npy", allow_pickle=False)
        assert len(terms) == len(set(terms)) == len(weights)


def test_letters_see_through_a_misspelling(letters):
    right, near, far = letters.transform(["outside", "outsde", "qqqq"]).toarray()
    assert right @ near > 0.2
    assert right @ far == 0


def test_letters_know_the_single_words_they_learnt(letters):
    assert {"cold", "warm", "outside"} <= letters.words()
    assert not [word for word in letters.words() if " " in word]


def test_both_views_stand_side_by_side(letters):
    rows = letters.transform(TEXTS[:3])
    both = combine(rows, vectors(3))
    assert both.shape == (3, rows.shape[1] + 8)
    assert both.dtype == np.float32


# Heads


def test_the_heads_learn_what_is_plain(heads, letters):
    likely = heads.probabilities(combine(letters.transform(["we feel cold today", "we feel warm today"]), vectors(2) * 0))
    assert likely[0, 0] > 0.5 > likely[0, 1]
    assert likely[1, 1] > 0.5 > likely[1, 0]


@pytest.mark.parametrize("seed", range(20))
def test_a_probability_is_between_0_and_1_whatever_the_features(heads, features, seed):
    chance = np.random.default_rng(seed)
    wild = csr_matrix(chance.normal(size=(5, features.shape[1])).astype(np.float32) * 10.0 ** (seed - 5))
    likely = heads.probabilities(wild)
    assert likely.shape == (5, 2)
    assert np.all((likely >= 0) & (likely <= 1))


def test_nothing_at_all_still_has_a_probability(heads, features):
    likely = heads.probabilities(csr_matrix((1, features.shape[1]), dtype=np.float32))
    assert np.all((likely > 0) & (likely < 1))


def test_heads_that_were_stored_judge_as_before(heads, features, tmp_path):
    heads.save(tmp_path / "heads.npz")
    again = Heads.load(tmp_path / "heads.npz")
    assert again.labels == LABELS
    assert np.allclose(again.probabilities(features), heads.probabilities(features), atol=0.01)


def test_heads_that_were_stored_twice_are_exactly_the_same(heads, features, tmp_path):
    heads.save(tmp_path / "a.npz")
    once = Heads.load(tmp_path / "a.npz")
    once.save(tmp_path / "b.npz")
    assert np.array_equal(once.probabilities(features), Heads.load(tmp_path / "b.npz").probabilities(features))


def test_heads_are_stored_as_numbers_and_never_as_code(heads, tmp_path):
    heads.save(tmp_path / "heads.npz")
    with zipfile.ZipFile(tmp_path / "heads.npz") as stored:
        assert all(name.endswith(".npy") for name in stored.namelist())
    with np.load(tmp_path / "heads.npz", allow_pickle=False) as stored:
        assert set(stored) == {"labels", "weights", "offsets", "slopes", "shifts", "among"}


def test_a_file_with_code_in_it_is_not_loaded(tmp_path):
    np.savez(tmp_path / "heads.npz", labels=np.array([object()], dtype=object))
    with pytest.raises(ValueError):
        Heads.load(tmp_path / "heads.npz")


def test_learning_twice_gives_the_same_heads(heads, features, truth):
    kept = np.arange(len(TEXTS)) % 4 == 0
    again = Heads.fit(LABELS, features, truth, kept, 4.0, lambda text: None)
    assert np.array_equal(again.probabilities(features), heads.probabilities(features))


def test_progress_is_told_and_never_with_a_message(features, truth):
    told: list[str] = []
    Heads.fit(LABELS, features, truth, np.arange(len(TEXTS)) % 4 == 0, 4.0, told.append)
    assert [step[:6] for step in told] == ["1 of 2", "2 of 2"]
    assert not [text for text in TEXTS if any(text in step for step in told)]


def test_labels_that_exclude_each_other_are_weighed_against_each_other(features, truth, heads, tmp_path):
    kept = np.arange(len(TEXTS)) % 4 == 0
    we = np.array([text.startswith("we") for text in TEXTS], dtype=np.int8)
    three = np.stack([truth[:, 0] * we, truth[:, 0] * (1 - we), truth[:, 1]], axis=1)
    labels = ["cold", "we are cold", "others are cold", "warm"]
    found = Heads.fit(labels, features, np.hstack([truth[:, :1], three]), kept, 4.0, lambda text: None, exclusive=3)
    likely = found.probabilities(features)
    assert np.allclose(likely[:, 1:].sum(axis=1), 1.0)
    assert (likely[:, 1:].argmax(axis=1) == three.argmax(axis=1)).mean() > 0.9
    assert np.allclose(likely[:, 0], heads.probabilities(features)[:, 0], atol=0.05)
    found.save(tmp_path / "heads.npz")
    assert np.allclose(Heads.load(tmp_path / "heads.npz").probabilities(features), likely, atol=0.01)


@pytest.mark.parametrize("answers", [0, 1])
def test_a_label_that_nothing_can_be_learnt_about_is_named(features, truth, answers):
    one_sided = truth.copy()
    one_sided[:, 1] = answers
    with pytest.raises(TrainingDataError, match="warm"):
        Heads.fit(LABELS, features, one_sided, np.arange(len(TEXTS)) % 4 == 0, 4.0, lambda text: None)


# Which messages calibrate


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", False), ("help", False), ("he hit me", False), ("I need help", False), ("my husband hits me", False),
        ("he has a knife", False), ("hello", False), ("i want to report a crime", False), ("ساعدني", False), ("👩‍👧", False),
        ("my dad hits me", True), ("i'm not safe", True), ("my partner is a police officer", True),
    ],
)  # fmt: skip
def test_which_messages_calibrate_never_moves(text, kept):
    assert calibrates(text) is kept


def test_about_one_message_in_seven_calibrates():
    share = sum(calibrates(f"message {number}") for number in range(7_000)) / 7_000
    assert abs(share - 1 / CALIBRATION_SHARE) < 0.02


def test_another_process_keeps_the_same_messages():
    texts = [f"message {number} ساعدني" for number in range(200)]
    code = """
import json, sys
from bot.understanding.heads import calibrates
print(json.dumps([calibrates(text) for text in json.load(sys.stdin)]))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(texts), capture_output=True, text=True, cwd=ROOT, check=True,
        env={"PYTHONHASHSEED": "12345", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert json.loads(found.stdout) == [calibrates(text) for text in texts]
