"""What the bot is made of, as a graph: each intent, rule, action, response and contact, what leads to what, and where it stands.

In: domain.yml, data/ and the code of the actions, read and never run. Out: nodes and edges. Raises StartError where a file cannot be read.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.directory import Contact, load_directory
from bot.reply import details
from bot.settings import ROOT
from bot.staff.action_code import Said, read_actions, said_elsewhere
from bot.staff.places import Placed, read_placed

INTENT, RULE, ACTION, RESPONSE, CONTACT, CODE = "intent", "rule", "action", "response", "contact", "code"
KINDS = (INTENT, RULE, ACTION, RESPONSE, CONTACT, CODE)
# What the slot `repeat` holds, in a reader's words.
_WHEN = {"again": "when asked again", "more": "when asked a third time"}


@dataclass
class Node:
    """One part. `words` are what it says or stands for, for a reader."""

    kind: str
    name: str
    file: str
    line: int
    words: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Edge:
    """`start` leads to `end`: by a rule, by saying, by naming, or, for `choice`, by what a person can tap."""

    start: str
    end: str
    kind: str
    why: str = ""


@dataclass
class Anatomy:
    """The whole."""

    nodes: dict[str, Node]
    edges: list[Edge]

    def rules_for(self, intent: str, actions: tuple[str, ...]) -> list[Node]:
        """The rules that the intent can fire and that lead to one of `actions`."""
        led = {(edge.start, edge.end) for edge in self.edges}
        fired = [self.nodes[end] for start, end in sorted(led) if start == f"{INTENT}:{intent}" and end.startswith(f"{RULE}:")]
        wanted = {f"{kind}:{action}" for kind in (ACTION, RESPONSE) for action in actions}
        return [rule for rule in fired if any((rule.id, end) in led for end in wanted)]

    def aside(self) -> set[str]:
        """The ids of what no flow can reach: code that speaks by itself, and what only it says."""
        said_by: dict[str, set[str]] = {}
        for edge in self.edges:
            if edge.kind != "choice":
                said_by.setdefault(edge.end, set()).add(self.nodes[edge.start].kind)
        return {node.id for node in self.nodes.values() if node.kind == CODE or said_by.get(node.id) == {CODE}}


def read_anatomy(contacts: Path, root: Path = ROOT) -> Anatomy:
    """`contacts`: the directory's file."""
    building = _Building(root)
    building.domain()
    building.responses()
    building.directory(contacts)
    building.rules()
    building.routing()
    building.code()
    building.asked_about()
    return Anatomy(building.nodes, list(dict.fromkeys(building.edges)))


