"""All test stories, played once for the run."""

import asyncio
from pathlib import Path

import pytest

from bot.staff.playing import play
from bot.staff.stories import Story, Turn, read_stories

STORIES = read_stories(Path(__file__).parent)


@pytest.fixture(scope="session")
def played(engine) -> dict[str, list[Turn]]:
    """The turns of each story, by its name."""

    async def play_all() -> dict[str, list[Turn]]:
        return {story.name: await play(engine, story) for story in STORIES}

    return asyncio.run(play_all())


def pytest_generate_tests(metafunc):
    if "story" in metafunc.fixturenames:
        metafunc.parametrize("story", STORIES, ids=lambda story: story.name)


__all__ = ["STORIES", "Story"]
