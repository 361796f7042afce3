"""Draws a result of bench/speed.py: each figure as a share of stock Rasa's.

In: the result. Out: a PNG.
"""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

from bench.changes import MEANING  # noqa: E402

OURS, STOCK = "#1d70b8", "#b1b4b6"


def draw(result: dict[str, Any], path: Path) -> None:
    stock, ours = result["sides"].values()
    shown = [key for key in MEANING if key != "growth" and key in stock]
    figure, axes = pyplot.subplots(figsize=(9, 0.42 * len(shown) + 1.2))
    for place, key in enumerate(reversed(shown)):
        ratio = result["ratios"][key]
        axes.barh(place, 1.0, color=STOCK, height=0.62)
        axes.barh(place, ratio, color=OURS, height=0.34)
        axes.text(max(ratio, 1.0) + 0.02, place, f"{ours[key]:,.4g} of {stock[key]:,.4g}", va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [MEANING[key][0] for key in reversed(shown)], fontsize=8)
    axes.set_xlim(0, max(1.0, *(result["ratios"][key] for key in shown)) * 1.22)
    axes.set_xlabel(f"share of stock Rasa's (grey = 1); {result['machine']['cores']} cores, {result['when']}", fontsize=8)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
