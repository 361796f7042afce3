"""Whether a message is answered as what it tells or as what it asks: with what was told before in view.

In: what was understood of a message, and the situations told so far. Out: the same, with the question as the intent where it leads.
What means danger by its very words always leads.
"""

from typing import Any

from bot.understanding.labels import EMERGENCY, HARM, NONE

# A question this sure leads where the message tells nothing.
SURE = 0.5
# A question this sure is one of those that people were heard to ask, nearly to the word: it leads even where a trained head alone,
# which only knows first messages, thinks of harm or danger. A danger phrase leaves no question (bot/understanding/questions.py).
CERTAIN = 0.98
# Leaving from this probability on leads over all but a certain question; what is calm and clear, over all but a sure one.
LEAVING = 0.5
CLEAR = 0.9
# A message that names a service asks about that service, unless a question is this sure.
NAMED = 0.95


def settle(parse: dict[str, Any], told: list[str]) -> dict[str, Any]:
    """`parse` as it is to be answered; `told`: situations of harm that the person told of earlier in this conversation."""
    question = parse.get("question")
    if question is None or question["confidence"] < _needed(parse, told):
        return parse
    settled = {**parse, "intent": {"name": question["name"], "confidence": question["confidence"]}}
    if question["confidence"] >= CERTAIN or not set(parse["situations"]) & set(HARM):
        settled["situations"], settled["urgency"] = question["situations"], question["urgency"]
    return settled


def _needed(parse: dict[str, Any], told: list[str]) -> float:
    """How sure a question has to be to lead over what else was understood."""
    intent, likely = parse["intent"], {entry["name"]: entry["confidence"] for entry in parse.get("intent_ranking", [])}
    if parse["urgency"] == EMERGENCY:
        return CERTAIN
    if parse["question"]["name"] == "safe_now":
        return NAMED  # to take danger for over is the worst mistake of all
    if intent["name"] == "leave_now":
        return CERTAIN if intent["confidence"] >= LEAVING else SURE
    new = [situation for situation in parse["situations"] if situation in HARM and situation not in told]
    news = max((likely.get(situation, 0.0) for situation in new), default=0.0)
    if news >= SURE:
        return CERTAIN
    names_a_service = any(entity["entity"] == "service" for entity in parse["entities"])
    if names_a_service or (intent["name"] not in HARM and intent["confidence"] >= CLEAR):
        return NAMED
    return SURE


def chosen(question: str, meanings: dict[str, Any]) -> tuple[list[str], str]:
    """The situations and the urgency that a tapped question stands for."""
    meaning = meanings.get(question)
    return (meaning["situations"], meaning["urgency"]) if meaning else ([], NONE)
