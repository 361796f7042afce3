"""The least that is put up with: tests/understanding/floors.yml, and which figures fall short of it.

In: figures, the file. Out: a finding for each figure that is worse than its floor. Raises StartError where the file names no known figure.
"""

from pathlib import Path

from bot.errors import StartError
from bot.staff.findings import Finding
from bot.staff.places import Placed, read_placed
from bot.staff.understanding.figures import Figures

# Of these, less is better.
AT_MOST = (
    "false_alarms_among_none", "false_alarms_among_support", "follow_up_false_alarms", "calibration_error", "danger_calibration_error",
)  # fmt: skip


def read_floors(path: Path, root: Path) -> Placed:
    """A name and a number a line."""
    floors = read_placed(path, root)
    if not isinstance(floors.value, dict) or not all(isinstance(floor, (int, float)) for floor in floors.value.values()):
        raise StartError(f"{floors.file}: it must hold a number behind each name.")
    return floors


def below(figures: Figures, floors: Placed) -> list[Finding]:
    """What is not good enough."""
    measured = {**{name: share.value for name, share in figures.shares.items()}, **figures.values}
    found = []
    for name, floor in floors.entries():
        if name not in measured:
            raise StartError(f"{floor.file}, line {floor.line}: there is no figure {name}. Known are: {', '.join(sorted(measured))}.")
        most = name in AT_MOST
        if (measured[name] > floor.value) if most else (measured[name] < floor.value):
            found.append(
                Finding(
                    "understanding", floor.file, floor.line,
                    f"{name.replace('_', ' ')} is {measured[name]:.3f}, and may be {'at most' if most else 'no less than'} {floor.value}.",
                    "See the report's worst errors. Add training messages or a danger phrase of that kind, never the kept ones.",
                )
            )  # fmt: skip
    return found
