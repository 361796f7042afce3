"""The directory: every service that the bot may name, with its facts and their sources.

In: one YAML file a force. Out: typed contacts by id. Refuses a file with a mistake in it, naming the entry and the field.
"""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping

from pydantic import BaseModel, ValidationError, constr, validator

from bot.documents import read_document
from bot.errors import DirectoryError

if TYPE_CHECKING:
    Words = str
    Address = str
    Identity = str
    Phone = str
else:
    # Strict: YAML reads an unquoted number as it pleases, and a number is not a text.
    Words = constr(strict=True, strip_whitespace=True, min_length=1)
    Address = constr(strict=True, regex=r"^https?://[^\s]+\Z")
    Identity = constr(strict=True, regex=r"^[a-z0-9_]+\Z")
    Phone = constr(strict=True, regex=r"^\+?[0-9][0-9 ]*[0-9]\Z")

# Whatever fails, these can be called.
NEEDED = ("999", "101")


class Source(BaseModel):
    """Where a fact was read."""

    url: Address
    dated: Words

    class Config:
        extra = "forbid"
        frozen = True


class Contact(BaseModel):
    """One service. A field that is not known is None, never guessed."""

    id: Identity
    name: Words
    phone: Phone | None = None
    text: Words | None = None
    url: Address | None = None
    reached_through: Words | None = None
    for_whom: Words
    how: Words
    when_you_call: Words | None = None
    hours: Words | None = None
    cost: Words | None = None
    aliases: tuple[Words, ...]
    sources: tuple[Source, ...]
    checked: datetime.date

    class Config:
        extra = "forbid"
        frozen = True

    @validator("checked", pre=True)
    def a_date(cls, value: Any) -> Any:
        if type(value) not in (datetime.date, str):
            raise ValueError("must be a date such as 2026-01-31")
        return value

    @validator("aliases", "sources")
    def at_least_one(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            raise ValueError("needs at least one entry")
        return value


class Directory(Mapping[str, Contact]):
    """The contacts by id, in the order of the file."""

    def __init__(self, force: str, area: str, contacts: list[Contact]) -> None:
        self.force = force
        self.area = area
        self._contacts = {contact.id: contact for contact in contacts}

    def __getitem__(self, contact_id: str) -> Contact:
        return self._contacts[contact_id]

    def __iter__(self) -> Any:
        return iter(self._contacts)

    def __len__(self) -> int:
        return len(self._contacts)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: unknown fields are left out, dates are ISO."""
        contacts = [contact.dict(exclude_none=True, exclude={"aliases"}) for contact in self.values()]
        for contact in contacts:
            contact["checked"] = contact["checked"].isoformat()
            contact["sources"] = list(contact["sources"])
        return {"force": self.force, "area": self.area, "contacts": contacts}


def load_directory(path: Path) -> Directory:
    """The directory in `path`. Raises DirectoryError with one sentence that names the file, the entry and the field."""
    content = read_document(path, DirectoryError)
    if not isinstance(content, dict) or set(content) != {"force", "area", "contacts"} or not isinstance(content["contacts"], list):
        raise DirectoryError(f"{path.name} must hold force, area and contacts, and nothing else.")
    for field in ("force", "area"):
        if not isinstance(content[field], str) or not content[field].strip():
            raise DirectoryError(f"{path.name}, field {field}: it must be a name.")
    contacts = [_contact(path, number, entry) for number, entry in enumerate(content["contacts"], start=1)]
    seen: set[str] = set()
    for contact in contacts:
        if contact.id in seen:
            raise DirectoryError(f"{path.name}, entry {contact.id}, field id: the same id stands twice.")
        seen.add(contact.id)
    for contact in contacts:
        if contact.reached_through is not None and contact.reached_through not in seen:
            raise DirectoryError(f"{path.name}, entry {contact.id}, field reached_through: there is no contact with that id.")
    for needed in NEEDED:
        if needed not in seen:
            raise DirectoryError(f"{path.name} has no contact with the id {needed}, which every reply to a fault names: add it.")
    return Directory(content["force"], content["area"], contacts)


def _contact(path: Path, number: int, entry: Any) -> Contact:
    if not isinstance(entry, dict):
        raise DirectoryError(f"{path.name}, entry {number}: it must be a list of fields.")
    try:
        return Contact(**entry)
    except (ValidationError, TypeError) as problem:
        name = " ".join(str(entry.get("id", number)).split())
        if isinstance(problem, ValidationError):
            first = problem.errors()[0]
            field, reason = ".".join(str(part) for part in first["loc"]), first["msg"]
        else:
            field, reason = "?", "the names of fields must be text"
        raise DirectoryError(f"{path.name}, entry {name}, field {field}: {reason}.") from None
