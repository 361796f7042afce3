"""Which situations count, from how likely they are in the whole message and in its parts."""

import numpy as np
import pytest

from bot.understanding.labels import SITUATIONS
from bot.understanding.situations import chosen, merge


def likely(**probabilities):
    return [probabilities.get(situation, 0.0) for situation in SITUATIONS]


def merged(*rows):
    return dict(zip(SITUATIONS, merge(np.array(rows), 0.8), strict=True))


def test_a_part_of_a_long_message_counts_where_it_is_clear():
    found = merged(likely(domestic_abuse=0.7), likely(sexual_violence=0.9), likely(stalking_harassment=0.7, domestic_abuse=0.85))
    assert found["sexual_violence"] == 0.9 and found["stalking_harassment"] == 0.0 and found["domestic_abuse"] == 0.85


def test_what_a_message_is_about_only_the_whole_says():
    assert merged(likely(domestic_abuse=0.6), likely(greeting=0.99))["greeting"] == 0.0


def test_a_short_message_has_no_parts():
    assert merged(likely(suicidal=0.4))["suicidal"] == 0.4


@pytest.mark.parametrize(
    ("probabilities", "told"),
    [
        ({"domestic_abuse": 0.9, "child_at_risk": 0.35, "suicidal": 0.2}, ["domestic_abuse", "child_at_risk"]),
        ({"domestic_abuse": 0.9, "perpetrator_seeking_help": 0.55}, ["domestic_abuse"]),
        ({"domestic_abuse": 0.3, "perpetrator_seeking_help": 0.55}, ["perpetrator_seeking_help", "domestic_abuse"]),
        ({"out_of_scope": 0.6, "domestic_abuse": 0.5}, ["out_of_scope"]),
        ({"domestic_abuse": 0.2, "out_of_scope": 0.1}, ["domestic_abuse"]),
    ],
)
def test_every_harm_from_its_threshold_on_and_the_likeliest_always(probabilities, told):
    assert chosen(probabilities, 0.3, {"perpetrator_seeking_help": 0.6}) == told
