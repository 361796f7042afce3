"""The terminal channel: a conversation by keyboard."""

from typing import TextIO

from bot.dialogue.engine import Engine
from bot.reply import Reply
from bot.settings import LONGEST_MESSAGE

CHANNEL = "terminal"
LEAVING_WORDS = {"exit", "quit", "leave"}
CLEAR = "\033[2J\033[3J\033[H"


async def converse(engine: Engine, source: TextIO, screen: TextIO) -> None:
    """Talks until the input ends or the person leaves; then clears the screen and forgets."""
    conversation = await engine.open()
    try:
        reply = await engine.start(conversation, CHANNEL)
        while True:
            show(reply, screen)
            line = source.readline()
            if not line or line.strip().lower() in LEAVING_WORDS:
                return
            reply = await _answer(engine, conversation, line.strip(), reply)
            if reply.situations == ("leave_now",):
                return
    except KeyboardInterrupt:
        return
    finally:
        await engine.leave(conversation)
        if screen.isatty():
            screen.write(CLEAR)


async def _answer(engine: Engine, conversation: str, words: str, before: Reply) -> Reply:
    if words.isdigit() and 1 <= int(words) <= len(before.choices):
        return await engine.choose(conversation, before.choices[int(words) - 1].value, CHANNEL)
    if len(words) > LONGEST_MESSAGE:
        return engine.writer(CHANNEL).fault("utter_too_long")
    return await engine.answer(conversation, words, CHANNEL)


def show(reply: Reply, screen: TextIO) -> None:
    """Writes a reply as a terminal shows it: the words, numbered choices, the way out, and the prompt."""
    screen.write(f"\n{reply.body}\n")
    for number, choice in enumerate(reply.choices, start=1):
        screen.write(f"  {number}  {choice.label}\n")
    screen.write(f"\n{reply.quick_exit.text}\n\n> ")
    screen.flush()
