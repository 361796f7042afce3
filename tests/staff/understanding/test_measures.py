"""The measures, against values worked out by hand."""

import pytest

from bot.staff.understanding.measures import (
    Bin,
    Share,
    calibration_error,
    confusion,
    found_by_label,
    macro_f1,
    reliability,
    share,
    trade_off,
)  # fmt: skip


def test_a_share_counts_and_has_wilson_s_interval():
    found = share([True] * 8 + [False] * 2)
    assert (found.hits, found.of, found.value) == (8, 10, 0.8)
    # 0.490 to 0.943: the textbook's values for eight of ten.
    assert found.interval == (pytest.approx(0.490, abs=0.001), pytest.approx(0.943, abs=0.001))
    assert found.to_dict() == {"hits": 8, "of": 10, "value": 0.8, "interval": [0.4902, 0.9433]}


def test_a_share_of_none_says_nothing():
    assert share([]).value == 0.0 and share([]).interval == (0.0, 1.0)


def test_an_interval_stays_within_nothing_and_everything():
    assert Share(10, 10).interval[1] == pytest.approx(1.0, abs=1e-9) and Share(10, 10).interval[0] == pytest.approx(0.722, abs=0.001)
    assert Share(0, 10).interval[0] == pytest.approx(0.0, abs=1e-9)


def test_labels_are_found_each_for_itself():
    truths = [{"a"}, {"a", "b"}, {"b"}, {"c"}]
    answers = [{"a"}, {"a"}, {"a", "b"}, set()]
    a, b, c, d = found_by_label(["a", "b", "c", "d"], truths, answers)
    assert (a.precision.value, a.recall.value, a.f1) == (pytest.approx(2 / 3), 1.0, pytest.approx(0.8))
    assert (b.precision.value, b.recall.value, b.f1) == (1.0, 0.5, pytest.approx(2 / 3))
    assert (c.f1, d.f1) == (0.0, 0.0)
    # What neither occurs nor is said does not count.
    assert macro_f1([a, b, c, d]) == pytest.approx((0.8 + 2 / 3 + 0) / 3)
    assert macro_f1([]) == 0.0


def test_confusion_counts_truth_by_answer():
    assert confusion(["a", "b"], ["a", "a", "b"], ["a", "b", "b"]).tolist() == [[1, 1], [0, 1]]


def test_reliability_and_calibration_error():
    ranges = reliability([0.1, 0.1, 0.9, 0.9, 1.0], [False, True, True, True, True])
    assert ranges == [Bin(2, pytest.approx(0.1), 0.5), Bin(3, pytest.approx(2.8 / 3), 1.0)]
    assert calibration_error(ranges) == pytest.approx(2 / 5 * 0.4 + 3 / 5 * (1 - 2.8 / 3))
    assert calibration_error([]) == 0.0


def test_perfect_promises_have_no_error():
    assert calibration_error(reliability([0.0, 1.0], [False, True])) == 0.0


def test_the_trade_off_of_a_good_and_of_a_useless_score():
    good = trade_off([0.9, 0.8, 0.2, 0.1], [True, True, False, False])
    assert good.recall_at(0.0) == 1.0
    useless = trade_off([0.5, 0.5, 0.5, 0.5], [True, True, False, False])
    assert useless.recall_at(0.03) == 0.0 and useless.recall_at(1.0) == 1.0
    mixed = trade_off([0.9, 0.3, 0.4, 0.1], [True, True, False, False])
    assert mixed.recall_at(0.0) == 0.5 and mixed.recall_at(0.5) == 1.0


def test_without_both_kinds_there_is_no_trade_off():
    assert trade_off([0.9], [True]).recall == () and trade_off([], []).recall_at(1.0) == 0.0
