"""Cuts a message into clauses, so that staff see which part of it was understood as what. Pure; for looking, never for answering."""

import re
from dataclasses import dataclass

_JOINT = r"(?<!\band)(?<!\bbut)(?<!\bso)\s+(?=(?:but|and|now|then|because|cos|so|when|if|while)\b)"
_END = re.compile(rf"(?<=[.!?;,])\s+|{_JOINT}", re.IGNORECASE)
# A clause shorter than this says nothing by itself and goes with the one before it.
FEWEST_WORDS = 3


@dataclass(frozen=True)
class Clause:
    """A part of a message, and the characters it covers there."""

    text: str
    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """The clauses of `text` in order; one where it has no joints."""
    cuts = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    parts: list[tuple[int, int]] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        if parts and min(len(text[start:end].split()), len(text[slice(*parts[-1])].split())) < FEWEST_WORDS:
            parts[-1] = (parts[-1][0], end)
        elif text[start:end].strip():
            parts.append((start, end))
    return [Clause(text[start:end].rstrip(), start, start + len(text[start:end].rstrip())) for start, end in parts]
