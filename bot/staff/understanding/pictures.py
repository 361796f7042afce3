"""The pictures of the report on understanding, as SVG: text stays text, and its colours follow the page's, dark or light.

In: figures. Out: SVG. Nothing of a picture depends on the machine or the day, so the same figures give the same picture.
"""

import io
import re
import warnings
from typing import Callable, Sequence

import numpy as np

from bot.staff.understanding.learning import Learnt
from bot.staff.understanding.measures import Bin, Curve, Share

with warnings.catch_warnings():
    # It warns of the age of what it stands on, which nobody who reads a report can change.
    warnings.simplefilter("ignore")
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt


INK, SOFT, BLUE, RED = "#1b2430", "#6b7789", "#1d4f9c", "#a51c17"
_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "report", "font.family": "sans-serif", "font.size": 11,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": SOFT, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
}  # fmt: skip
# What stands for the page's own colours when a picture is part of a page.
_THEME = {INK: "var(--ink)", SOFT: "var(--soft)", BLUE: "var(--link)", RED: "var(--alarm-ink)"}


def danger_curve(heads_alone: Curve, with_phrases: Curve, found: Share, false_alarms: Share) -> str:
    """Recall against false alarms, with the chosen operating point and its confidence intervals."""

    def draw(axes: plt.Axes) -> None:
        axes.step(heads_alone.false_alarms, heads_alone.recall, where="post", color=SOFT, linestyle="--", label="trained heads alone")
        axes.step(with_phrases.false_alarms, with_phrases.recall, where="post", color=BLUE, label="with phrases and windows")
        axes.errorbar(
            [false_alarms.value], [found.value], xerr=_arms(false_alarms), yerr=_arms(found), fmt="o", color=RED, capsize=3,
            label="as chosen",
        )  # fmt: skip
        axes.set(xlim=(0, 0.2), ylim=(0.5, 1.0), xlabel="false alarms among messages that need no help", ylabel="emergencies found")
        axes.grid(color=SOFT, alpha=0.25)
        axes.legend(loc="lower right")

    return _svg(draw, (6.4, 4.2))


def confusion_table(labels: Sequence[str], counts: np.ndarray) -> str:
    """Situations that were told, by situations that were understood: each row in shares of its messages."""

    def draw(axes: plt.Axes) -> None:
        totals = counts.sum(axis=1, keepdims=True)
        shares = counts / np.maximum(totals, 1)
        axes.pcolormesh(shares, cmap="Blues", vmin=0, vmax=1, edgecolors="#ffffff", linewidth=0.5)
        for row, column in zip(*np.nonzero(counts), strict=True):
            # Not the page's ink: each cell has its own ground, which stays as it is in the dark.
            colour = "#ffffff" if shares[row, column] > 0.5 else "#1b2431"
            axes.text(column + 0.5, row + 0.5, str(counts[row, column]), ha="center", va="center", fontsize=8, color=colour)
        words = [label.replace("_", " ") for label in labels]
        axes.set_xticks(np.arange(len(labels)) + 0.5, words, rotation=60, ha="right", fontsize=9)
        axes.set_yticks(np.arange(len(labels)) + 0.5, words, fontsize=9)
        axes.set(xlabel="understood first", ylabel="told first")
        axes.invert_yaxis()
        axes.set_aspect("equal")

    return _svg(draw, (8.4, 8.0))


def reliability_diagram(situations: Sequence[Bin], danger: Sequence[Bin]) -> str:
    """What was promised against what came true; on the diagonal, a probability means what it says."""

    def draw(axes: plt.Axes) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linestyle="--", label="as promised")
        for ranges, colour, mark, name in ((situations, BLUE, "o", "situations"), (danger, RED, "s", "danger")):
            axes.plot([entry.promised for entry in ranges], [entry.true for entry in ranges], color=colour, marker=mark, label=name)
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability", ylabel="share that was so")
        axes.grid(color=SOFT, alpha=0.25)
        axes.legend(loc="upper left")

    return _svg(draw, (5.2, 4.6))


def learning_picture(learnt: Sequence[Learnt]) -> str:
    """What more messages bring."""

    def draw(axes: plt.Axes) -> None:
        counts = [point.messages for point in learnt]
        axes.plot(counts, [point.recall for point in learnt], color=RED, marker="s", label="emergencies found at 3 % false alarms")
        axes.plot(counts, [point.macro_f1 for point in learnt], color=BLUE, marker="o", label="macro F1 of the situations")
        axes.set_xscale("log")
        axes.set_xticks(counts, [f"{count:,}" for count in counts])
        axes.minorticks_off()
        axes.set(ylim=(0, 1), xlabel="training messages", ylabel="share")
        axes.grid(color=SOFT, alpha=0.25)
        axes.legend(loc="lower right")

    return _svg(draw, (6.4, 4.2))


def for_a_page(svg: str) -> str:
    """The same picture as part of an HTML page, in the page's colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'<svg [^>]*viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true" focusable="false">', svg, count=1)
    for colour, variable in _THEME.items():
        svg = svg.replace(colour, variable)
    return svg


def _arms(share: Share) -> list[list[float]]:
    low, high = share.interval
    return [[share.value - low], [high - share.value]]


def _svg(draw: Callable[[plt.Axes], None], size: tuple[float, float]) -> str:
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=size)
        try:
            figure.patch.set_alpha(0)
            axes.patch.set_alpha(0)
            draw(axes)
            out = io.StringIO()
            figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
        finally:
            plt.close(figure)
    return out.getvalue()
