"""Proposals: appended to the review file, readable, and nowhere near the training data."""

import datetime

import pytest
import yaml

from bot.errors import BadRequest
from bot.settings import ROOT
from bot.staff.proposals import FILE, propose

TODAY = datetime.date(2026, 1, 31)


def test_each_proposal_is_appended_and_the_others_stay(tmp_path):
    file = tmp_path / "review/proposals.yml"
    assert propose("he's “here”: now", ["immediate_danger"], "emergency", ["unclear"], "he is near", TODAY, file) == 1
    before = file.read_text(encoding="utf-8")
    assert propose("- not: a list", ["out_of_scope"], "none", [], "", TODAY, file) == 2
    assert file.read_text(encoding="utf-8").startswith(before)
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["proposals"] == [
        {"message": "he's “here”: now", "situations": ["immediate_danger"], "urgency": "emergency", "understood": ["unclear"],
         "note": "he is near", "proposed": TODAY},
        {"message": "- not: a list", "situations": ["out_of_scope"], "urgency": "none", "proposed": TODAY},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "situations", "urgency"),
    [("", ["greeting"], "none"), ("x" * 2001, ["greeting"], "none"), ("hi", [], "none"), ("hi", ["hello"], "none"),
     ("hi", ["greeting"], "x")],
)
def test_what_is_no_label_is_refused_and_nothing_is_written(tmp_path, text, situations, urgency):
    with pytest.raises(BadRequest):
        propose(text, situations, urgency, [], "", TODAY, tmp_path / "proposals.yml")
    assert not list(tmp_path.iterdir())


def test_no_training_reads_the_review_file():
    from rasa.shared.data import get_data_files, is_nlu_file

    assert FILE.is_relative_to(ROOT / "data/review")
    assert str(FILE) not in get_data_files([str(ROOT / "data")], is_nlu_file)
