"""Draws where a turn's time goes, from what py-spy saw.

In: py-spy's raw stacks of bench/our_turns.py. Out: an SVG of the turns alone, and on standard output the share of each part.
Example: python -m bench.messages > lines; py-spy record -f raw -o stacks -- python -m bench.our_turns < lines;
python -m bench.flame stacks docs/pictures/turn.svg
"""

import html
import sys
from collections import Counter
from pathlib import Path
from typing import Any

# What is understood, and, as a task of its own, what is answered.
TURN = ("answer (bot/dialogue/engine.py", "handle_message (rasa/core/agent.py")
# What a part is: the innermost frame that names one of these counts.
PARTS = {
    "the sentence encoder": "onnxruntime/capi", "danger phrases": "bot/understanding/phrases.py", "letters": "bot/understanding/letters.py",
    "heads and features": "bot/understanding/", "rules": "core/policies", "trackers": "shared/core", "actions": "rasa_sdk/",
    "actions, ours": "(actions/",
}  # fmt: skip
WIDTH, ROW, LEAST = 1200, 17, 0.004


def main(stacks: str, picture: str) -> None:
    tree: dict[str, Any] = {"count": 0, "under": {}}
    parts: Counter[str] = Counter()
    for line in Path(stacks).read_text(encoding="utf-8").splitlines():
        said, _, number = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] + ")" if ":" in frame else frame for frame in said.split(";")]
        start = next((place for place, frame in enumerate(frames) if frame.startswith(TURN)), None)
        if start is None:
            continue
        node = tree
        node["count"] += int(number)
        for frame in frames[start:]:
            node = node["under"].setdefault(_short(frame), {"count": 0, "under": {}})
            node["count"] += int(number)
        innermost = next((name for frame in reversed(frames[start:]) for name, mark in PARTS.items() if mark in frame), "the rest of Rasa")
        parts[innermost] += int(number)
    for name, number in parts.most_common():
        print(f"| {name} | {100 * number / tree['count']:.0f} % |")
    Path(picture).write_text(_svg(tree), encoding="utf-8")


def _short(frame: str) -> str:
    return frame.replace("(site-packages/", "(").rpartition("site-packages/")[2] if "site-packages" in frame else frame


def _svg(tree: dict[str, Any]) -> str:
    boxes: list[str] = []
    deepest = 0

    def draw(node: dict[str, Any], left: float, depth: int) -> None:
        nonlocal deepest
        for name, under in sorted(node["under"].items()):
            width = WIDTH * under["count"] / tree["count"]
            if width < WIDTH * LEAST:
                continue
            deepest = max(deepest, depth)
            said = html.escape(name)
            colour = "#f47738" if "bot/" in name or "actions/" in name else "#b1b4b6"
            boxes.append(f'<g><title>{said}, {100 * under["count"] / tree["count"]:.1f} %</title><rect x="{left:.1f}" y="{depth * ROW}" '
                         f'width="{width:.1f}" height="{ROW - 1}" fill="{colour}"/><text x="{left + 2:.1f}" y="{depth * ROW + 12}">'
                         f"{html.escape(name[: int(width / 6)])}</text></g>")  # fmt: skip
            draw(under, left, depth + 1)
            left += width

    draw(tree, 0.0, 0)
    height = (deepest + 1) * ROW
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="10">'
            f'{"".join(boxes)}</svg>\n')  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
