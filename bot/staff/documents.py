"""The documents for reviewers: the map of the whole bot, and every sentence it can say.

In: the data. Out: pages, for the workbench or as files in a folder beside their style and script.
"""

import datetime
import hashlib
import html
import json
import shutil
from pathlib import Path
from string import Template

from bot.staff.anatomy import ACTION, CODE, CONTACT, INTENT, KINDS, RESPONSE, RULE, Anatomy, Node
from bot.staff.drawing import draw

PAGES = Path(__file__).with_name("workbench") / "pages"
TITLES = {
    INTENT: "things people say", RULE: "rules", ACTION: "actions", RESPONSE: "sentences", CONTACT: "contacts",
    CODE: "files of code that speak by themselves",
}  # fmt: skip
# One of them.
TITLE = {INTENT: "the message", RULE: "the rule", ACTION: "the action", RESPONSE: "the sentence", CONTACT: "the contact", CODE: "the code"}


def map_page(anatomy: Anatomy, reached: set[str], so_far: str = "") -> str:
    """The map, a page that asks for /pages/workbench.css and /pages/map.js. `reached` are ids of what tests reach; `so_far` tells
    where that is not all yet."""
    aside = anatomy.aside()
    facts = {
        node.id: {
            "kind": node.kind, "name": node.name, "place": f"{node.file}, line {node.line}", "words": node.words,
            "reached": node.id in reached or node.id in aside,
        }
        for node in anatomy.nodes.values()
    }  # fmt: skip
    edges = [[edge.start, edge.end, edge.kind, edge.why] for edge in anatomy.edges]
    counts = "".join(f"<li>{_count(anatomy, kind, reached | aside)}</li>" for kind in KINDS)
    return _fill(
        "map.html", so_far=html.escape(so_far), drawing=draw(anatomy, reached, aside), counts=counts,
        # Inside a script element only this needs hiding.
        facts=json.dumps({"nodes": facts, "edges": edges}, ensure_ascii=False).replace("<", "\\u003c"),
    )  # fmt: skip


def sentences_page(anatomy: Anatomy, today: datetime.date) -> str:
    """Every sentence, with where it is said, to print and to sign: of which day and which wordings stands on it."""
    by_file: dict[str, list[Node]] = {}
    for node in anatomy.nodes.values():
        if node.kind in (RESPONSE, CONTACT):
            by_file.setdefault(node.file, []).append(node)
    sections = "\n".join(
        f'<section id="{html.escape(file)}"><h2>{html.escape(file)}</h2>{"".join(_sentence(anatomy, node) for node in nodes)}</section>'
        for file, nodes in sorted(by_file.items())
    )
    contents = "".join(f'<li><a href="#{html.escape(file)}">{html.escape(file)}</a></li>' for file in sorted(by_file))
    count = sum(len(node.words) for nodes in by_file.values() for node in nodes)
    return _fill(
        "sentences.html", sections=sections, contents=contents, count=str(count), day=f"{today:%-d %B %Y}",
        version=_version(anatomy),
    )  # fmt: skip


def _version(anatomy: Anatomy) -> str:
    """Of the words alone: a line that moves changes none of what was signed."""
    words = [[node.id, node.words] for node in anatomy.nodes.values() if node.kind in (RESPONSE, CONTACT)]
    words += [[edge.start, [edge.end, edge.why]] for edge in anatomy.edges if edge.why]
    return hashlib.sha256(json.dumps(sorted(words)).encode("utf-8")).hexdigest()[:12]


def write_map(anatomy: Anatomy, reached: set[str], folder: Path) -> Path:
    """Writes map.html with its style and script into `folder`; returns the page."""
    return _write(folder, "map.html", map_page(anatomy, reached), ("workbench.css", "map.css", "map.js"))


def write_sentences(anatomy: Anatomy, folder: Path, today: datetime.date) -> Path:
    """Writes sentences.html with its style into `folder`; returns the page."""
    return _write(folder, "sentences.html", sentences_page(anatomy, today), ("workbench.css", "sentences.css"))


def _write(folder: Path, name: str, page: str, beside: tuple[str, ...]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in beside:
        shutil.copyfile(PAGES / file, folder / file)
    (folder / name).write_text(page.replace('"/pages/', '"'), encoding="utf-8")
    return folder / name


def _fill(name: str, **parts: str) -> str:
    return Template((PAGES / name).read_text(encoding="utf-8")).substitute(parts)


def _count(anatomy: Anatomy, kind: str, reached: set[str]) -> str:
    members = [node for node in anatomy.nodes.values() if node.kind == kind]
    missed = sum(node.id not in reached for node in members)
    how = f"<strong>{missed} not reached by a test</strong>" if missed else "all reached by tests"
    how = "which no flow test can reach" if kind == CODE else how
    return f'<span class="key {kind}"></span>{len(members)} {TITLES[kind]}, {how}'


def _sentence(anatomy: Anatomy, node: Node) -> str:
    said = "".join(f"<blockquote>{html.escape(words)}</blockquote>" for words in node.words)
    buttons = [edge for edge in anatomy.edges if edge.start == node.id and edge.kind == "choice"]
    choices = f"<p>Choices: {html.escape('; '.join(dict.fromkeys(edge.why for edge in buttons)))}</p>" if buttons else ""
    named = [edge for edge in anatomy.edges if edge.start == node.id and edge.kind == "names"]
    names = "; ".join(dict.fromkeys(f"{anatomy.nodes[edge.end].words[0]}: “{edge.why}”" for edge in named))
    contacts = f"<p>Names: {html.escape(names)}</p>" if named else ""
    whence = [anatomy.nodes[edge.start] for edge in anatomy.edges if edge.end == node.id and edge.kind != "choice"]
    where = "; ".join(dict.fromkeys(f"{TITLE[origin.kind]} {origin.name}" for origin in whence)) or "nowhere yet"
    return (
        f"<article><h3>{html.escape(node.name)} <small>line {node.line}</small></h3>{said}{choices}{contacts}"
        f'<p class="note">{"Named by" if node.kind == CONTACT else "Said after"}: {html.escape(where)}</p>'
        '<p class="sign">Agreed: <span></span> Date: <span></span></p></article>'
    )
