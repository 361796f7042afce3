"""A reply as Telegram shows it: messages in HTML, with buttons below the last one.

In: a Reply. Out: its parts, none above Telegram's limit. Each begins with 40 neutral characters, which is what a locked screen
shows, and ends with how to leave.
"""

import html
import re
from dataclasses import dataclass

from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from bot.channels.telegram import NAME
from bot.directory import Directory
from bot.errors import SentencesError
from bot.reply import Reply
from bot.sentences import Sentences

NEUTRAL_CHARACTERS = 40
# From this many digits on, a number that begins with 0 can be written with the country's code.
_LEAST_DIGITS = 8


@dataclass(frozen=True)
class Part:
    """One message: HTML, and buttons as (label, value), one a row."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()


class Renderer:
    """Renders replies."""

    def __init__(self, sentences: Sentences, directory: Directory) -> None:
        """Raises SentencesError where a button's value is too long for Telegram."""
        self._opening = sentences.get("utter_telegram_opening", NAME).text
        self._continued = sentences.get("utter_telegram_continued", NAME).text
        # What was written for this channel begins neutrally by itself; a test holds that.
        own = [sentences.get(name, NAME).text for name in sentences.names_in(NAME)]
        self._neutral = tuple(text[:NEUTRAL_CHARACTERS] for text in own if len(text) >= NEUTRAL_CHARACTERS)
        self._exit_buttons = tuple((choice.label, choice.value) for choice in sentences.get("utter_quick_exit", NAME).choices)
        self._numbers = [(_pattern(phone), _abroad(phone)) for phone in _numbers(directory)]
        for value in sentences.values():
            if len(value.encode("utf-8")) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
                raise SentencesError(f"The button value {value} is longer than Telegram allows: shorten its payload in data/responses.")

    def render(self, reply: Reply) -> list[Part]:
        """The reply's parts, in order."""
        way_out = html.escape(reply.quick_exit.text, quote=False)
        names = {contact.line: contact.line.partition(":")[0] for contact in reply.contacts}
        lines = [self._line(line, names.get(line)) for line in reply.body.split("\n")]
        opening = "" if reply.body.startswith(self._neutral) else html.escape(self._opening, quote=False) + "\n"
        continued = html.escape(self._continued, quote=False) + "\n"
        room = MessageLimit.MAX_TEXT_LENGTH - _length(way_out) - max(_length(opening), _length(continued)) - 2
        texts = [
            f"{continued if number else opening}{body}\n\n{way_out}" for number, body in enumerate(split("\n".join(lines).strip(), room))
        ]
        buttons = tuple((choice.label, choice.value) for choice in reply.choices) + self._exit_buttons
        return [Part(text) for text in texts[:-1]] + [Part(texts[-1], buttons)]

    def _line(self, line: str, name: str | None) -> str:
        for pattern, abroad in self._numbers:
            # Telegram makes a number a link that can be tapped where it has its country's code.
            line = pattern.sub(lambda found, abroad=abroad: f"{found[0]} ({abroad})", line, count=1)
        escaped = html.escape(line, quote=False)
        if name is None:
            return escaped
        bold = html.escape(name.removeprefix("- "), quote=False)
        return escaped.replace(bold, f"<b>{bold}</b>", 1)


def split(text: str, room: int) -> list[str]:
    """`text` in pieces of at most `room` characters as Telegram counts them, cut between paragraphs; between lines, sentences or
    words only where a paragraph is too long for that, and never inside a tag or an entity of HTML."""
    pieces = [text]
    for mark in ("\n\n", "\n", ". ", " "):
        pieces = [smaller for piece in pieces for smaller in _cut(piece, mark, room)]
    return [cut for piece in pieces for cut in _cut_hard(piece, room)] or [""]


def _cut(text: str, mark: str, room: int) -> list[str]:
    if _length(text) <= room:
        return [text]
    pieces: list[str] = []
    for part in text.split(mark):
        if pieces and _length(pieces[-1] + mark + part) <= room:
            pieces[-1] += mark + part
        else:
            pieces.append(part)
    return [piece.strip() for piece in pieces if piece.strip()]


def _cut_hard(text: str, room: int) -> list[str]:
    pieces: list[str] = []
    for atom in re.findall(r"<[^>]*>|&[a-z#0-9]+;|.", text, re.DOTALL) if _length(text) > room else [text]:
        if pieces and _length(pieces[-1] + atom) <= room:
            pieces[-1] += atom
        else:
            pieces.append(atom)
    return pieces


def _length(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 code units. Tags are counted, too, which keeps below the limit."""
    return len(text.encode("utf-16-le")) // 2


def _numbers(directory: Directory) -> list[str]:
    phones = {contact.phone for contact in directory if contact.phone and contact.phone.startswith("0")}
    return sorted(phone for phone in phones if sum(map(str.isdigit, phone)) >= _LEAST_DIGITS)


def _pattern(phone: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\d+]){re.escape(phone)}(?!\d| \d)")


def _abroad(phone: str) -> str:
    return f"+44 {phone[1:]}"
