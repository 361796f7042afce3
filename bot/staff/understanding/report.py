"""The report on understanding: asks the engine, measures, and writes one page with JSON and pictures beside it.

In: an engine, the kept messages, the floors. Out: findings, and a folder: index.html, understanding.json and the pictures.
"""

import json
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import yaml

from bot.dialogue.engine import Engine
from bot.settings import ROOT
from bot.staff.findings import Finding
from bot.staff.nearest import TrainedMeanings, load_meanings
from bot.staff.pages import percent, render
from bot.staff.understanding import leaks, pictures
from bot.staff.understanding.asking import Swapped, ask, ask_follow_ups, ask_swapped, progress
from bot.staff.understanding.faults import Fault, worst
from bot.staff.understanding.figures import Figures, figures
from bot.staff.understanding.floors import AT_MOST, below, read_floors
from bot.staff.understanding.learning import SHARES, learning_curve
from bot.staff.understanding.measures import Share
from bot.staff.understanding.messages import FollowUp, Labelled, read_follow_ups, read_kept_apart, read_swapped, read_trained
from bot.understanding.danger import SupportDangerDetector, window_decides
from bot.understanding.genders import as_read, swap
from bot.understanding.labels import SITUATIONS
from bot.understanding.situations import SupportSituationClassifier

HELD_OUT = Path("tests/understanding/held_out.jsonl")
FOLLOW_UPS = Path("tests/understanding/follow_ups.jsonl")
SWAPPED = Path("tests/understanding/swapped.jsonl")
FINAL = Path("tests/understanding/final.jsonl")
FLOORS = Path("tests/understanding/floors.yml")
WORST = 50

# The main figures, in the order of the page, and how they are called there.
MAIN = {
    "emergencies_found": "Emergencies found",
    "false_alarms_among_none": "False alarms where no help is needed",
    "false_alarms_among_support": "False alarms where support is needed",
    "required_contacts_named": "Required contacts named",
    "first_contact_right": "First contact right, where one has to be first",
    "macro_f1": "Macro F1 of the situations",
    "out_of_scope_f1": "Out of scope, F1",
    "out_of_scope_found": "Out of scope, found",
    "nothing_named_for_nothing": "No help pressed on those who need none",
    "calibration_error": "Expected calibration error, situations",
    "danger_calibration_error": "Expected calibration error, danger",
    "swap_same": "Same answer with everybody swapped",
    "follow_ups_understood": "Follow-ups read rightly, after harm was told",
    "follow_up_emergencies_found": "Emergencies found among follow-ups",
    "follow_up_false_alarms": "False alarms among follow-ups",
    "recall_at_3_percent_heads_alone": "Emergencies found by the trained heads alone at 3 % false alarms",
}


@dataclass(frozen=True)
class Report:
    """What was measured, what is not good enough, and what leaked."""

    figures: Figures
    findings: tuple[Finding, ...]
    leaks: tuple[Finding, ...]
    worst: tuple[Fault, ...]
    meanings: TrainedMeanings
    source: str

    @property
    def failed(self) -> tuple[Finding, ...]:
        return (*self.leaks, *self.findings)


async def measure(
    engine: Engine, kept: Sequence[Labelled], source: Path = HELD_OUT, shares: Sequence[float] = SHARES, root: Path = ROOT
) -> Report:
    """Asks `engine` all of `kept`, which stand in `source`, once more those that were told again with everybody swapped, and the
    follow-ups; learns again from `shares` of the training messages."""
    meanings = load_meanings(engine.settings, root)
    asked = await ask(engine, kept)
    # Told by hand, because understanding itself reads with the table by which a program would swap.
    by_hand = read_swapped(root / SWAPPED, read_kept_apart(root / source, root), root) if source == HELD_OUT else {}
    swapped = await ask_swapped(engine, asked, lambda text: by_hand.get(text, text if by_hand else swap(text)))
    danger = settings_of("SupportDangerDetector", SupportDangerDetector.get_default_config(), root)
    situations = settings_of("SupportSituationClassifier", SupportSituationClassifier.get_default_config(), root)
    texts = progress([as_read(message.text) for message in kept], "Reading their meaning")
    vectors = np.concatenate([meanings.encoder.encode([text]) for text in texts])
    learnt = learning_curve(
        meanings.messages, meanings.vectors, kept, vectors, situations["strength"], situations["threshold"], shares,
        progress=lambda shares: progress(shares, "Learning again from fewer messages"),
    )  # fmt: skip
    follow_ups = read_follow_ups(root / FOLLOW_UPS, root)
    followed = await ask_follow_ups(engine, follow_ups)
    measured = figures(asked, swapped, learnt, partial(window_decides, danger), followed)
    return Report(
        measured, tuple(below(measured, read_floors(root / FLOORS, root))), tuple(leaked([*kept, *follow_ups], read_trained(root))),
        tuple(worst(asked, WORST)), meanings, source.as_posix(),
    )  # fmt: skip


def kept_messages(final: bool, root: Path = ROOT) -> tuple[list[Labelled], Path]:
    """The held-out messages, or those of the final set, which are for the one time at the end."""
    source = FINAL if final else HELD_OUT
    return read_kept_apart(root / source, root), source


def leaked(kept: Sequence[Labelled | FollowUp], trained: Sequence[Labelled]) -> list[Finding]:
    """A finding for each kept message that stands among the trained ones, or nearly so."""
    return [
        Finding(
            "understanding", other.file, other.line,
            f"“{other.text}” is {'the same as' if leaks.plain(one.text) == leaks.plain(other.text) else 'nearly the same as'} "
            f"the kept message “{one.text}” ({one.file}:{one.line}).",
            "Take the training message out. The kept messages stay as they are.",
        )
        for pair in leaks.alike([message.text for message in kept], [message.text for message in trained])
        for one, other in [(kept[pair.one], trained[pair.other])]
    ]  # fmt: skip


