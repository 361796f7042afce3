"""Everything that a change must pass before it goes live, in parts, each also on its own.

In: which parts, and how. Out: what each part looked at and found. A part that cannot run has failed, and says why.
"""

import asyncio
import datetime
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterable, TypeVar

from tqdm import tqdm

from bot.errors import StartError
from bot.settings import ROOT, Settings, read_settings
from bot.staff.findings import Finding, PartResult

if TYPE_CHECKING:
    # Rasa stands behind the engine: it is loaded only by the parts that ask it.
    from bot.dialogue.engine import Engine

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Wanted:
    """How to check: the project's folder, where reports go, and what the command line chose."""

    out: Path
    root: Path = ROOT
    settings: Settings = field(default_factory=read_settings)
    final: bool = False
    online: bool = False
    update: bool = False

    @cached_property
    def engine(self) -> "Engine":
        """Loaded once, trained first where no model fits."""
        from bot.app import load_engine

        return load_engine(self.settings)


@dataclass(frozen=True)
class Found:
    """What a part's check gives back."""

    looked_at: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def _data(wanted: Wanted) -> Found:
    from bot.staff.data.check import check_data

    findings, looked_at = check_data(wanted.root, lambda steps: bar(list(steps), "Checking the data"))
    return Found(looked_at, tuple(findings))


def _wording(wanted: Wanted) -> Found:
    from bot.directory import load_directory
    from bot.staff.spoken import check_sentences

    findings, count = check_sentences(wanted.root, load_directory(wanted.settings.contacts))
    return Found(count, tuple(findings))


def _dialogue(wanted: Wanted) -> Found:
    from bot.staff.spoken import check_stories

    findings, count = asyncio.run(check_stories(wanted.root, wanted.engine))
    return Found(count, tuple(findings))


def _understanding(wanted: Wanted) -> Found:
    from bot.staff.understanding import report

    kept, source = report.kept_messages(wanted.final, wanted.root)
    measured = asyncio.run(report.measure(wanted.engine, kept, source, root=wanted.root))
    page = report.write(measured, wanted.out / "understanding", wanted.root)
    return Found(len(kept), measured.failed, (f"The figures stand in {page}.",))


def _contacts(wanted: Wanted) -> Found:
    from bot.staff.contacts import form

    path, today = wanted.settings.contacts, datetime.date.today()
    findings, count = form.check_form(path, _home(path, wanted.root))
    old = form.stale(path, _home(path, wanted.root), today)
    if not wanted.online:
        notes = (f"{len(old)} contacts were checked more than {form.OLDEST.days} days ago: use --contacts.",) if old else ()
        return Found(count, tuple(findings), ("Only the form: use --contacts to look up the sources.", *notes))
    return _online(wanted, Found(count, tuple(findings)), today)


def _online(wanted: Wanted, offline: Found, today: datetime.date) -> Found:
    from bot.staff.contacts import form, online
    from bot.staff.contacts.pages import Visitor

    path = wanted.settings.contacts
    root = _home(path, wanted.root)
    looked = online.compare(path, root, Visitor(), lambda addresses: bar(addresses, "Looking up sources"))
    if looked.offline:
        return Found(offline.looked_at, offline.findings, ("There is no network: only the form was checked, and no date was written.",))
    notes = [entry.line() for entry in looked.looked]
    if wanted.update:
        notes.append(f"The date was written for {online.update(path, looked.passed, today, root)} contacts.")
    return Found(offline.looked_at, (*offline.findings, *looked.findings, *form.stale(path, root, today)), tuple(notes))


# In the order in which they run: what is quick comes first.
PARTS: dict[str, Callable[[Wanted], Found]] = {
    "data": _data, "wording": _wording, "contacts": _contacts, "dialogue": _dialogue, "understanding": _understanding,
}  # fmt: skip


def check(names: Iterable[str], wanted: Wanted) -> list[PartResult]:
    """The results of the parts called `names`, in their own order."""
    return [_run(name, PARTS[name], wanted) for name in bar([name for name in PARTS if name in names], "Checking")]


def _run(name: str, part: Callable[[Wanted], Found], wanted: Wanted) -> PartResult:
    began = time.monotonic()
    try:
        found = part(wanted)
    except StartError as problem:
        file, _, _ = str(problem).partition(",")
        found = Found(1, (Finding(name, file if Path(file).suffix else ".", 1, str(problem), "Correct that first, then check again."),))
    return PartResult(name, found.looked_at, tuple(sorted(found.findings)), time.monotonic() - began, found.notes)


def bar(things: Iterable[Thing], doing: str) -> Iterable[Thing]:
    """The same things, with a progress bar on standard error where that is a terminal."""
    return tqdm(list(things), desc=doing, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)


def _home(path: Path, root: Path) -> Path:
    """From where the name of `path` is told: the project, or its own folder where another force keeps it elsewhere."""
    return root if path.resolve().is_relative_to(root.resolve()) else path.parent
