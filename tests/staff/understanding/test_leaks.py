"""A kept message among the training messages is found, word for word or nearly; one that is merely of the same kind is not."""

import pytest

from bot.staff.understanding.leaks import alike, alike_within, plain
from bot.staff.understanding.messages import Labelled
from bot.staff.understanding.report import leaked

TRAINED = [
    "my husband keeps my bank card and counts the change", "he has a knife to my throat right now", "hiya there", "whats the weather like",
    "she said she would post them online if I left her",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ("My husband keeps my bank card, and counts the change!", 0),
        ("my husband keeps my bank cards and counts the change", 0),
        ("he has a knife to my throat right now pls", 1),
        ("HIYA THERE", 2),
    ],
)
def test_the_same_or_nearly_the_same_is_found(kept, found):
    [pair] = alike([kept], TRAINED)
    assert (pair.one, pair.other) == (0, found) and pair.likeness >= 0.85


@pytest.mark.parametrize(
    "kept", ["she has a knife and she is at my door", "hiya", "my wife takes my card off me every payday", "", "😱", "?", "what time is it"]
)
def test_the_same_kind_is_not_the_same(kept):
    assert alike([kept], TRAINED) == []


def test_of_several_the_most_alike_is_named():
    [pair] = alike(["whats the weather like today"], ["whats the weather like today then", "whats the weather like today"])
    assert pair.other == 1 and pair.likeness == pytest.approx(1.0)


def test_within_one_list_each_pair_is_told_once():
    found = alike_within(["he hits me when he is drunk", "nothing like it at all", "he hits me when he is drunk."])
    assert [(pair.one, pair.other) for pair in found] == [(0, 2)]
    assert alike_within([]) == [] and alike_within(["one message only, no other"]) == []


def test_plain_keeps_letters_and_figures():
    assert plain("  He's HERE -- call 999!! ") == "he s here call 999"


def test_a_leak_names_the_pair_and_both_places():
    kept = [Labelled("he locks me in the cellar at night", ("domestic_abuse",), "support", "tests/kept.jsonl", 4)]
    trained = [Labelled("He locks me in the cellar, at night", ("domestic_abuse",), "support", "data/nlu/x.yml", 17)]
    [finding] = leaked(kept, trained)
    assert (finding.file, finding.line) == ("data/nlu/x.yml", 17)
    assert "tests/kept.jsonl:4" in finding.what and "he locks me in the cellar at night" in finding.what and "the same as" in finding.what
