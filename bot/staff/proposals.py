"""What staff say should have been understood otherwise: proposals for a person to review, in data/review/proposals.yml.

Nothing reads them but people: whoever agrees moves a message into data/nlu by hand, in words of their own.
"""

import datetime
from pathlib import Path
from typing import Any, Sequence

import yaml

from bot.errors import BadRequest
from bot.settings import LONGEST_MESSAGE, ROOT
from bot.understanding.labels import SITUATIONS, URGENCIES

FILE = ROOT / "data/review/proposals.yml"
_HEAD = (
    "# Messages that were understood wrongly, as staff see it. No training reads this file: whoever agrees moves a message to data/nlu.\n"
    "# Never put in here what a real person wrote: tell it in words of your own.\nproposals:\n"
)


def propose(
    text: str, situations: Sequence[str], urgency: str, understood: Sequence[str], note: str, today: datetime.date, file: Path = FILE
) -> int:
    """Appends one proposal; returns how many there are. Raises BadRequest where a label is unknown, or a text empty or too long."""
    text, note = " ".join(text.split()), " ".join(note.split())
    known = set(SITUATIONS)
    if not text or len(text) > LONGEST_MESSAGE or len(note) > LONGEST_MESSAGE or urgency not in URGENCIES:
        raise BadRequest
    if not situations or set(situations) - known or set(understood) - known:
        raise BadRequest
    entry: dict[str, Any] = {"message": text, "situations": list(situations), "urgency": urgency}
    entry |= {"understood": list(understood)} if understood else {}
    entry |= {"note": note} if note else {}
    entry["proposed"] = today
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.is_file() else _HEAD
    written = before + yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=130)
    count = len(yaml.safe_load(written)["proposals"])
    file.write_text(written, encoding="utf-8")
    return count
