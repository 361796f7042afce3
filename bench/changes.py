"""What a result shows: as a table, and against the last one.

In: results of bench/speed.py. Out: Markdown, and one sentence for each figure that got worse.
"""

from typing import Any

# Of each figure: what it is, and whether less is better.
MEANING = {
    "in_process_p50_ms": ("a turn in-process, p50, ms", True),
    "in_process_p95_ms": ("a turn in-process, p95, ms", True),
    "in_process_p99_ms": ("a turn in-process, p99, ms", True),
    "in_process_short_p50_ms": ("of messages up to 40 words in-process, p50, ms", True),
    "in_process_short_p95_ms": ("of messages up to 40 words in-process, p95, ms", True),
    "http_p50_ms": ("a turn over HTTP, p50, ms", True),
    "http_p95_ms": ("a turn over HTTP, p95, ms", True),
    "http_p99_ms": ("a turn over HTTP, p99, ms", True),
    "http_short_p50_ms": ("of messages up to 40 words over HTTP, p50, ms", True),
    "http_short_p95_ms": ("of messages up to 40 words over HTTP, p95, ms", True),
    "messages_per_s": ("messages a second, 8 people at once", False),
    "at_once_p95_ms": ("a turn with 8 people at once, p95, ms", True),
    "turn_5_ms": ("turns 3 to 7 of one conversation, median, ms", True),
    "turn_500_ms": ("turns 496 to 500 of it, the same messages, ms", True),
    "growth": ("the latter over the former", True),
    "start_s": ("start-up to the first answer, s", True),
    "memory_rss_mib": ("memory of a replica (RSS), MiB", True),
    "memory_pss_mib": ("memory of a replica (PSS), MiB", True),
    "memory_peak_mib": ("the most memory it ever had, MiB", True),
    "memory_server_alone_rss_mib": ("memory without an action server (RSS), MiB", True),
    "train_s": ("training on the sample, s (stock Rasa: one epoch of a hundred)", True),
    "installed_mib": ("installed size, MiB", True),
}
# A machine that others use too tells the same thing within so much; what is compared are ratios to stock Rasa of the same run.
NOISE = 0.15


def table(result: dict[str, Any]) -> str:
    """All figures, a row each."""
    stock, ours = result["sides"].values()
    lines = ["| figure | stock Rasa | this project | ratio |", "| --- | --- | --- | --- |"]
    for key, (what, _) in MEANING.items():
        if key not in stock:
            continue
        lines.append(f"| {what} | {stock[key]:,.4g} | {ours[key]:,.4g} | {result['ratios'][key]:.2f} |")
    return "\n".join(lines)


def compare(before: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    """One sentence for each figure that is worse by more than NOISE, compared with stock Rasa, than it was in `before`."""
    if before is None:
        return []
    worse = []
    for key, (what, less_is_better) in MEANING.items():
        was, then = now["ratios"].get(key), before["ratios"].get(key)
        if not was or not then:
            continue
        grown = was / then if less_is_better else then / was
        if grown > 1 + NOISE:
            worse.append(f"Worse: {what}: {then:.2f} of stock Rasa on {before['when']}, {was:.2f} now.")
    return worse
