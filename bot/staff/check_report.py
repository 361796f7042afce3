"""What the check found, for four kinds of reader: text for a terminal, a page, JSON, and JUnit XML for CI.

In: the results of parts. Out: text, or files in a folder.
"""

import json
from pathlib import Path
from typing import Sequence
from xml.etree import ElementTree

from bot.staff.findings import PartResult
from bot.staff.pages import render

GREEN, RED, DIM, PLAIN = "\033[32m", "\033[31m", "\033[2m", "\033[0m"


def passed(results: Sequence[PartResult]) -> bool:
    """Whether anything ran at all, and all of it passed."""
    return bool(results) and all(result.passed for result in results)


def as_text(results: Sequence[PartResult], colour: bool) -> str:
    """For a terminal; each finding begins with file:line, as editors like it."""

    def paint(text: str, how: str) -> str:
        return f"{how}{text}{PLAIN}" if colour else text

    lines = []
    for result in results:
        mark = paint("passed", GREEN) if result.passed else paint("failed", RED)
        lines.append(f"{result.name}: {mark}{paint(f', {result.looked_at} looked at, {result.seconds:.0f} s', DIM)}")
        lines += [f"  {finding.file}:{finding.line}: {finding.what}\n    {paint(finding.what_to_do, DIM)}" for finding in result.findings]
        if not result.looked_at:
            lines.append("  There was nothing to look at.")
        lines += [paint(f"  {note}", DIM) for note in result.notes]
    return "\n".join(lines)


def as_junit(results: Sequence[PartResult]) -> str:
    """A test suite a part; each finding is a failed case of its own, and a part without findings one that passed."""
    root = ElementTree.Element("testsuites", name="check")
    for result in results:
        failures = [(f"{finding.file}:{finding.line}", finding.what, finding.what_to_do) for finding in result.findings]
        if not failures and not result.passed:
            failures = [("nothing", "There was nothing to look at.", "See that the files are where they should be.")]
        suite = ElementTree.SubElement(
            root, "testsuite", name=result.name, tests=str(max(1, len(failures))), failures=str(len(failures)), errors="0",
            time=f"{result.seconds:.1f}",
        )  # fmt: skip
        for name, what, what_to_do in failures:
            case = ElementTree.SubElement(suite, "testcase", classname=result.name, name=f"{name}: {what}"[:200])
            ElementTree.SubElement(case, "failure", message=what).text = f"{name}: {what} {what_to_do}"
        if not failures:
            ElementTree.SubElement(suite, "testcase", classname=result.name, name="all", time=f"{result.seconds:.1f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def write(results: Sequence[PartResult], folder: Path) -> Path:
    """Writes index.html, check.json and junit.xml, and returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"passed": passed(results), "parts": [result.to_dict() for result in results]}
    (folder / "check.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "junit.xml").write_text(as_junit(results), encoding="utf-8")
    page = folder / "index.html"
    below = [result.name for result in results if (folder / result.name / "index.html").is_file()]
    page.write_text(
        render(
            "check.html", title="Check before going live", below_title=f"{len(results)} parts, {sum(map(_count, results))} findings",
            results=results, passed=passed(results), below=below,
        ),
        encoding="utf-8",
    )  # fmt: skip
    return page


def _count(result: PartResult) -> int:
    return len(result.findings)
