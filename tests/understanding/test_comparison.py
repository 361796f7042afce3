"""The comparison of ways of understanding: what it reads and how it counts."""

import numpy as np
from scipy.sparse import csr_matrix

from bench.compare_understanding import Logistic, found_at, read_held_out, read_training, respelt
from bot.understanding.labels import EMERGENCY, NONE, SITUATIONS, SUPPORT


def test_emergencies_are_counted_where_so_many_of_the_calm_raise_an_alarm():
    scores = np.array([0.9, 0.6, 0.2, 0.7, 0.5, 0.1, 0.0, 0.99])
    urgency = np.array([EMERGENCY, EMERGENCY, EMERGENCY, NONE, NONE, NONE, NONE, SUPPORT])
    assert found_at(scores, urgency, NONE, 0.0) == 1 / 3
    assert found_at(scores, urgency, NONE, 0.25) == 1 / 3
    assert found_at(scores, urgency, NONE, 0.5) == 2 / 3


def test_one_message_in_so_many_is_learnt_from_and_all_of_those_held_out_are_asked():
    every, some = read_training(1), read_training(50)
    assert 0 < len(some.texts) < len(every.texts) / 25
    assert set(some.leading) <= set(SITUATIONS) and some.situations.shape == (len(some.texts), len(SITUATIONS))
    assert len(read_held_out().texts) >= 1200


def test_short_spellings_are_written_out():
    assert respelt("hes heeeere plz") == "he's heere please"


def test_the_project_s_own_head_answers_many_questions_at_once():
    rows = csr_matrix(np.eye(4, dtype=np.float32)[[0, 1, 2, 3] * 5])
    truth = np.array([[1, 0], [1, 1], [0, 0], [0, 1]] * 5)
    head = Logistic().fit(rows, truth)
    assert (head.predict(rows) == truth).all() and (head.decision_function(rows) > 0).tolist() == (truth[:, 0] == 1).tolist()