class _Building:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []

    def add(self, kind: str, name: str, place: Placed, words: list[str] | None = None) -> str:
        node = self.nodes.setdefault(f"{kind}:{name}", Node(kind, name, place.file, place.line))
        node.words += words or []
        return node.id

    def link(self, start: str, end: str, kind: str, why: str = "") -> None:
        if start in self.nodes and end in self.nodes:
            self.edges.append(Edge(start, end, kind, why))

    def files(self, folder: str) -> list[Placed]:
        return [read_placed(path, self.root) for path in sorted((self.root / folder).rglob("*.yml"))]

    def domain(self) -> None:
        domain = read_placed(self.root / "domain.yml", self.root)
        for entry in domain.at("intents").items():
            self.add(INTENT, next(iter(entry.value)) if isinstance(entry.value, dict) else entry.value, entry)
        for entry in domain.at("actions").items():
            self.add(ACTION, entry.value, entry)
        before = self.add(CODE, "before each answer", domain.at("slots"))
        for slot in (domain.at("slots").value or {}).values():
            for mapping in slot.get("mappings", []):
                self.link(before, f"{ACTION}:{mapping.get('action')}", "says")

    def responses(self) -> None:
        for file in self.files("data/responses"):
            for name in file.at("responses").value or {}:
                place = file.at("responses").at(name)
                self.add(RESPONSE, name, place, [_said(variation.value) for variation in place.items()])

    def directory(self, contacts: Path) -> None:
        entries = load_directory(contacts)
        root = self.root if contacts.is_relative_to(self.root) else contacts.parent
        for entry in read_placed(contacts, root).at("contacts").items():
            contact = entries[entry.value["id"]]
            self.add(CONTACT, contact.id, entry, [contact.name, *_told_of(contact)])

    def rules(self) -> None:
        for file in self.files("data/rules"):
            for entry in file.at("rules").items():
                rule = self.add(RULE, entry.value["rule"], entry)
                for step in entry.at("steps").items():
                    named = step.value
                    if "intent" in named:
                        self.link(f"{INTENT}:{named['intent']}", rule, "rule")
                    for alternative in named.get("or", []):
                        self.link(f"{INTENT}:{alternative.get('intent')}", rule, "rule")
                    if "action" in named:
                        self.link(rule, self.action(named["action"]), "rule")

    def routing(self) -> None:
        routing = read_placed(self.root / "data/routing/routing.yml", self.root)
        entries = [(entry.value["id"], entry.value) for entry in routing.at("situations").items()]
        entries += [(name, routing.at(name).value) for name in ("emergency", "life_at_risk")]
        for name, entry in entries:
            # The two that are no situation by themselves stand for these.
            intent = f"{INTENT}:{({'emergency': 'immediate_danger', 'life_at_risk': 'suicidal'}).get(name, name)}"
            response = f"{RESPONSE}:{entry['response']}"
            self.link(intent, response, "routing")
            for said in ("next", "first_step"):
                if said in entry:
                    self.link(response, f"{RESPONSE}:{entry[said]}", "says")
            for contact in entry["contacts"]:
                self.link(response, f"{CONTACT}:{contact['id']}", "names", contact["why"])
            for contact in entry.get("more_help", []):
                self.link(f"{RESPONSE}:utter_more_help", f"{CONTACT}:{contact['id']}", "names", contact["why"])

    def code(self) -> None:
        names = {node.name for node in self.nodes.values() if node.kind == RESPONSE}
        for said in read_actions(self.root / "actions", names):
            self._says(ACTION, said)
        for said in said_elsewhere(self.root / "bot", names):
            self._says(CODE, said)
        for file in self.files("data/responses"):
            for name in file.at("responses").value or {}:
                for variation in file.at("responses").at(name).items():
                    self._offers(f"{RESPONSE}:{name}", variation.value)

    def asked_about(self) -> None:
        """Every contact can be asked about by its name; that is shown where nothing else leads to it."""
        led_to = {edge.end for edge in self.edges}
        for node in list(self.nodes.values()):
            if node.kind == CONTACT and node.id not in led_to:
                self.link(f"{ACTION}:action_service_info", node.id, "asked")

    def action(self, name: str) -> str:
        return f"{RESPONSE}:{name}" if name.startswith("utter_") else f"{ACTION}:{name}"

    def _says(self, kind: str, said: Said) -> None:
        if kind == CODE:
            self.add(kind, said.name, Placed(None, said.file, said.line))
        for response in said.responses:
            self.link(f"{kind}:{said.name}", f"{RESPONSE}:{response}", "says")

    def _offers(self, response: str, variation: dict[str, Any]) -> None:
        for button in variation.get("buttons") or []:
            self.link(response, f"{INTENT}:{str(button.get('payload', '')).lstrip('/').partition('{')[0]}", "choice", button["title"])
        for contact in (variation.get("custom") or {}).get("contacts", []):
            self.link(response, f"{CONTACT}:{contact['id']}", "names", contact.get("why", ""))


def _told_of(contact: Contact) -> list[str]:
    """All that replies can tell of it beside its name, in the words in which they do, and the ways to reach it."""
    reached = {"Phone": contact.phone, "In writing": contact.text, "Page": contact.url}
    return [*details(contact)[1:], *(f"{name}: {value}" for name, value in reached.items() if value)]


def _said(variation: dict[str, Any]) -> str:
    """One wording, with where it is said and when."""
    conditions = [_WHEN.get(condition["value"], str(condition)) for condition in variation.get("condition") or []]
    notes = ([f"only in {variation['channel']}"] if "channel" in variation else []) + conditions
    return f"[{', '.join(notes)}] {variation['text'].strip()}" if notes else str(variation["text"]).strip()
