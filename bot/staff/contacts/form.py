"""The form of the directory's numbers, addresses and dates: what can be told without a network.

In: the contacts file. Out: findings. Raises StartError where the directory cannot be loaded at all.
"""

import datetime
import re
from pathlib import Path
from typing import Iterator

import phonenumbers

from bot.directory import Contact, load_directory
from bot.staff.findings import Finding
from bot.staff.numbers import numbers_in
from bot.staff.places import Placed, read_placed

REGION = "GB"
OLDEST = datetime.timedelta(days=90)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}\Z")


def check_form(path: Path, root: Path) -> tuple[list[Finding], int]:
    """All findings, and how many contacts there are."""
    directory = load_directory(path)
    places = entries(path, root)
    known = {digits(number) for contact in directory.values() for number in (contact.phone, contact.text) if number}
    found = [finding for contact in directory.values() for finding in _check(contact, places[contact.id], known)]
    return found, len(directory)


def stale(path: Path, root: Path, today: datetime.date) -> list[Finding]:
    """The contacts that nobody compared with their sources for 90 days."""
    places = entries(path, root)
    return [
        _found(
            places[contact.id].at("checked"), f"{contact.id} was checked on {contact.checked}, more than {OLDEST.days} days ago.",
            "Run `python -m bot check --contacts --update`, or compare it with its sources and write the date.",
        )
        for contact in load_directory(path).values()
        if today - contact.checked > OLDEST
    ]  # fmt: skip


def entries(path: Path, root: Path) -> dict[str, Placed]:
    """Each contact's place in the file, by its id."""
    return {str(entry.value["id"]): entry for entry in read_placed(path, root).at("contacts").items()}


def is_number(text: str) -> bool:
    """Whether `text` can be dialled in the UK: a number that may be given out, a short one such as 999, or a short one and what is
    dialled behind it, as with the text relay."""
    first, _, rest = text.partition(" ")
    return _is_one_number(digits(text)) or (bool(rest) and _is_one_number(digits(first)) and _is_one_number(digits(rest)))


def _is_one_number(figures: str) -> bool:
    try:
        number = phonenumbers.parse(figures, REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or phonenumbers.is_valid_short_number_for_region(number, REGION)


def digits(number: str) -> str:
    """The figures alone, with the UK's prefix as a 0."""
    return re.sub(r"\D", "", re.sub(r"^\s*\+44\s*(?:\(0\))?", "0", number))


def _check(contact: Contact, place: Placed, known: set[str]) -> Iterator[Finding]:
    if contact.phone and not is_number(contact.phone):
        yield _found(place.at("phone"), f"{contact.id}: {contact.phone} is no number that can be called.", "Compare it with its source.")
    if contact.text and not (is_number(contact.text) or _MAIL.match(contact.text)):
        yield _found(place.at("text"), f"{contact.id}: {contact.text} is neither a number nor an address.", "Compare it with its source.")
    for field in ("how", "when_you_call", "for_whom", "hours", "cost"):
        for number in numbers_in(str(getattr(contact, field) or "")):
            if digits(number) not in known:
                yield _found(place.at(field), f"{contact.id}: {number} in “{field}” is nobody's number.", "Correct it, or add its entry.")
    if contact.checked > datetime.date.today():
        yield _found(place.at("checked"), f"{contact.id}: it was checked on {contact.checked}, which is yet to come.", "Correct the date.")


def _found(place: Placed, what: str, what_to_do: str) -> Finding:
    return Finding("contacts", place.file, place.line, what, what_to_do)