def settings_of(component: str, defaults: dict[str, Any], root: Path) -> dict[str, Any]:
    """What config.yml sets for a component of the pipeline, over its defaults."""
    pipeline = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return {**defaults, **next((entry for entry in pipeline if entry["name"].endswith(f".{component}")), {})}


def write(report: Report, folder: Path, root: Path = ROOT) -> Path:
    """Writes the folder and returns its page."""
    folder.mkdir(parents=True, exist_ok=True)
    measured = report.figures
    drawn = {
        "danger": pictures.danger_curve(
            measured.heads_alone, measured.with_phrases, measured.shares["emergencies_found"], measured.shares["false_alarms_among_none"]
        ),
        "confusion": pictures.confusion_table(SITUATIONS, measured.confusion),
        "reliability": pictures.reliability_diagram(measured.reliability, measured.danger_reliability),
        "learning": pictures.learning_picture(measured.learnt),
    }
    for name, picture in drawn.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    errors = [_shown(fault, report.meanings) for fault in report.worst]
    changed = [answer for answer in measured.swaps if not answer.same]
    content = {
        "source": report.source, "passed": not report.failed, **measured.to_dict(),
        "findings": [finding.to_dict() for finding in report.failed],
        "swaps_answered_differently": [_swap_shown(answer) for answer in changed], "worst_errors": errors,
    }  # fmt: skip
    (folder / "understanding.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = folder / "index.html"
    page.write_text(
        render(
            "understanding.html", title="How well the bot understands",
            below_title=f"{measured.count:,} messages that training never saw, from {report.source}, asked of the bot as it is now",
            figures=measured, findings=report.failed, leaks=report.leaks, nearly=leaks.NEARLY,
            main=_main(measured, read_floors(root / FLOORS, root).value), errors=errors, changed=changed, mixups=_mixups(measured),
            pictures={name: pictures.for_a_page(picture) for name, picture in drawn.items()}, alt=_alt(measured),
        ),
        encoding="utf-8",
    )  # fmt: skip
    return page


def _main(measured: Figures, floors: dict[str, float]) -> list[dict[str, str]]:
    rows = []
    for name, what in MAIN.items():
        share = measured.shares.get(name)
        value = share.value if share else measured.values[name]
        floor = floors.get(name)
        show = percent if share else "{:.3f}".format
        kept = "" if floor is None else "yes" if (value <= floor if name in AT_MOST else value >= floor) else "no"
        rows.append({
            "what": what, "measured": show(value), "of": _of(share), "between": _between(share), "kept": kept,
            "floor": "" if floor is None else f"{'≤' if name in AT_MOST else '≥'} {show(floor)}",
        })  # fmt: skip
    return rows


def _of(share: Share | None) -> str:
    return f"{share.hits} of {share.of}" if share else ""


def _between(share: Share | None) -> str:
    return f"{percent(share.interval[0])} – {percent(share.interval[1])}" if share else ""


def _mixups(measured: Figures) -> list[tuple[str, str, int]]:
    pairs = [
        (told, understood, int(measured.confusion[row, column]))
        for row, told in enumerate(SITUATIONS)
        for column, understood in enumerate(SITUATIONS)
        if row != column and measured.confusion[row, column]
    ]
    return sorted(pairs, key=lambda pair: -pair[2])[:20]


def _alt(measured: Figures) -> dict[str, str]:
    found, alarms = measured.shares["emergencies_found"], measured.shares["false_alarms_among_none"]
    mixups = _mixups(measured)
    first = f" Most often, {mixups[0][0]} is taken for {mixups[0][1]} ({mixups[0][2]} times).".replace("_", " ") if mixups else ""
    points = "; ".join(f"{point.messages:,} messages: {percent(point.recall)} and {point.macro_f1:.2f}" for point in measured.learnt)
    return {
        "danger": f"As chosen, {percent(found.value)} of emergencies are found with {percent(alarms.value)} false alarms.",
        "confusion": f"Each row is the situation that was told first; numbers are messages, colour is their share.{first}",
        "reliability": f"Expected calibration error: {measured.values['calibration_error']:.3f} for situations, "
        f"{measured.values['danger_calibration_error']:.3f} for danger. A point below the line was promised too surely.",
        "learning": f"Emergencies found by the trained heads at 3 % false alarms, and macro F1 of the situations. {points}.",
    }


def _shown(fault: Fault, meanings: TrainedMeanings) -> dict[str, Any]:
    asked, message = fault.asked, fault.asked.message
    return {
        "kind": fault.kind, "text": message.text, "file": message.file, "line": message.line, "urgency": message.urgency,
        "situations": list(message.situations), "styles": list(message.styles), "understood": list(asked.situations),
        "understood_urgency": asked.urgency, "contacts": list(asked.contacts), "danger": asked.danger, "windows": list(asked.windows),
        "phrases": list(asked.phrases), "likeliest": sorted(asked.probabilities.items(), key=lambda pair: -pair[1])[:3],
        "nearest": [near.to_dict() for near in meanings.nearest(message.text)],
    }  # fmt: skip


def _swap_shown(answer: Swapped) -> dict[str, Any]:
    shown = asdict(answer)
    before = shown.pop("before")
    return {
        "message": before["message"]["text"], "line": before["message"]["line"], "swapped": shown["text"],
        "before": {"urgency": before["urgency"], "contacts": before["contacts"]},
        "after": {"urgency": shown["urgency"], "contacts": shown["contacts"]},
    }  # fmt: skip
