"""Tries a list of phrases at once: what each is understood as, whether that is what was expected, and whether the answer stays the
same when everybody's gender is swapped.

In: lines, each a phrase, and after a tab or `=>` an urgency or situations, where somebody says what they expect. Out: a result each.
"""

from dataclasses import asdict, dataclass
from typing import Any

from bot.dialogue.engine import Engine
from bot.errors import BadRequest
from bot.settings import LONGEST_MESSAGE
from bot.staff.playing import CHANNEL, conversation
from bot.staff.stories import Step, Turn
from bot.understanding.genders import swap
from bot.understanding.labels import SITUATIONS, URGENCIES

ARROW = "=>"


class WrongLine(BadRequest):
    """A line of the list cannot be read; its text says which and why."""

    code = "wrong_line"


@dataclass(frozen=True)
class Phrase:
    """One line. `expected` are ids of situations, and at most one urgency; empty where nothing is expected."""

    line: int
    text: str
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What became of one phrase. `swapped` is the other wording, None where nobody's gender is told; `same` whether its answer is."""

    line: int
    text: str
    expected: tuple[str, ...]
    urgency: str
    situations: tuple[str, ...]
    contacts: tuple[str, ...]
    actions: tuple[str, ...]
    milliseconds: float
    missed: tuple[str, ...]
    swapped: str | None
    swapped_urgency: str | None
    swapped_contacts: tuple[str, ...]
    same: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_phrases(lines: str, first: int = 1) -> list[Phrase]:
    """The phrases of a pasted text; empty lines and those that begin with # are left out. Raises WrongLine."""
    phrases = []
    for number, line in enumerate(lines.splitlines(), start=first):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        text, _, expected = line.partition("\t") if "\t" in line else line.partition(ARROW)
        wanted = tuple(expected.replace(",", " ").split())
        unknown = [word for word in wanted if word not in (*SITUATIONS, *URGENCIES)]
        if unknown:
            raise WrongLine(f"Line {number}: what is expected must be an urgency or ids of situations, as docs/labels.md lists them.")
        if sum(word in URGENCIES for word in wanted) > 1:
            raise WrongLine(f"Line {number}: only one urgency can be expected.")
        if not text.strip() or len(text) > LONGEST_MESSAGE:
            raise WrongLine(f"Line {number}: the phrase is empty, or longer than {LONGEST_MESSAGE} characters.")
        phrases.append(Phrase(number, text.strip(), wanted))
    return phrases


async def try_phrase(engine: Engine, phrase: Phrase) -> Tried:
    """Each as a new conversation."""
    turn = await _ask(engine, phrase.text)
    reply = turn.reply
    other = swap(phrase.text)
    swapped = (await _ask(engine, other)).reply if other != phrase.text else None
    contacts = tuple(contact.id for contact in reply.contacts)
    swapped_contacts = tuple(contact.id for contact in swapped.contacts) if swapped else ()
    return Tried(
        phrase.line, phrase.text, phrase.expected, reply.urgency, reply.situations, contacts, turn.actions, round(turn.milliseconds, 1),
        missed=tuple(wanted for wanted in phrase.expected if wanted != reply.urgency and wanted not in reply.situations),
        swapped=other if swapped else None,
        swapped_urgency=swapped.urgency if swapped else None,
        swapped_contacts=swapped_contacts,
        same=swapped is None or (swapped.urgency == reply.urgency and swapped_contacts == contacts),
    )  # fmt: skip


async def _ask(engine: Engine, text: str) -> Turn:
    async with conversation(engine, CHANNEL) as talk:
        return await talk.say(Step("", text, None, ()))
