"""The files that make the bot, read with their places, for checks that name file and line.

In: the project's folder. Out: one Sources. Raises StartError, which names file and line, where a file cannot be read.
"""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import StartError
from bot.staff.findings import Finding
from bot.staff.places import Placed, read_placed

_PAYLOAD = re.compile(r"^/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?$")


@dataclass(frozen=True)
class Button:
    """What a button sends: an intent, and the names of its entities."""

    intent: str
    entities: tuple[str, ...]
    place: Placed


@dataclass(frozen=True)
class Sources:
    """Everything that is checked together. Names stand beside the place where they are written."""

    root: Path
    intents: dict[str, Placed]
    entities: dict[str, Placed]
    slots: dict[str, Placed]
    actions: dict[str, Placed]
    rules: list[Placed]
    blocks: list[Placed]
    responses: dict[str, list[Placed]]
    routing: Placed
    contacts: Placed
    code: set[str]
    made_names: list[re.Pattern[str]]
    coded_actions: dict[str, Placed]

    def buttons(self) -> list[Button]:
        """Every button of every response."""
        return [
            button
            for variations in self.responses.values()
            for variation in variations
            for entry in variation.at("buttons").items()
            for button in _button(entry)
        ]

    def names_in_code(self, name: str) -> bool:
        """Whether the Python code holds this name as a string, or makes it of parts, such as f"utter_offer_{who}"."""
        if name in self.code or any(pattern.fullmatch(name) for pattern in self.made_names):
            return True
        # Of f"utter_{code}" the part in the gap has to stand in the code as well, or everything would count as said.
        return name.startswith("utter_") and name.removeprefix("utter_") in self.code


def read_sources(root: Path) -> tuple[Sources | None, list[Finding]]:
    """The sources, or the findings of the files that cannot be read."""
    findings: list[Finding] = []

    def placed(path: Path) -> Placed:
        try:
            return read_placed(path, root)
        except StartError as problem:
            findings.append(_unreadable(str(problem)))
            return Placed(None, path.relative_to(root).as_posix(), 1)

    def all_of(folder: str, key: str) -> list[Placed]:
        files = [placed(path) for path in sorted((root / folder).rglob("*.yml"))]
        return [entry for file in files for entry in file.at(key).items()]

    domain = placed(root / "domain.yml")
    response_files = [placed(path) for path in sorted((root / "data/responses").rglob("*.yml"))]
    responses: dict[str, list[Placed]] = {}
    for file in [domain, *response_files]:
        for name, variations in file.at("responses").entries():
            responses.setdefault(name, []).extend(variations.items() if isinstance(variations.value, list) else [variations])
    code, made, coded = _code(root)
    sources = Sources(
        root, _listed(domain.at("intents")), _listed(domain.at("entities")), dict(domain.at("slots").entries()),
        _listed(domain.at("actions")), all_of("data/rules", "rules"), all_of("data/nlu", "nlu"), responses,
        placed(root / "data/routing/routing.yml"),
        _contacts_of(root, placed), code, made, coded,
    )  # fmt: skip
    return (None, findings) if findings else (sources, [])


def _contacts_of(root: Path, placed: Any) -> Placed:
    files = [placed(path) for path in sorted((root / "data/contacts").glob("*.yml"))]
    return files[0] if files else Placed(None, "data/contacts", 1)


def _listed(entries: Placed) -> dict[str, Placed]:
    """The names of a list whose entries are names or mappings of one name."""
    return {str(next(iter(entry.value)) if isinstance(entry.value, dict) else entry.value): entry for entry in entries.items()}


def _button(entry: Placed) -> list[Button]:
    payload = entry.value.get("payload") if isinstance(entry.value, dict) else None
    fitted = _PAYLOAD.match(str(payload or ""))
    if fitted is None:
        return []
    try:
        entities = tuple(json.loads(fitted["entities"] or "{}"))
    except ValueError:
        entities = ()
    return [Button(fitted["intent"], entities, entry)]


def _code(root: Path) -> tuple[set[str], list[re.Pattern[str]], dict[str, Placed]]:
    """The strings of every Python file but the checks' own, the names made of parts, and the actions by the name that they give."""
    strings: set[str] = set()
    made: list[re.Pattern[str]] = []
    actions: dict[str, Placed] = {}
    for path in sorted([*(root / "actions").rglob("*.py"), *(root / "bot").rglob("*.py")]):
        name = path.relative_to(root).as_posix()
        if name.startswith("bot/staff/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                made += _made(node)
            elif name.startswith("actions/") and isinstance(node, ast.FunctionDef) and node.name == "name":
                for given in ast.walk(node):
                    if isinstance(given, ast.Return) and isinstance(given.value, ast.Constant) and isinstance(given.value.value, str):
                        actions[given.value.value] = Placed(given.value.value, name, given.lineno)
    return strings, made, actions


def _made(name: ast.JoinedStr) -> list[re.Pattern[str]]:
    """A pattern for the names that an f-string makes, where it says more of them than that they are responses."""
    parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in name.values]
    fixed = "".join(part for part in parts if part is not None)
    if not fixed.startswith("utter_") or fixed == "utter_":
        return []
    return [re.compile("".join("[a-z0-9_]+" if part is None else re.escape(part) for part in parts))]


def _unreadable(problem: str) -> Finding:
    place, _, what = problem.partition(": ")
    file, _, line = place.partition(", line ")
    what, _, what_to_do = what.partition(". ")
    return Finding("data", file, int(line or 1), f"{what}.", what_to_do)
