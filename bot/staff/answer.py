"""Answers a file of messages, each as a new conversation.

In: lines, either JSON objects with `id` and `text`, or plain text. Out: a JSON line each: the reply's fields with the same `id`,
or an `error`. A bad line never stops the others.
"""

import json
from typing import Any, Iterable, TextIO

from tqdm import tqdm

from bot.dialogue.engine import Engine
from bot.errors import BadRequest, TooLong
from bot.settings import LONGEST_MESSAGE

CHANNEL = "web"


async def answer_lines(engine: Engine, lines: Iterable[bytes], out: TextIO, progress: TextIO) -> int:
    """Writes one line to `out` for each of `lines`; returns how many were bad. The progress bar shows where `progress` is a terminal."""
    bad = 0
    for number, line in enumerate(tqdm(list(lines), unit="message", file=progress, disable=not progress.isatty()), start=1):
        if not line.strip():
            continue
        record: dict[str, Any] = {"id": number}
        try:
            entry = read_line(line, number)
            record["id"] = entry.get("id", number)
            record.update(await _answer(engine, text_of(entry)))
        except (BadRequest, TooLong) as problem:
            bad += 1
            record["error"] = {"code": problem.code, "line": number, "message": str(problem)}
        out.write(json.dumps(record, ensure_ascii=True) + "\n")
        out.flush()
    return bad


def read_line(line: bytes, number: int) -> dict[str, Any]:
    """One line as an object; a plain line's id is its number. Raises BadRequest with what to do."""
    try:
        words = line.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise BadRequest("This line is not UTF-8: save the file as UTF-8.") from None
    if not words.startswith("{"):
        return {"id": number, "text": words}
    try:
        entry: dict[str, Any] = json.loads(words)
    except ValueError:
        raise BadRequest('This line begins like JSON but is not: write {"id": 1, "text": "..."}.') from None
    return entry


def text_of(entry: dict[str, Any]) -> str:
    """The message of one object. Raises BadRequest or TooLong with what to do."""
    text = entry.get("text")
    if not isinstance(text, str):
        raise BadRequest('This line has no text: write {"id": 1, "text": "..."}.')
    if len(text) > LONGEST_MESSAGE:
        raise TooLong(f"This text is longer than {LONGEST_MESSAGE} characters: shorten it.")
    return text


async def _answer(engine: Engine, text: str) -> dict[str, Any]:
    conversation = await engine.open()
    try:
        return (await engine.answer(conversation, text, CHANNEL)).to_dict()
    finally:
        await engine.leave(conversation)
