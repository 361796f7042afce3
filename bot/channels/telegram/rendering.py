"""A reply as Telegram shows it: messages in HTML, with buttons below the last one.

In: a Reply. Out: its parts, none above Telegram's limit. Each begins with 40 neutral characters, which is what a locked screen
shows, and ends with how to leave.
"""

import html
import re
import textwrap
from dataclasses import dataclass

from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from bot.channels.telegram import NAME
from bot.errors import SentencesError
from bot.reply import NamedContact, Reply
from bot.sentences import Sentences

NEUTRAL_CHARACTERS = 40
# A number of the United Kingdom as people write it, long enough to be called with the country's code.
_NUMBER = re.compile(r"(?<![\d+])0\d[\d ]{5,12}\d(?!\d)")
# Telegram makes no link of a shorter one, so it is made easy to copy.
_SHORT_NUMBER_DIGITS = 7


@dataclass(frozen=True)
class Part:
    """One message: HTML, and buttons as (label, value), one a row."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()

    @property
    def plain(self) -> str:
        """The words alone."""
        return html.unescape(re.sub(r"<[^>]*>", "", self.text))


class Renderer:
    """Renders replies."""

    def __init__(self, sentences: Sentences) -> None:
        """Raises SentencesError where a button's value is too long for Telegram, or a sentence that has to hide what follows
        it on a locked screen is too short."""
        self._opening, self._continued = (_hiding(sentences, name) for name in ("utter_telegram_opening", "utter_telegram_continued"))
        # What was written for this channel begins neutrally by itself; a test holds that. All else gets the opening.
        own = [sentence.text for _, channel, _, sentence in sentences.every() if channel == NAME]
        self._neutral = tuple(text[:NEUTRAL_CHARACTERS] for text in own if len(text) >= NEUTRAL_CHARACTERS)
        self._exit_buttons = tuple((choice.label, choice.value) for choice in sentences.get("utter_quick_exit", NAME).choices)
        for value in sentences.values():
            if len(value.encode("utf-8")) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
                raise SentencesError(f"The button value {value} is longer than Telegram allows: shorten its payload in data/responses.")

    def render(self, reply: Reply) -> list[Part]:
        """The reply's parts, in order."""
        way_out = f"\n\n{reply.quick_exit.text}"
        opening = "" if reply.body.startswith(self._neutral) else f"{self._opening}\n"
        room = MessageLimit.MAX_TEXT_LENGTH - _length(way_out) - max(_length(opening), _length(self._continued) + 1)
        bodies = split(_with_country_code(reply.body).strip(), room)
        texts = [f"{self._continued}\n{body}{way_out}" if place else f"{opening}{body}{way_out}" for place, body in enumerate(bodies)]
        pages = [_to_html(text, reply.contacts) for text in texts]
        buttons = tuple((choice.label, choice.value) for choice in reply.choices) + self._exit_buttons
        return [Part(page) for page in pages[:-1]] + [Part(pages[-1], buttons)]


def _hiding(sentences: Sentences, name: str) -> str:
    text = sentences.get(name, NAME).text
    if len(text) < NEUTRAL_CHARACTERS:
        raise SentencesError(f"{name} must have {NEUTRAL_CHARACTERS} characters or more: a locked screen shows so many.")
    return text


def split(text: str, room: int) -> list[str]:
    """`text` in pieces of at most `room` characters as Telegram counts them: cut between paragraphs; between lines, then between
    words, only where one paragraph, then one line, is too long by itself."""
    pieces = [text]
    for mark in ("\n\n", "\n", " "):
        pieces = [smaller for piece in pieces for smaller in _cut(piece, mark, room)]
    return [cut for piece in pieces for cut in ([piece] if _length(piece) <= room else textwrap.wrap(piece, room // 2))]


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


def _length(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _with_country_code(text: str) -> str:
    """Telegram makes a number a link that can be tapped where it has its country's code."""
    return _NUMBER.sub(lambda number: f"{number[0]} (+44 {number[0][1:]})", text)


def _to_html(text: str, contacts: tuple[NamedContact, ...]) -> str:
    page = html.escape(text, quote=False)
    for contact in contacts:
        line = html.escape(_with_country_code(contact.line), quote=False)
        page = page.replace(line, _shown(line, contact.phone), 1)
    return page


def _shown(line: str, phone: str | None) -> str:
    """A contact's line, with its name in bold, and a short number so that a tap copies it."""
    name, _, how = line.removeprefix("- ").partition(": ")
    if phone and sum(map(str.isdigit, phone)) <= _SHORT_NUMBER_DIGITS:
        how = re.sub(rf"(?<!\d){re.escape(phone)}(?!\d)", f"<code>{phone}</code>", how, count=1)
    return f"- <b>{name}</b>: {how}"
