"""The frame of the check: its parts, its reports, and its exit codes."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bot.__main__ import _PARTS
from bot.errors import StartError
from bot.settings import ROOT
from bot.staff import check, check_report
from bot.staff.findings import Finding, PartResult

FINDING = Finding("data", "domain.yml", 7, "the intent <hail> is “odd”.", "Take it out & check again.")
PASSED = PartResult("wording", 80, (), 0.2)
FAILED = PartResult("data", 12, (FINDING,), 1.5, ("A note.",))
EMPTY = PartResult("dialogue", 0, (), 0.1)


def test_the_command_line_offers_every_part():
    assert list(_PARTS) == list(check.PARTS)


def test_everything_passed_only_where_something_ran():
    assert check_report.passed([PASSED])
    for results in ([], [PASSED, FAILED], [EMPTY]):
        assert not check_report.passed(results)


def test_text_names_place_and_what_to_do():
    text = check_report.as_text([PASSED, FAILED, EMPTY], colour=False)
    assert "wording: passed" in text and "data: failed" in text and "\033" not in text
    assert "  domain.yml:7: the intent <hail> is “odd”.\n    Take it out & check again." in text
    assert "There was nothing to look at." in text and "A note." in text
    assert "\033[32m" in check_report.as_text([PASSED], colour=True)


def test_junit_is_what_ci_reads():
    suites = ElementTree.fromstring(check_report.as_junit([PASSED, FAILED, EMPTY]).encode("utf-8"))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("wording", "1", "0"), ("data", "1", "1"), ("dialogue", "1", "1"),
    ]  # fmt: skip
    [failure] = suites[1].iter("failure")
    assert "domain.yml:7" in failure.text and "Take it out & check again." in failure.text


def test_page_and_json_lie_side_by_side(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/index.html").write_text("", encoding="utf-8")
    page = check_report.write([PASSED, FAILED], tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "the intent &lt;hail&gt;" in text and "Take it out &amp; check again." in text and 'href="data/index.html"' in text
    content = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    assert content["passed"] is False and content["parts"][1]["findings"] == [FINDING.to_dict()]
    assert (tmp_path / "junit.xml").is_file()


def test_a_part_that_cannot_run_has_failed(monkeypatch, tmp_path):
    def broken(_: check.Wanted) -> check.Found:
        raise StartError("bedfordshire.yml, entry 999, field phone: it must be a number.")

    monkeypatch.setitem(check.PARTS, "data", broken)
    [result] = check.check(["data"], check.Wanted(tmp_path))
    assert not result.passed and result.findings[0].file == "bedfordshire.yml" and "field phone" in result.findings[0].what


def test_parts_run_in_their_own_order(monkeypatch, tmp_path):
    ran = []
    for name in check.PARTS:
        monkeypatch.setitem(check.PARTS, name, lambda _, name=name: ran.append(name) or check.Found(1, ()))
    assert check_report.passed(check.check(["contacts", "data"], check.Wanted(tmp_path))) and ran == ["data", "contacts"]


def run(*arguments: str, out: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bot", "check", *arguments, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )  # fmt: skip


def test_the_command_checks_and_reports(tmp_path):
    done = run("--wording", out=tmp_path)
    assert done.returncode == 0 and "wording: passed" in done.stdout and (tmp_path / "index.html").is_file(), done.stdout


@pytest.mark.parametrize("arguments", [["--update"], ["--final", "--data"]])
def test_an_option_without_its_part_says_which(tmp_path, arguments):
    done = run(*arguments, out=tmp_path)
    assert done.returncode == 1 and "add it" in done.stderr and "Traceback" not in done.stderr


def test_contacts_without_a_network_are_checked_by_form_alone(tmp_path, monkeypatch):
    from bot.staff.contacts import pages

    class Nowhere:
        def look_up(self, address: str) -> pages.Page:
            return pages.Page(pages.NO_NETWORK, address)

    monkeypatch.setattr(pages, "Visitor", Nowhere)
    [result] = check.check(["contacts"], check.Wanted(tmp_path, online=True, update=True))
    assert result.passed and any("no network" in note for note in result.notes)
