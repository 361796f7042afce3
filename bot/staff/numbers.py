"""Telephone numbers are facts: each stands once, in the directory. This finds those that stand elsewhere.

In: a folder and the names of its files. Out: findings. Also used by the tests.
"""

import re
import shutil
import subprocess
from pathlib import Path

from bot.staff.findings import Finding

# Where numbers belong, or where people's words, hashes and checks hold them.
ALLOWED = ("data/contacts/", "data/nlu/", "tests/", "docs/labels.md", "bot/staff/numbers.py")
ALLOWED_NAMES = re.compile(r"requirements[^/]*\.lock")
# What is no part of the project even where git is not there to say so.
_NOT_OURS = {".git", ".venv", ".uv", ".encoder", ".rasa", "models", "reports", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"}

# Numbers of the UK as they are written: 0 and a digit, or +44, and then 7 to 9 more, in groups or not; and the short ones.
NUMBER = re.compile(
    r"(?<![\w./#=-])(?:"
    r"(?:\+44[ -]?(?:\(0\)[ -]?)?|0)[1-9](?:[ -]?\d){6,9}"
    r"|116[ -]?123|111|18000|18001(?:[ -]?\d+)?|61016"
    r")(?![\w%]|[.,]\d|-\w)"
)


def numbers_in(text: str) -> list[str]:
    return [found.group() for found in NUMBER.finditer(text)]


def misplaced(root: Path, files: list[str]) -> list[Finding]:
    """Every number that stands in one of `files` and should not."""
    found = []
    for name in files:
        if name.startswith(ALLOWED) or ALLOWED_NAMES.fullmatch(Path(name).name):
            continue
        try:
            lines = (root / name).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # no text, or deleted and not yet told to git
        found += [
            Finding(
                "data", name, place, f"the number {number} stands outside the directory.",
                "Take it out, and name the contact by its id: its number comes from data/contacts.",
            )
            for place, line in enumerate(lines, start=1) for number in numbers_in(line)
        ]  # fmt: skip
    return found


def kept_files(root: Path) -> list[str]:
    """What git keeps or would keep: tracked files, and new ones that it is not told to ignore. Without git, all that is ours."""
    if shutil.which("git") and (root / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
        )
        return sorted(set(filter(None, listed.stdout.split("\0"))))
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not _NOT_OURS.intersection(path.relative_to(root).parts)
    )
