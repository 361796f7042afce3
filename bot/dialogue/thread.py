"""Whether a message is answered as what it tells or as what it asks: with what was told before in view.

In: what was understood of a message, and the situations told so far. Out: the same, with the question as the intent where it leads.
Danger always leads, and so does leaving.
"""

from typing import Any

from bot.understanding.labels import EMERGENCY, HARM, NONE

# A question this sure leads where the message tells nothing.
SURE = 0.5
# Leaving from this probability on is never read as anything else.
LEAVING = 0.5
# A message that is no more than a name the directory knows asks about that service, unless a question is this sure.
NAMED = 0.7


def settle(parse: dict[str, Any], told: list[str]) -> dict[str, Any]:
    """`parse` as it is to be answered; `told`: situations of harm that the person told of earlier in this conversation."""
    question = parse.get("question")
    intent = parse["intent"]
    if question is None or parse["urgency"] == EMERGENCY or (intent["name"] == "leave_now" and intent["confidence"] >= LEAVING):
        return parse
    likely = {entry["name"]: entry["confidence"] for entry in parse.get("intent_ranking", [])}
    harm = [situation for situation in parse["situations"] if situation in HARM]
    news = max((likely.get(situation, 0.0) for situation in harm if situation not in told), default=0.0)
    names_a_service = any(entity["entity"] == "service" for entity in parse["entities"])
    if question["confidence"] < max(SURE, news, NAMED if names_a_service and intent["name"] == "service_info" else 0.0):
        return parse
    settled = {**parse, "intent": {"name": question["name"], "confidence": question["confidence"]}}
    if not harm or max(likely.get(situation, 0.0) for situation in harm) < SURE:
        # What the heads only guessed at says less than the question, which stands for situations of its own.
        settled["situations"] = question["situations"]
        settled["urgency"] = question["urgency"]
    return settled


def chosen(question: str, meanings: dict[str, Any]) -> tuple[list[str], str]:
    """The situations and the urgency that a tapped question stands for."""
    meaning = meanings.get(question)
    return (meaning["situations"], meaning["urgency"]) if meaning else ([], NONE)
