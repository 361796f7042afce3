"""Numbers are facts: each stands once, in the directory. None may be anywhere else in what we keep under version control."""

import re

import pytest

from bot.directory import load_directory
from bot.sentences import Sentences
from bot.settings import ROOT
from bot.staff.numbers import kept_files, misplaced


def test_no_number_stands_outside_the_directory():
    assert misplaced(ROOT, kept_files(ROOT)) == []


def test_the_check_reads_the_files_that_matter():
    files = kept_files(ROOT)
    assert {"bot/reply.py", "data/responses/help.yml", "data/routing/routing.yml", "data/danger/phrases.yml"} <= set(files)
    assert not [name for name in files if name.startswith((".venv/", "models/"))]


def test_without_git_the_same_files_are_ours(tmp_path):
    for name in ("bot/x.py", "models/y.json", ".venv/z.py", "data/a.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    assert kept_files(tmp_path) == ["bot/x.py", "data/a.yml"]


@pytest.mark.parametrize(
    "planted",
    [
        "Call 0800 555 111 now", "Call 0800555111.", "call 0808-2000-247", "01582 391856", "<p>020 7008 0151</p>", "0300 020 0096",
        "08 08 16 89 111", "07860 077 333", "0800 1111", "+44 20 7008 0151", "+442070080151", '"116 123"', "call 116123", "NHS 111, please",
        "dial 18000", "18001 101", "text 61016.", "(0345 6000 459)", "phone: 0808 801 0327",
    ],
)  # fmt: skip
def test_a_planted_number_is_found(tmp_path, planted):
    (tmp_path / "page.html").write_text(f"first line\n{planted}\n", encoding="utf-8")
    [found] = misplaced(tmp_path, ["page.html"])
    assert (found.file, found.line) == ("page.html", 2)


@pytest.mark.parametrize(
    "harmless",
    [
        "Call 999.", "call 101 and press 55", "#111", "color: #0a1111", "2026-11-24", "0.12345678", "version 1.111", "port 8080",
        "sha256:01234567890abcdef", "x_18000", "1111", "10.0.111.2", "width: 111px", "00:00:12", "1 0 0 1", "0-9", "a0800555111",
    ],
)  # fmt: skip
def test_other_figures_are_not_taken_for_numbers(tmp_path, harmless):
    (tmp_path / "page.html").write_text(harmless, encoding="utf-8")
    assert misplaced(tmp_path, ["page.html"]) == []


@pytest.mark.parametrize(
    "name",
    [
        "data/contacts/x.yml", "data/nlu/x.yml", "requirements.lock", "requirements-encoder.lock", "tests/x.py", "docs/labels.md",
        "bot/staff/numbers.py",
    ],
)
def test_where_numbers_may_stand_they_are_left_alone(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("0800 555 111", encoding="utf-8")
    assert misplaced(tmp_path, [name]) == []


@pytest.mark.parametrize("name", ["data/responses/x.yml", "docs/other.md", "README.md", "bot/tests/x.py", "my-requirements.lock.md"])
def test_everywhere_else_they_are_found(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("0800 555 111", encoding="utf-8")
    [found] = misplaced(tmp_path, [name])
    assert (found.file, found.line) == (name, 1) and "0800 555 111" in found.what


def test_the_figures_that_stand_in_sentences_are_checked_one_by_one():
    """bot/staff/wording.py holds each figure of a sentence to the directory; here, that it reads the three that must be there."""
    directory = load_directory(ROOT / "data/contacts/bedfordshire.yml")
    assert {"999", "101"} <= {contact.phone for contact in directory.values()}
    assert re.search(r"press 55\b", directory["999"].how)
    said = " ".join(sentence.text for _, _, _, sentence in Sentences(ROOT / "data/responses").every())
    assert {"999", "101", "55"} <= set(re.findall(r"\d+", said))
