"""Shows why the bot answers as it does: clause by clause what it understood and how surely, which danger phrases stand where, which
training messages are nearest, and what follows.

In: a message that staff typed, the engine, the training messages' meanings. Out: a plain dict for JSON, or lines for a terminal, in
colour where it has any. Writes nothing.
"""

from typing import Any, Callable

from bot.dialogue.engine import Engine
from bot.staff.nearest import TrainedMeanings
from bot.understanding.text import windows

BOLD, RED, DIM, PLAIN = "\033[1m", "\033[31m", "\033[2m", "\033[0m"
SHOWN = 3
CHANNEL = "terminal"


async def explain(engine: Engine, meanings: TrainedMeanings, text: str) -> dict[str, Any]:
    """What `Engine.explain` tells of the whole message, and the same of each of its clauses: the windows in which a long message is
    read, or the message itself where it is short."""
    whole = await engine.explain(text, CHANNEL)
    clauses = windows(whole["text"])
    parts = [await engine.explain(clause, CHANNEL) for clause in clauses] if clauses else [whole]
    return {**whole, "clauses": [_clause(part, meanings) for part in parts if part["text"]]}


def _clause(part: dict[str, Any], meanings: TrainedMeanings) -> dict[str, Any]:
    danger = part["danger"]
    return {
        "text": part["text"],
        "urgency": danger.get("urgency", {}),
        "situations": part["intent_ranking"][:SHOWN],
        "phrases": danger.get("phrases", []),
        "taken_back_by": danger.get("taken_back_by", []),
        "nearest": [near.to_dict() for near in meanings.nearest(part["text"], SHOWN)],
    }


def describe(explanation: dict[str, Any], colour: bool) -> str:
    """The explanation as text."""

    def paint(text: str, how: str) -> str:
        return f"{how}{text}{PLAIN}" if colour else text

    danger, reply = explanation["danger"], explanation["reply"]
    lines = [paint("Message", BOLD), f"  {marked(explanation['text'], danger.get('phrases', []), paint)}", ""]
    lines += [paint("Urgency", BOLD), f"  {explanation['urgency']}"]
    if danger:
        lines.append(paint(f"  trained score, whole message: {_scores(danger['urgency'])}", DIM))
        if danger["windows"]:
            lines.append(paint("  danger in each window of the message: " + "  ".join(f"{value:.2f}" for value in danger["windows"]), DIM))
        lines += _phrase_lines(danger["phrases"])
        if danger["taken_back_by"]:
            lines.append(paint(f"  phrases of these lists are taken back here: {', '.join(danger['taken_back_by'])}", DIM))
    lines += ["", paint("Situations", BOLD), f"  {', '.join(explanation['situations']) or 'none'}"]
    question = explanation["question"]
    if question:
        lines.append(paint(f"  as a question: {question['confidence']:.2f}  {question['name']}", DIM))
    for number, clause in enumerate(explanation["clauses"], start=1):
        lines += _clause_lines(number, clause, paint)
    if explanation["services"]:
        lines += ["", paint("Services named", BOLD), f"  {', '.join(explanation['services'])}"]
    followed = ", ".join(explanation["actions"]) or "none"
    lines += ["", paint("Rule and action", BOLD), f"  intent {explanation['intent']['name']} → {followed}"]
    lines += ["", paint("Contacts", BOLD)]
    lines += [f"  {contact['id']}: {contact['why']}" for contact in reply["contacts"]] or ["  none"]
    lines += ["", paint("Reply", BOLD), *(f"  {line}" for line in reply["text"].splitlines())]
    return "\n".join(lines)


def marked(text: str, phrases: list[dict[str, Any]], paint: Callable[[str, str], str]) -> str:
    """`text` with its danger phrases in red; without colour, in brackets."""
    covered = [False] * (len(text) + 1)
    for phrase in phrases:
        covered[phrase["start"] : phrase["end"]] = [True] * (phrase["end"] - phrase["start"])
    shown, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or covered[place] != covered[start]:
            piece = text[start:place]
            shown.append((paint(piece, RED) if paint("", RED) else f"[{piece}]") if covered[start] else piece)
            start = place
    return "".join(shown)


def _clause_lines(number: int, clause: dict[str, Any], paint: Callable[[str, str], str]) -> list[str]:
    lines = ["", paint(f"Clause {number}", BOLD), f"  {marked(clause['text'], clause['phrases'], paint)}"]
    lines.append(paint(f"  {_scores(clause['urgency'])}", DIM))
    lines += _phrase_lines(clause["phrases"])
    lines += [f"  {entry['confidence']:.2f}  {entry['name']}" for entry in clause["situations"]]
    for near in clause["nearest"]:
        labels = f"{near['urgency']}, {', '.join(near['situations'])}"
        lines.append(paint(f"  near {near['likeness']:.2f}  “{near['text']}” ({labels}; {near['file']}:{near['line']})", DIM))
    return lines


def _phrase_lines(phrases: list[dict[str, Any]]) -> list[str]:
    return [
        f"  danger phrase {phrase['id']} at {phrase['start']}-{phrase['end']}: “{phrase['text']}”. {phrase['why']}" for phrase in phrases
    ]


def _scores(urgency: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.2f}" for name, value in urgency.items())
