"""Whether the messages are apart from one another and from those kept for tests, and every reply says how to leave.

In: Sources. Out: findings.
"""

from pathlib import Path
from typing import Iterator

from bot.directory import load_directory
from bot.errors import StartError, SupportError
from bot.reply import ReplyWriter
from bot.sentences import Sentences
from bot.staff.data.sources import Sources
from bot.staff.findings import Finding
from bot.staff.understanding.leaks import alike_within, plain
from bot.staff.understanding.messages import Labelled, first_messages, read_kept_apart, trained_in
from bot.staff.understanding.report import FINAL, HELD_OUT, leaked

QUICK_EXIT = "utter_quick_exit"
# What the web's way out has to name: the key, and the link that every page of the widget shows.
CHANNELS = {"web": ("Escape", "Leave this site"), "telegram": ("/exit",), "terminal": ("exit",)}


def check_messages(sources: Sources) -> Iterator[Finding]:
    """Messages that stand under two situations, the same or nearly so; and messages that are kept for tests."""
    trained = [message for block in sources.blocks for message in trained_in(block)]
    first = first_messages(trained)
    for pair in alike_within([message.text for message in first]):
        one, other = first[pair.one], first[pair.other]
        if (one.situations[0], one.urgency) != (other.situations[0], other.urgency):
            how = "the same" if plain(one.text) == plain(other.text) else "nearly the same"
            yield Finding(
                "data", one.file, one.line,
                f"“{one.text}” is {one.situations[0]}, {one.urgency}, and {how} is {other.situations[0]}, {other.urgency}: "
                f"“{other.text}” ({other.file}:{other.line}).",
                "Decide which it is, and take the other out.",
            )  # fmt: skip
    for finding in leaked(_kept(sources.root), trained):
        yield Finding("data", finding.file, finding.line, finding.what, finding.what_to_do)


def check_exits(sources: Sources) -> Iterator[Finding]:
    """A channel in which a reply could be without its way out, or says one that is not there."""
    variations = sources.responses.get(QUICK_EXIT, [])
    place = variations[0] if variations else None
    file, line = (place.file, place.line) if place else ("data/responses", 1)
    what_to_do = f"Write it under {QUICK_EXIT} in data/responses, with its channel."
    try:
        sentences = Sentences(sources.root / "data/responses")
        directory = load_directory(next(iter(sorted((sources.root / "data/contacts").glob("*.yml")))))
    except (StartError, StopIteration) as problem:
        yield Finding("data", file, line, str(problem), "Correct it there.")
        return
    for channel, named in CHANNELS.items():
        try:
            writer = ReplyWriter(sentences, directory, channel, "https://www.bbc.co.uk/weather")
        except (SupportError, KeyError):
            yield Finding("data", file, line, f"replies in the channel {channel} do not say how to leave.", what_to_do)
            continue
        leave = writer.leaving().quick_exit.text
        missing = [word for word in named if word not in leave]
        if missing:
            of_channel = next((entry for entry in variations if entry.value.get("channel") == channel), place)
            at = (of_channel.file, of_channel.line) if of_channel else (file, line)
            yield Finding("data", *at, f"the way out in the channel {channel} does not name {' and '.join(missing)}.", what_to_do)
        for name, written in sources.responses.items():
            for variation in written:
                text = str(variation.value.get("text") or "")
                if name != QUICK_EXIT and text.strip() and not writer.write([{"text": text}]).text.endswith(leave):
                    yield Finding("data", variation.file, variation.line, f"{name} is said without the way out.", what_to_do)


def _kept(root: Path) -> list[Labelled]:
    return [message for name in (HELD_OUT, FINAL) if (root / name).is_file() for message in read_kept_apart(root / name, root)]
