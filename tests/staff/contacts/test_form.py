"""The form of the directory's numbers and dates: short codes are numbers too, and a wrong one is found with its line."""

import datetime
import shutil
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.staff.contacts.form import check_form, is_number, stale

DIRECTORY = ROOT / "data/contacts/bedfordshire.yml"


@pytest.fixture()
def copy(tmp_path) -> Path:
    return Path(shutil.copy(DIRECTORY, tmp_path / "contacts.yml"))


def change(path: Path, old: str, new: str) -> int:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    "number",
    ["999", "101", "111", "116 123", "61016", "18000", "18001 101", "0800 555 111", "08 08 16 89 111", "07860 077 333", "+44 20 7008 0151"],
)
def test_what_can_be_dialled_is_a_number(number):
    assert is_number(number)


@pytest.mark.parametrize("number", ["0800 555 11", "01234 567", "999999", "0000", "help", "", "18001 99999", "0800 555 111 222"])
def test_what_cannot_be_dialled_is_none(number):
    assert not is_number(number)


def test_the_directory_is_well_formed():
    findings, count = check_form(DIRECTORY, ROOT)
    assert findings == [] and count >= 20


def test_a_number_that_cannot_be_called(copy):
    line = change(copy, 'phone: "0808 2000 247"', 'phone: "0808 2000 24"')
    text = copy.read_text(encoding="utf-8")
    copy.write_text(text.replace("0808 2000 247", "0808 2000 24"), encoding="utf-8")
    [finding] = check_form(copy, copy.parent)[0]
    assert (finding.file, finding.line) == ("contacts.yml", line) and "no number that can be called" in finding.what and finding.what_to_do


def test_a_way_to_write_that_is_neither_number_nor_address(copy):
    line = change(copy, 'text: "jo@samaritans.org"', 'text: "jo at samaritans"')
    [finding] = check_form(copy, copy.parent)[0]
    assert finding.line == line and "neither a number nor an address" in finding.what


def test_a_number_in_a_sentence_that_is_nobody_s(copy):
    line = change(copy, 'how: "Dial 18000 on a textphone.', 'how: "Dial 0800 123 4567 on a textphone.')
    [finding] = check_form(copy, copy.parent)[0]
    assert finding.line == line and "0800 123 4567" in finding.what


def test_a_date_that_is_yet_to_come(copy):
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    text = copy.read_text(encoding="utf-8")
    first = text[text.index("checked: ") :].splitlines()[0]
    line = change(copy, first, f"checked: {tomorrow}")
    finding = check_form(copy, copy.parent)[0][0]
    assert finding.line == line and "yet to come" in finding.what


def test_what_nobody_compared_for_ninety_days():
    assert stale(DIRECTORY, ROOT, datetime.date(2026, 11, 25)) == []
    later = stale(DIRECTORY, ROOT, datetime.date(2027, 6, 1))
    assert len(later) == check_form(DIRECTORY, ROOT)[1] and all("more than 90 days ago" in finding.what for finding in later)
    lines = DIRECTORY.read_text(encoding="utf-8").splitlines()
    assert all(lines[finding.line - 1].strip().startswith("checked:") for finding in later)
