"""Shows why the bot answers as it does: what it understood and how surely, which danger phrases stand where, and what follows.

In: what `Engine.explain` gives. Out: lines for a terminal, in colour where it has any. Only ever shows what staff typed themselves.
"""

from typing import Any

BOLD, RED, DIM, PLAIN = "\033[1m", "\033[31m", "\033[2m", "\033[0m"
SHOWN = 6


def describe(explanation: dict[str, Any], colour: bool) -> str:
    """The explanation as text."""

    def paint(text: str, how: str) -> str:
        return f"{how}{text}{PLAIN}" if colour else text

    danger = explanation["danger"]
    lines = [paint("Message", BOLD), f"  {_marked(explanation['text'], danger.get('phrases', []), paint)}", ""]
    lines += [paint("Urgency", BOLD), f"  {explanation['urgency']}"]
    if danger:
        shares = "  ".join(f"{name} {value:.2f}" for name, value in danger["urgency"].items())
        lines.append(paint(f"  trained score, whole message: {shares}", DIM))
        if danger["windows"]:
            lines.append(paint("  danger in each window of the message: " + "  ".join(f"{value:.2f}" for value in danger["windows"]), DIM))
        for phrase in danger["phrases"]:
            lines.append(f"  danger phrase {phrase['id']} at {phrase['start']}-{phrase['end']}: “{phrase['text']}”. {phrase['why']}")
        if danger["taken_back_by"]:
            lines.append(paint(f"  phrases of these lists are taken back here: {', '.join(danger['taken_back_by'])}", DIM))
    lines += ["", paint("Situations", BOLD), f"  {', '.join(explanation['situations']) or 'none'}"]
    for entry in explanation["intent_ranking"][:SHOWN]:
        lines.append(paint(f"  {entry['confidence']:.2f}  {entry['name']}", DIM))
    question = explanation["question"]
    if question:
        lines.append(paint(f"  as a question: {question['confidence']:.2f}  {question['name']}", DIM))
    if explanation["services"]:
        lines += ["", paint("Services named", BOLD), f"  {', '.join(explanation['services'])}"]
    reply = explanation["reply"]
    lines += [
        "",
        paint("Rule and action", BOLD),
        f"  intent {explanation['intent']['name']} → {', '.join(explanation['actions']) or 'none'}",
    ]
    lines += ["", paint("Contacts", BOLD)]
    lines += [f"  {contact['id']}: {contact['why']}" for contact in reply["contacts"]] or ["  none"]
    lines += ["", paint("Reply", BOLD), *(f"  {line}" for line in reply["text"].splitlines())]
    return "\n".join(lines)


def _marked(text: str, phrases: list[dict[str, Any]], paint: Any) -> str:
    covered = [False] * len(text)
    for phrase in phrases:
        covered[phrase["start"] : phrase["end"]] = [True] * (phrase["end"] - phrase["start"])
    return "".join(paint(character, RED) if inside else character for character, inside in zip(text, covered, strict=True))
