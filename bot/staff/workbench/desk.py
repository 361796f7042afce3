"""What the workbench can do, as deeds: each takes the page's JSON and gives JSON back. Raises SupportErrors for what cannot be.

Conversations live here in memory, the oldest making room; what was typed in them lives in the page that typed it.
"""

import asyncio
import datetime
import secrets
from collections import OrderedDict
from pathlib import Path
from typing import Any, Callable, Coroutine

from bot.dialogue.engine import Engine
from bot.errors import BadRequest, ConversationNotFound, TooLong
from bot.settings import LONGEST_MESSAGE
from bot.staff.compare import Comparison, compare
from bot.staff.phrase_list import read_phrases, try_phrase
from bot.staff.playing import conversation, play
from bot.staff.proposals import FILE, propose
from bot.staff.stories import FOLDER, Step, Story, read_stories, save_story
from bot.staff.workbench.turns import Explainer, Talk
from bot.understanding.labels import SITUATIONS, URGENCIES

MOST_TALKS = 20
MOST_PHRASES = 25
MOST_STEPS = 100

Document = Callable[[], Coroutine[Any, Any, str]]
Deed = Callable[[dict[str, Any]], Coroutine[Any, Any, dict[str, Any]]]


class Desk:
    """One engine laid open. `documents` are pages made from the data, by address. Flows and proposals go where they are told."""

    def __init__(
        self, engine: Engine, explainer: Explainer, documents: dict[str, Document], flows: Path = FOLDER, proposals: Path = FILE
    ) -> None:
        self._engine = engine
        self._explainer = explainer
        self._flows = flows
        self._proposals = proposals
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._comparison: Comparison | None = None
        self._comparing: asyncio.Task[None] | None = None
        self.documents = documents
        self.deeds: dict[str, Deed] = {
            "/talk/start": self.start,
            "/talk/say": self.say,
            "/talk/leave": self.leave,
            "/phrases": self.phrases,
            "/flows/list": self.flows,
            "/flows/save": self.save,
            "/flows/play": self.play,
            "/propose": self.propose,
            "/compare/start": self.compare,
            "/compare/state": self.state,
            "/compare/stop": self.stop,
        }

    async def document(self, address: str) -> bytes:
        return (await self.documents[address]()).encode("utf-8")

    async def about(self, body: dict[str, Any]) -> dict[str, Any]:
        models = sorted(path.name for path in self._engine.settings.model.parent.glob("*.tar.gz"))
        return {"situations": SITUATIONS, "urgencies": URGENCIES, "models": models, "model": self._engine.settings.model.name}

    async def start(self, body: dict[str, Any]) -> dict[str, Any]:
        while len(self._talks) >= MOST_TALKS:
            await self._talks.popitem(last=False)[1].leave()
        name, talk = secrets.token_urlsafe(16), await Talk.open(self._engine)
        self._talks[name] = talk
        return {"talk": name, "turn": await self._explainer.start(talk)}

    async def say(self, body: dict[str, Any]) -> dict[str, Any]:
        talk = self._talks.get(_text(body, "talk"))
        if talk is None:
            raise ConversationNotFound
        self._talks.move_to_end(body["talk"])
        return {"turn": await self._explainer.say(talk, _step(body))}

    async def leave(self, body: dict[str, Any]) -> dict[str, Any]:
        talk = self._talks.pop(_text(body, "talk"), None)
        if talk is not None:
            await talk.leave()
        return {}

    async def phrases(self, body: dict[str, Any]) -> dict[str, Any]:
        first = body.get("first", 1)
        if not isinstance(first, int):
            raise BadRequest
        phrases = read_phrases(_text(body, "lines"), first)
        if len(phrases) > MOST_PHRASES:
            raise TooLong
        return {"tried": [(await try_phrase(self._engine, phrase)).to_dict() for phrase in phrases]}

    async def flows(self, body: dict[str, Any]) -> dict[str, Any]:
        flows = [
            {"file": story.file, "name": story.name, "saved": story.saved, "steps": [vars(step) for step in story.steps]}
            for story in read_stories(self._flows)
        ]
        return {"flows": flows}

    async def save(self, body: dict[str, Any]) -> dict[str, Any]:
        """Plays what was said once more, in a new conversation, and writes down what that leads to."""
        steps = body.get("steps")
        if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS or not all(isinstance(step, dict) for step in steps):
            raise BadRequest
        async with conversation(self._engine) as talk:
            turns = [await talk.say(_step(step)) for step in steps]
        path = save_story(_text(body, "name"), _text(body, "title"), turns, self._flows)
        return {"file": path.relative_to(self._flows).as_posix(), "flow": path.read_text(encoding="utf-8")}

    async def play(self, body: dict[str, Any]) -> dict[str, Any]:
        turns = await play(self._engine, self._story(_text(body, "file"), _text(body, "name")))
        steps = [{"right": turn.as_written, "intent": turn.intent, "actions": turn.actions} for turn in turns]
        return {"right": all(step["right"] for step in steps), "steps": steps}

    async def propose(self, body: dict[str, Any]) -> dict[str, Any]:
        situations, understood = _labels(body, "situations"), _labels(body, "understood")
        today = datetime.date.today()
        count = propose(_text(body, "text"), situations, _text(body, "urgency"), understood, _text(body, "note"), today, self._proposals)
        return {"count": count}

    async def compare(self, body: dict[str, Any]) -> dict[str, Any]:
        folder = self._engine.settings.model.parent
        known = {path.name: path for path in folder.glob("*.tar.gz")}
        one, two = (known.get(_text(body, name)) for name in ("one", "two"))
        if one is None or two is None:
            raise BadRequest
        await self.stop({})
        self._comparison = await asyncio.to_thread(compare, self._engine.settings, one, two)
        self._comparing = asyncio.create_task(_run(self._comparison))
        return {"total": self._comparison.total}

    async def state(self, body: dict[str, Any]) -> dict[str, Any]:
        if self._comparison is None or self._comparing is None:
            raise ConversationNotFound
        if self._comparing.done() and not self._comparing.cancelled() and self._comparing.exception() is not None:
            raise BadRequest
        comparison = self._comparison
        return {"done": comparison.done, "total": comparison.total, "report": comparison.report() if self._comparing.done() else None}

    async def stop(self, body: dict[str, Any]) -> dict[str, Any]:
        if self._comparing is not None:
            self._comparing.cancel()
        self._comparison = self._comparing = None
        return {}

    def _story(self, file: str, name: str) -> Story:
        for story in read_stories(self._flows):
            if (story.file, story.name) == (file, name):
                return story
        raise BadRequest


async def _run(comparison: Comparison) -> None:
    while await comparison.go_on():
        await asyncio.sleep(0)


def _step(body: dict[str, Any]) -> Step:
    if ("text" in body) == ("choice" in body):
        raise BadRequest
    if "choice" in body:
        return Step("", None, _text(body, "choice"), ())
    return Step("", _text(body, "text"), None, ())


def _labels(body: dict[str, Any], name: str) -> list[str]:
    labels = body.get(name, [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise BadRequest
    return labels


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise BadRequest
    if len(value) > LONGEST_MESSAGE and name != "lines":
        raise TooLong
    return value
