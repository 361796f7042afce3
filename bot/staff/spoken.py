"""The wording and the dialogue parts of the check: every sentence is as the bot speaks, every test story goes as written, and together
they reach everything.

In: the project's folder, and an engine for the dialogue. Out: findings with the place where each is put right.
"""

from pathlib import Path
from typing import Iterator

from bot.dialogue.engine import Engine
from bot.directory import Directory
from bot.sentences import Sentences
from bot.staff.coverage import read_rules, unreached
from bot.staff.findings import Finding
from bot.staff.places import Placed, read_placed
from bot.staff.playing import play
from bot.staff.stories import Story, Turn, read_stories
from bot.staff.wording import check_wording, read_wording

RESPONSES, RULES, STORIES, WORDING = "data/responses", "data/rules", "tests/dialogue", "data/wording/wording.yml"
# Nobody gets these who did not ask for them.
LONGER = frozenset({"utter_telegram_help"})
# Said where something fails, or by one channel only: their own tests say them.
ELSEWHERE = ("faults.yml", "telegram.yml")
# Added to every reply, and run before each answer: no story names them.
ALWAYS = {"utter_quick_exit", "action_follow"}


def check_sentences(root: Path, directory: Directory) -> tuple[list[Finding], int]:
    """What is wrong with a sentence's words, and how many responses there are."""
    sentences = Sentences(root / RESPONSES)
    places = _responses(root)
    found = []
    for finding in check_wording(sentences, directory, read_wording(root / WORDING), LONGER):
        name = finding.where.split()[0]
        place = places.get(name, Placed(None, RESPONSES, 1))
        found.append(Finding("wording", place.file, place.line, f"{finding.where}: {finding.what}", "Say it another way, in that file."))
    return found, len(sentences.names())


async def check_stories(root: Path, engine: Engine) -> tuple[list[Finding], int]:
    """Each story that does not go as written, what none of them reaches, and how many there are."""
    stories = read_stories(root / STORIES)
    told = _stories(root)
    turns: list[Turn] = []
    found: list[Finding] = []
    for story in stories:
        played = await play(engine, story)
        turns += played
        found += _wrong(story, played, told[story.name])
    responses = engine.sentences.names() - engine.sentences.names_in(*ELSEWHERE) - ALWAYS
    missing = unreached(turns, read_rules(root / RULES), responses, engine.agent.action_endpoint.names - ALWAYS)
    places = {**_responses(root), **_rules(root)}
    for name in (*missing.rules, *missing.responses, *missing.actions):
        place = places.get(name, Placed(None, "domain.yml", 1))
        what_to_do = f"Write one in {STORIES}, or take it out."
        found.append(Finding("dialogue", place.file, place.line, f"no test story reaches {name}.", what_to_do))
    return found, len(stories)


def _wrong(story: Story, played: list[Turn], place: Placed) -> Iterator[Finding]:
    for number, turn in enumerate(played, start=1):
        if not turn.as_written:
            expected = f"{turn.step.intent} → {', '.join(turn.step.actions)}"
            yield Finding(
                "dialogue", place.file, place.line,
                f"“{story.name}”, turn {number}: {expected} is written, and {turn.intent} → {', '.join(turn.actions)} happened.",
                "If the new way is right, change the story; if not, see `python -m bot explain`.",
            )  # fmt: skip
            return


def _responses(root: Path) -> dict[str, Placed]:
    files = (read_placed(path, root) for path in sorted((root / RESPONSES).glob("*.yml")))
    return {name: place for file in files for name, place in file.at("responses").entries()}


def _rules(root: Path) -> dict[str, Placed]:
    files = (read_placed(path, root) for path in sorted((root / RULES).glob("*.yml")))
    return {rule.value["rule"]: rule for file in files for rule in file.at("rules").items()}


def _stories(root: Path) -> dict[str, Placed]:
    files = (read_placed(path, root) for path in sorted((root / STORIES).rglob("test_*.yml")))
    return {story.value["story"]: story for file in files for story in file.at("stories").items()}
