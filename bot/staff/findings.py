"""What a check found: each finding says where, what, and what to do about it."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is not as it should be. `line` counts from 1."""

    part: str
    file: str
    line: int
    what: str
    what_to_do: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class PartResult:
    """What one part of the check looked at and found. A part that looked at nothing has failed."""

    name: str
    looked_at: int
    findings: tuple[Finding, ...]
    seconds: float
    notes: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        return self.looked_at > 0 and not self.findings

    def to_dict(self) -> dict[str, Any]:
        return {
            "part": self.name, "passed": self.passed, "looked_at": self.looked_at, "seconds": round(self.seconds, 1),
            "findings": [finding.to_dict() for finding in self.findings], "notes": list(self.notes),
        }  # fmt: skip
