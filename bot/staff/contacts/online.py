"""Compares the directory with its sources on the web: is each page still there, and does the number still stand on it?

In: the contacts file, a visitor. Out: a line for each source, findings, and the contacts that passed; `--update` writes the date of those.
"""

import datetime
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from bot.directory import Contact, load_directory
from bot.staff.contacts.form import digits, entries
from bot.staff.contacts.pages import GONE, MOVED, NO_NETWORK, REACHABLE, REFUSED, Page, Visitor
from bot.staff.findings import Finding

_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"""href\s*=\s*["']tel:([^"']+)["']""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
# Where none of the first so many hosts can be reached there is no network, and nobody waits for all the others.
SILENT_HOSTS = 3


@dataclass(frozen=True)
class Looked:
    """One source of one contact. `shown`: whether the number stands on the page; None where the contact has no number, or no page came."""

    contact: str
    address: str
    page: Page
    shown: bool | None

    def line(self) -> str:
        """As one line for a reader."""
        state = f"moved to {self.page.address}" if self.page.state == MOVED else self.page.state
        number = {True: ", the number is on the page", False: ", the number is not on the page", None: ""}[self.shown]
        why = f" ({self.page.why})" if self.page.why else ""
        return f"{self.contact}: {self.address} is {state}{why}{number}"


@dataclass(frozen=True)
class Round:
    """All look-ups of one round."""

    looked: tuple[Looked, ...]
    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    offline: bool


def compare(path: Path, root: Path, visitor: Visitor, progress: Callable[[Sequence[str]], Iterable[str]] = iter) -> Round:
    """Looks up every source once, however many contacts name it. Offline, nothing has passed and nothing is found."""
    directory = load_directory(path)
    addresses = sorted({source.url for contact in directory.values() for source in contact.sources})
    pages: dict[str, Page] = {}
    for address in progress(addresses):
        pages[address] = visitor.look_up(address)
        if len({urlsplit(seen).netloc for seen in pages}) >= SILENT_HOSTS and _nothing_came(pages):
            return Round((), (), (), True)
    looked = tuple(
        Looked(contact.id, source.url, pages[source.url], _shown(contact, pages[source.url]))
        for contact in directory.values()
        for source in contact.sources
    )
    if _nothing_came(pages):
        return Round(looked, (), (), True)
    by_contact = {contact: [entry for entry in looked if entry.contact == contact] for contact in directory}
    passed = tuple(contact for contact, found in by_contact.items() if _passed(found))
    return Round(looked, tuple(_findings(path, root, by_contact)), passed, False)


def _nothing_came(pages: Mapping[str, Page]) -> bool:
    return all(page.state == NO_NETWORK for page in pages.values())


def update(path: Path, passed: Iterable[str], today: datetime.date, root: Path) -> int:
    """Writes `today` as the date when each of `passed` was checked, and changes no other byte. Returns how many lines it changed."""
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    places = entries(path, root)
    changed = 0
    for contact in passed:
        number = places[contact].at("checked").line - 1
        written = re.sub(r"\d{4}-\d{2}-\d{2}", today.isoformat(), lines[number], count=1)
        changed += written != lines[number]
        lines[number] = written
    path.write_bytes("".join(lines).encode("utf-8"))
    return changed


def stands_on(number: str, page: str) -> bool:
    """Whether `number` is on the page, however it is grouped: as words that people see, or behind a link to call."""
    wanted = digits(number)
    linked = [digits(html.unescape(found).replace("%20", " ")) for found in _LINK.findall(page)]
    seen = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", page)))
    seen = re.sub(r"\+44[\s\u00a0]*(?:\(0\))?[\s\u00a0]*", "0", seen)
    # Taken with what may stand between its figures, so that the end of one number and the start of the next make none.
    between = r"[\s\u00a0().\-–]*"
    return wanted in linked or re.search(rf"(?<!\d){between.join(wanted)}(?!\d)", seen) is not None


def _shown(contact: Contact, page: Page) -> bool | None:
    if not contact.phone or page.state not in (REACHABLE, MOVED):
        return None
    return stands_on(contact.phone, page.text)


def _passed(found: list[Looked]) -> bool:
    """Every source is where it was, and one at least still shows the number, if there is one."""
    numbers = [entry.shown for entry in found if entry.shown is not None]
    return all(entry.page.state == REACHABLE for entry in found) and (not numbers or any(numbers))


def _findings(path: Path, root: Path, by_contact: dict[str, list[Looked]]) -> Iterable[Finding]:
    places = entries(path, root)
    for contact, found in by_contact.items():
        sources = list(places[contact].at("sources").items())
        for entry, source in zip(found, sources, strict=True):
            if entry.page.state != REACHABLE:
                yield Finding("contacts", source.file, source.line, f"{entry.line()}.", _WHAT_TO_DO.get(entry.page.state, _BY_HAND))
        numbers = [entry.shown for entry in found if entry.shown is not None]
        if numbers and not any(numbers):
            place = places[contact].at("phone")
            yield Finding(
                "contacts", place.file, place.line, f"{contact}: its number is on none of its pages that could be read.",
                "Find out the number from the service itself, and correct it or its sources.",
            )  # fmt: skip


_BY_HAND = "Open it in a browser; if it stays away, find another source."
_WHAT_TO_DO = {
    MOVED: "Look whether it is still the same page, and write the new address.",
    GONE: "Find another source, or take the fact out.",
    REFUSED: "Open it in a browser and compare by hand.",
}
