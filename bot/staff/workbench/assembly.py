"""Puts a workbench together from an engine."""

import asyncio
import datetime
from pathlib import Path

from bot.dialogue.engine import Engine
from bot.settings import ROOT
from bot.staff.anatomy import read_anatomy
from bot.staff.coverage import read_rules
from bot.staff.documents import map_page, sentences_page
from bot.staff.nearest import load_meanings
from bot.staff.proposals import FILE
from bot.staff.reach import Reach
from bot.staff.stories import FOLDER, read_stories
from bot.staff.workbench.desk import Desk
from bot.staff.workbench.turns import Explainer

# So long the map waits for the flow tests to be played, before it shows what they reached so far.
PATIENCE_SECONDS = 2


def open_desk(engine: Engine, flows: Path = FOLDER, proposals: Path = FILE) -> Desk:
    """The desk of `python -m bot workbench`; flows and proposals are saved where it is told. Raises a StartError that says what to do."""
    anatomy = read_anatomy(engine.settings.contacts)
    explainer = Explainer(engine, load_meanings(engine.settings), anatomy)

    reach = Reach(engine, read_stories(flows), read_rules(ROOT / "data/rules"))
    playing: list[asyncio.Task[None]] = []

    async def the_map() -> str:
        if not playing:
            playing.append(asyncio.create_task(reach.play()))
        await asyncio.wait(playing, timeout=PATIENCE_SECONDS)
        so_far = f"Only {reach.done} of {reach.total} flow tests are played: more is reached than this shows. Load it again in a minute."
        so_far = "" if reach.done == reach.total else so_far
        return map_page(anatomy, reach.nodes, so_far)

    async def the_sentences() -> str:
        return sentences_page(anatomy, datetime.date.today())

    return Desk(engine, explainer, {"/map": the_map, "/sentences": the_sentences}, flows, proposals)
