"""Which parts of the bot the flow tests reach, when they are played.

In: an engine, the stories and the rules. Out: ids of the anatomy's nodes.
"""

import asyncio
from contextlib import suppress
from typing import Sequence

from bot.dialogue.engine import Engine
from bot.errors import BadRequest
from bot.staff.anatomy import ACTION, CONTACT, INTENT, RESPONSE, RULE
from bot.staff.coverage import Rule
from bot.staff.playing import play
from bot.staff.stories import Story, Turn


class Reach:
    """What the stories reached so far: `nodes`, ids of the anatomy, after `done` of `total` stories."""

    def __init__(self, engine: Engine, stories: Sequence[Story], rules: Sequence[Rule]) -> None:
        self._engine = engine
        self._stories = stories
        self._rules = rules
        self.nodes: set[str] = set()
        self.done = 0

    @property
    def total(self) -> int:
        return len(self._stories)

    async def play(self) -> None:
        """Plays them all. A story that taps what is no longer offered reaches nothing."""
        for story in self._stories:
            with suppress(BadRequest):
                for turn in await play(self._engine, story):
                    self.nodes |= _parts(turn, self._rules)
            self.done += 1
            await asyncio.sleep(0)  # so that others are answered meanwhile


def _parts(turn: Turn, rules: Sequence[Rule]) -> set[str]:
    return {
        f"{INTENT}:{turn.intent}",
        *(f"{RULE}:{rule.name}" for rule in rules if rule.fits(turn)),
        *(f"{RESPONSE if action.startswith('utter_') else ACTION}:{action}" for action in turn.actions),
        *(f"{RESPONSE}:{response}" for response in turn.said),
        *(f"{CONTACT}:{contact.id}" for contact in turn.reply.contacts),
    }
