"""One label of many, with a probability that the pick is right."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.understanding.one_of_many import LEFT_OUT, OneOfMany, _inverse_root, _products


@pytest.fixture(scope="module")
def learnt():
    random = np.random.default_rng(7)
    centres = random.normal(size=(5, 30)) * 3
    answers = [str(place % 5) for place in range(300)]
    rows = np.stack([centres[int(answer)] for answer in answers]) + random.normal(size=(300, 30)) * 8
    return OneOfMany.fit(csr_matrix(rows.astype(np.float32)), answers, 1.0), centres


def test_what_is_clear_is_picked_and_sure(learnt):
    head, centres = learnt
    for label in range(5):
        picked, sure = head.pick(csr_matrix(centres[label : label + 1].astype(np.float32)))
        assert picked[0] == str(label) and sure > 0.6


def test_what_lies_between_two_is_less_sure(learnt):
    head, centres = learnt
    _, sure = head.pick(csr_matrix(((centres[0] + centres[1]) / 2)[None].astype(np.float32)))
    _, clear = head.pick(csr_matrix(centres[:1].astype(np.float32)))
    assert sure < clear


def test_every_row_times_every_row_before_it_and_itself():
    rows = csr_matrix(np.random.default_rng(1).normal(size=(37, 12)).astype(np.float32) * (np.arange(12) % 3 > 0))
    rows.data[np.random.default_rng(2).random(len(rows.data)) < 0.4] = 0
    rows.eliminate_zeros()
    known = (rows @ rows.T).toarray()
    assert np.allclose(np.tril(_products(rows)), np.tril(known), atol=1e-4)


def test_a_row_is_judged_by_what_all_the_others_say():
    rows = np.random.default_rng(3).normal(size=(40, 8)).astype(np.float32)
    kernel = rows @ rows.T + 2.0 * np.eye(40, dtype=np.float32)
    root = _inverse_root(kernel.copy())
    assert np.allclose(root.T @ root, np.linalg.inv(kernel), atol=1e-4)


def test_it_comes_back_from_the_disk_as_it_was(learnt, tmp_path):
    head, centres = learnt
    head.save(tmp_path / "head.npz")
    again = OneOfMany.load(tmp_path / "head.npz")
    row = csr_matrix(centres[2:3].astype(np.float32))
    assert again.pick(row)[0] == head.pick(row)[0] and sorted(again.pick(row)[0]) == ["0", "1", "2", "3", "4"]
    assert again.pick(row)[1] == pytest.approx(head.pick(row)[1], abs=0.01)


def test_features_that_say_next_to_nothing_take_no_room_and_change_no_pick():
    random = np.random.default_rng(8)
    centres = random.normal(size=(5, 30)) * 3
    answers = [str(place % 5) for place in range(300)]
    rows = np.stack([centres[int(answer)] for answer in answers]) + random.normal(size=(300, 30)) * 8
    faint = random.normal(size=(300, 500)) / 1e6
    head = OneOfMany.fit(csr_matrix(np.hstack([rows, faint]).astype(np.float32)), answers, 1.0)
    alone = OneOfMany.fit(csr_matrix(rows.astype(np.float32)), answers, 1.0)
    assert (head._places[:30] != LEFT_OUT).all() and (head._places[30:] == LEFT_OUT).all()
    assert len(head._weights) == 30
    for label in range(5):
        picked, sure = head.pick(csr_matrix(np.concatenate([centres[label], faint[label]])[None].astype(np.float32)))
        expected, as_sure = alone.pick(csr_matrix(centres[label : label + 1].astype(np.float32)))
        assert picked == expected and picked[0] == str(label)
        assert sure == pytest.approx(as_sure, abs=0.01)
