"""The data part of the check: everything that has to hold before the bot is trained.

In: the project's folder, or a copy. Out: findings, and how many things were looked at.
"""

from pathlib import Path
from typing import Callable, Iterable, Iterator

from bot.errors import StartError
from bot.staff.data.dialogue import check_dialogue, check_labels
from bot.staff.data.rules import check_rules
from bot.staff.data.sources import Sources, read_sources
from bot.staff.data.wordings import check_exits, check_messages
from bot.staff.findings import Finding
from bot.staff.numbers import kept_files, misplaced

Step = Callable[[Sources], Iterable[Finding]]


def check_data(root: Path, progress: Callable[[Iterable[Step]], Iterable[Step]] = iter) -> tuple[list[Finding], int]:
    """All findings. Where a file cannot be read, only that is told: the rest would only repeat it."""
    sources, unreadable = read_sources(root)
    if sources is None:
        return unreadable, len(unreadable)
    findings: list[Finding] = []
    steps: list[Step] = [check_labels, check_dialogue, check_exits, _numbers, _phrases, check_messages]
    for step in progress(steps):
        findings += step(sources)
    # Rasa stops at the first thing that is wrong, and knows no lines: it is asked where all else is right.
    if not findings:
        findings += check_rules(sources)
    looked_at = len(sources.blocks) + len(sources.rules) + len(sources.responses) + len(sources.intents) + len(sources.slots)
    return sorted(set(findings)), looked_at


def _numbers(sources: Sources) -> list[Finding]:
    return misplaced(sources.root, kept_files(sources.root))


def _phrases(sources: Sources) -> Iterator[Finding]:
    """Danger phrases that cannot be read."""
    from bot.understanding.phrases import DangerPhrases

    path = sources.root / "data/danger/phrases.yml"
    try:
        DangerPhrases(path)
    except StartError as problem:
        yield Finding("data", "data/danger/phrases.yml", 1, str(problem), "Correct it there.")
