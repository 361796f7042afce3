"""One turn, laid open: what was understood, clause by clause, what follows from it, and the reply as each channel shows it.

In: a conversation and what somebody does in it. Out: plain values, ready for JSON.
"""

import io
from dataclasses import dataclass
from typing import Any

from bot.channels.telegram.rendering import Renderer
from bot.channels.terminal import show
from bot.dialogue.engine import Engine
from bot.reply import Reply
from bot.staff.anatomy import Anatomy
from bot.staff.clauses import clauses
from bot.staff.nearest import TrainedMeanings
from bot.staff.playing import Conversation
from bot.staff.stories import Step, Turn
from bot.understanding.text import clean

CHANNELS = ("web", "telegram", "terminal")
MOST_PROBABILITIES = 8
# A situation below this says nothing about a clause.
WORTH_SHOWING = 0.1


@dataclass
class Talk:
    """One conversation, held in every channel side by side, so that each shows what it would really have said."""

    conversations: dict[str, Conversation]

    @classmethod
    async def open(cls, engine: Engine) -> "Talk":
        return cls({channel: await Conversation.open(engine, channel) for channel in CHANNELS})

    async def leave(self) -> None:
        for conversation in self.conversations.values():
            await conversation.leave()


class Explainer:
    """Lays turns open."""

    def __init__(self, engine: Engine, meanings: TrainedMeanings, anatomy: Anatomy) -> None:
        self._engine = engine
        self._meanings = meanings
        self._anatomy = anatomy
        self._telegram = Renderer(engine.sentences)

    async def start(self, talk: Talk) -> dict[str, Any]:
        """The first words."""
        turns = {channel: await conversation.start() for channel, conversation in talk.conversations.items()}
        return self._told(turns, {})

    async def say(self, talk: Talk, step: Step) -> dict[str, Any]:
        """Raises BadRequest where the bot never offered such a choice."""
        turns = {channel: await conversation.say(step) for channel, conversation in talk.conversations.items()}
        understood = await self._understood(step.typed) if step.typed is not None and clean(step.typed) else {}
        return self._told(turns, understood)

    def _told(self, turns: dict[str, Turn], understood: dict[str, Any]) -> dict[str, Any]:
        turn = turns["web"]
        rules = self._anatomy.rules_for(turn.intent, turn.actions)
        return {
            "said": turn.step.typed if turn.step.typed is not None else turn.step.tapped,
            "typed": turn.step.typed is not None,
            "intent": turn.intent,
            "actions": list(turn.actions),
            "responses": list(turn.said),
            "slots": {name: value for name, value in turn.slots.items() if value},
            "rules": [{"name": rule.name, "place": f"{rule.file}, line {rule.line}"} for rule in rules],
            "milliseconds": round(turn.milliseconds, 1),
            "understood": understood,
            "reply": turn.reply.to_dict(),
            "web": {"body": turn.reply.body},
            "telegram": self._in_telegram(turns["telegram"].reply),
            "terminal": in_terminal(turns["terminal"].reply),
        }

    async def _understood(self, text: str) -> dict[str, Any]:
        whole = await self._engine.read(text)
        words = clean(text)
        parts = clauses(words)
        return {
            "text": words,
            "urgency": whole.get("urgency"),
            "situations": whole.get("situations", []),
            "probabilities": whole.get("intent_ranking", [])[:MOST_PROBABILITIES],
            "danger": whole.get("danger", {}),
            "question": whole.get("question"),
            "entities": [{"entity": entity["entity"], "value": entity["value"]} for entity in whole.get("entities", [])],
            "clauses": [await self._clause(part.text) for part in parts] if len(parts) > 1 else [],
            "nearest": [near.to_dict() for near in self._meanings.nearest(text, 5)],
        }

    async def _clause(self, text: str) -> dict[str, Any]:
        read = await self._engine.read(text)
        likely = [entry for entry in read.get("intent_ranking", []) if entry["confidence"] >= WORTH_SHOWING]
        return {
            "text": text,
            "probabilities": (likely or read.get("intent_ranking", [])[:1])[:3],
            "danger": (read.get("danger") or {}).get("whole", 0.0),
            "phrases": [phrase["id"] for phrase in (read.get("danger") or {}).get("phrases", [])],
        }

    def _in_telegram(self, reply: Reply) -> list[dict[str, Any]]:
        return [{"html": part.text, "buttons": [label for label, _ in part.buttons]} for part in self._telegram.render(reply)]


def in_terminal(reply: Reply) -> str:
    """The reply as it stands on a terminal's screen."""
    screen = io.StringIO()
    show(reply, screen)
    return screen.getvalue()
