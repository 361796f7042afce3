"""The pages and files that browsers load, and replies as HTML for browsers without scripts.

In: replies, and the files of bot/widget. Out: bytes ready to send. Every word of a reply is escaped; bot/widget/reply.js builds the
same elements where scripts run, and a test holds the two together.
"""

import gzip
import re
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Iterable

from bot.directory import Contact, Directory
from bot.reply import NamedContact, Reply
from bot.settings import LONGEST_MESSAGE
from bot.understanding.labels import EMERGENCY

WIDGET = Path(__file__).resolve().parent.parent / "widget"

_HTML, _SCRIPT, _STYLE = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8"
_FILES = {
    "/": ("demo.html", _HTML),
    "/leaving": ("leaving.html", _HTML),
    "/widget.js": ("widget.js", _SCRIPT),
    "/chat.js": ("chat.js", _SCRIPT),
    "/reply.js": ("reply.js", _SCRIPT),
    "/leave.js": ("leave.js", _SCRIPT),
    "/demo.js": ("demo.js", _SCRIPT),
    "/chat.css": ("chat.css", _STYLE),
    "/demo.css": ("demo.css", _STYLE),
}
# A grey dot: nothing that a glance at the tabs would stop at.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
    "%3Ccircle cx='4' cy='4' r='4' fill='%235b6b7f'/%3E%3C/svg%3E"
)
_NAME = re.compile(r"\$(icon|exit_url|turn|status|conversation|calls|longest)\b")


@dataclass(frozen=True)
class Page:
    """What is sent at an address; small where the browser can unpack it."""

    content: bytes
    kind: str
    packed: bytes | None = None


class Pages:
    """All pages, read once."""

    def __init__(self, directory: Directory, exit_url: str) -> None:
        self._always = {"icon": _ICON, "exit_url": escape(exit_url), "longest": str(LONGEST_MESSAGE)}
        self._chat = self._read("chat.html")
        self._calls = "".join(facts(contact, bool(_phone(directory, contact))) for contact in directory.values())
        self._directory = directory
        self.files = {address: _packed(self._filled(self._read(name)), kind) for address, (name, kind) in _FILES.items()}

    def first(self, greeting: Reply) -> Page:
        """The chat before anything was said. It holds no secret, so it may be packed."""
        return _packed(self._page(greeting, "", ""), _HTML)

    def later(self, reply: Reply, conversation: str, status: str = "") -> Page:
        """The chat after a form was sent: the newest reply, and the conversation's id inside the form."""
        return Page(self._page(reply, conversation, status).encode("utf-8"), _HTML)

    def _page(self, reply: Reply, conversation: str, status: str) -> str:
        turn = written(reply, self._directory)
        return self._filled(self._chat, turn=turn, conversation=escape(conversation), status=escape(status), calls=self._calls)

    def _read(self, name: str) -> str:
        return (WIDGET / name).read_text(encoding="utf-8")

    def _filled(self, page: str, **values: str) -> str:
        known = {**self._always, **values}
        return _NAME.sub(lambda found: known[found[1]], page)


def _packed(text: str, kind: str) -> Page:
    content = text.encode("utf-8")
    return Page(content, kind, gzip.compress(content, mtime=0))


def _phone(directory: Directory, contact: Contact) -> str | None:
    return directory[contact.reached_through].phone if contact.reached_through else contact.phone


def written(reply: Reply, directory: Directory) -> str:
    """A reply as one turn of the talk: its lines in their order, a contact's line as its card, an emergency's first line with the
    one thing to do."""
    phones = sorted({"999", "101", *(contact.phone for contact in reply.contacts if contact.phone)}, key=len, reverse=True)
    left = list(reply.contacts)
    urgent = reply.urgency == EMERGENCY
    alarm = next((contact for contact in left if urgent and contact.id == "999" and contact.phone), None)
    parts = ['<span class="unseen">Guide: </span>']
    for line in filter(str.strip, reply.body.splitlines()):
        named = next((contact for contact in left if line.lower().startswith(f"- {contact.name.lower()}:")), None)
        if named:
            left.remove(named)
            parts.append(_card(named, line[len(named.name) + 3 :].strip(), phones, directory))
        elif alarm in left and alarm is not None:
            left.remove(alarm)
            parts.append(f'<div class="alarm"><p dir="auto">{escape(line)}</p>{_call(alarm.phone, f"Call {alarm.phone}")}</div>')
        else:
            parts.append(f'<p dir="auto">{_linked(line.removeprefix("- "), phones)}</p>')
    for contact in left:
        told = contact.how in reply.body or (contact.phone or "") in reply.body  # no sentence twice in one reply
        shown = replace(contact, why="" if contact.why in reply.body else contact.why)
        parts.append(_card(shown, "" if told else contact.how, phones, directory, more=not told))
    if reply.choices:
        buttons = "".join(
            f'<button name="choice" value="{escape(choice.value)}" form="form" dir="auto">{escape(choice.label)}</button>'
            for choice in reply.choices
        )
        parts.append(f'<div class="choices" role="group" aria-label="Choose">{buttons}</div>')
    parts.append(f'<p class="hint" dir="auto">{escape(reply.quick_exit.text)}</p>')
    return f'<div class="turn reply{" urgent" if urgent else ""}">{"".join(parts)}</div>'


def facts(contact: Contact, by_phone: bool) -> str:
    """What happens when you call, when one can and what it costs, to be opened; empty where the directory knows none of it."""
    lines = [contact.when_you_call, f"Hours: {contact.hours}." if contact.hours else "", f"Cost: {contact.cost}." if contact.cost else ""]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    title = "Hours and cost" if not contact.when_you_call else "What happens when you call" if by_phone else "What happens next"
    return f'<details data-contact="{contact.id}" dir="auto"><summary>{title}</summary>{told}</details>' if told else ""


def _card(contact: NamedContact, how: str, phones: Iterable[str], directory: Directory, more: bool = True) -> str:
    name = escape(contact.name[0].upper() + contact.name[1:])
    deeds = _call(contact.phone, f"Call {contact.phone}") if contact.phone else ""
    if contact.url:
        aside = f'<span class="unseen"> of {escape(contact.name)}</span><span class="aside"> (new tab)</span>'
        deeds += f'<a href="{escape(contact.url)}" target="_blank" rel="noopener noreferrer">Website{aside}</a>'
    return "".join(
        (
            f'<div class="card{" urgent" if contact.id == "999" else ""}"><h2 dir="auto">{name}</h2>',
            f'<p class="why" dir="auto">{escape(contact.why)}</p>' if contact.why else "",
            f'<p dir="auto">{_linked(how, phones)}</p>' if how else "",
            f'<div class="deeds">{deeds}</div>' if deeds else "",
            facts(directory[contact.id], contact.phone is not None) if more else "",
            "</div>",
        )
    )


def _call(phone: str | None, words: str) -> str:
    return f'<a href="tel:{re.sub(r"[^0-9+]", "", phone or "")}">{escape(words)}</a>'


def _linked(line: str, phones: Iterable[str]) -> str:
    """The line, escaped, with the phone numbers that are known as links."""
    parts = re.split(rf"\b({'|'.join(map(re.escape, phones))})\b", line)
    return "".join(_call(part, part) if index % 2 else escape(part) for index, part in enumerate(parts))
