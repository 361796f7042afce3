"""Whether a message is answered as what it tells or as what it asks: with what was told before in view.

In: what was understood of a message, how many words it has, and what was told so far. Out: the same, with the question as the
intent where it leads, or with the thread's own harm where a few words say nothing without it. What means danger by its very words
always leads.
"""

from math import prod
from typing import Any, Iterable

from bot.understanding.labels import EMERGENCY, HARM, IMMEDIATE_DANGER, NONE, SUICIDAL, SUPPORT, UNCLEAR

# A question this sure leads where the message tells nothing.
SURE = 0.5
# So sure is enough within a thread, where nothing new is told: of 610 follow-ups, what the heads made of the others was hardly ever right.
ENOUGH_WITHIN = 0.4
# A question this sure is one of those that people were heard to ask, nearly to the word: it leads even where a trained head alone,
# which only knows first messages, thinks of harm or danger. A danger phrase leaves no question (bot/understanding/questions.py).
CERTAIN = 0.95
AS_GOOD_AS_SAID = 0.99
NEVER = 1.1
# Leaving from this probability on leads over all but a certain question; what is calm and clear, over all but a sure one.
LEAVING = 0.5
CLEAR = 0.9
# A message that names a service asks about that service, unless a question is this sure.
NAMED = 0.95

# So few words, after something was told, are about that.
FEW_WORDS = 8
# Within a thread: a question this sure leads in few words over new harm that the heads, which only know first messages, are less sure
# of than NEW_HARM.
LIKELY = 0.7
NEW_HARM = 0.9
# Few words within a thread tell of new harm from this probability on, and are taken for leaving from that one on.
FIRM = 0.7
LEAVING_AT_LEAST = 0.2

# How somebody wants to tell, which is no harm of its own.
WAYS = frozenset({"report_crime", "report_anonymously", "culturally_aware_support"})
# Advice for those who stand by holds no contact of the police, so it waits until the harm itself was answered.
FOR_OTHERS = "help_"
# Who asks how to help another does not speak of what they do themselves.
OWN = frozenset({"perpetrator_seeking_help"})
# What kind of crime it was, and its own first step, 101 among it: from these probabilities on, it is said in place of the general word
# about the two that follow. Any crime is near to one of hate.
KINDS = {
    "ask_scam": 0.55, "ask_exploitation": 0.55, "ask_animal_cruelty": 0.55, "ask_antisocial": 0.55, "ask_missing": 0.55,
    "ask_hate_crime": 0.7,
}  # fmt: skip
OF_A_KIND = frozenset({"report_crime", "stalking_harassment"})
# With these, even hinted at, there are others to name.
NOT_OF_A_KIND = frozenset({"report_anonymously", "child_at_risk"})
# As a first message this is harm told, and answered with its teams.
TOLD_AT_FIRST = frozenset({"abused_as_child"})
# Near to harm told once more ("he hits me", "my carer hits me"), and seldom meant.
SELDOM = frozenset({"ask_social_care"})
# Hardly ever a question.
PLAIN = frozenset({"greeting", "thanks", "goodbye"})
# What stands for nothing new where something was told before: such questions are asked after any harm.
GENERAL = frozenset({"domestic_abuse", "report_crime"})
# Said in the middle of danger or violence, of others or of how to call: no new danger, and the answers keep 999 in view.
WITHIN_DANGER = frozenset({"ask_children", "ask_children_here", "says_children", "cannot_speak", "ask_hiding"})
# Who was said to be of the police is so still, when it is told what they do.
OF_POLICE = "police_perpetrator"
DONE_BY_THEM = frozenset({"domestic_abuse", "sexual_violence", "stalking_harassment"})
# Of people who write about somebody else's life, not their own.
FOR_ANOTHER = "ask_help_suicidal"
# To take danger for over, or somebody's own life for another's, are the worst mistakes of all.
GRAVE = frozenset({"safe_now", FOR_ANOTHER})
# Where life is at stake, a time is danger.
WHEN = "says_when"
LIFE = frozenset({SUICIDAL, IMMEDIATE_DANGER})
# Only adds to what was told. Heads that know first messages alone take "i told him no" for more than it is here.
ADDS = "tells_more"
SURELY_NEW = 0.97
# Danger that the heads alone see within a thread gives way to a likely question up to the first, and to a clear one up to the second;
# what means danger by its very words leaves no question.
UNSURE_DANGER, SURE_DANGER = 0.5, 0.8
# Of how officers behaved, whom the heads take for ones who do harm.
COMPLAINT = "ask_complain"
# Where somebody is, for help told in the same message: it never takes the harm's place.
ELSEWHERE = "elsewhere_"
GO_ON = "ask_what_now"
OFF_TOPIC = "out_of_scope"
THE_BOT = "about_the_bot"
# A question that leads less surely than this may have been another one, and what is no question at all may have been one: so many of
# the next likeliest are then offered beside the answer.
PLAIN_ENOUGH, OFFERS = 0.8, 2
# After these alone, as actions/memory.py keeps them, a message is still a first one.
NOTHING_YET = frozenset({"greeting", "miss", "empty", "something_else", "start_again", OFF_TOPIC})
# Where it names none, it is answered with a list to choose from: any answer is better.
NO_SERVICE = "service_info"


def goes_on(asked: Iterable[str]) -> bool:
    """Whether a message follows on what was `asked` before, or is the first that says something."""
    return not NOTHING_YET.issuperset(asked)


def settle(parse: dict[str, Any], told: list[str], words: int = FEW_WORDS, within: bool = False) -> dict[str, Any]:
    """`parse` as it is to be answered; `told`: situations of harm that the person told of earlier in this conversation, the latest
    first; `words`: how many the message has; `within`: whether something was asked before, be it harm or not."""
    if OF_POLICE in told and parse["urgency"] == SUPPORT and DONE_BY_THEM & set(parse["situations"]):
        parse = {**parse, "situations": list(dict.fromkeys([*parse["situations"], OF_POLICE]))}
    question = parse.get("question")
    short = bool(told) and words <= FEW_WORDS
    if question and question["name"].startswith(ELSEWHERE) and question["confidence"] >= SURE:
        place = {"entity": "place", "value": question["name"].removeprefix(ELSEWHERE)}
        parse = {**parse, "entities": [*parse["entities"], place]}
    within = within or bool(told)
    if question is None or question["confidence"] < _needed(parse, told, within, words <= FEW_WORDS):
        return _go_on(parse, told) if short else parse
    settled = {**parse, "intent": {"name": question["name"], "confidence": question["confidence"]}}
    if question["name"] == WHEN and LIFE & set(told):
        return _in_danger(settled, told)
    # What was only hinted at gives way to the question.
    likely = _likely(parse)
    harm = {situation for situation in parse["situations"] if situation in HARM and likely.get(situation, 0.0) >= SURE}
    if question["confidence"] >= CERTAIN or not harm or (short and harm - set(told)):
        settled["situations"], settled["urgency"] = question["situations"], question["urgency"]
    if told and (settled["situations"] == [UNCLEAR] or set(settled["situations"]) <= GENERAL - set(told)):
        settled["situations"], settled["urgency"] = told[:1], SUPPORT
    return settled


def offers(parse: dict[str, Any], settled: dict[str, Any], within: bool) -> list[str]:
    """The questions, by their intents, that are offered beside the answer to `settled`, which `parse` was made into: what the person may
    have meant instead. None before anything was said, in danger, on the way out, or where the question is plain."""
    question, intent = parse.get("question"), settled["intent"]
    if not within or settled["urgency"] == EMERGENCY or intent["name"] == "leave_now":
        return []
    if question is not None and question["name"] == intent["name"] and question["confidence"] >= PLAIN_ENOUGH:
        return []
    return [name for name in parse.get("nearby", []) if name != intent["name"]][:OFFERS]


def _in_danger(settled: dict[str, Any], told: list[str]) -> dict[str, Any]:
    """Danger now to what was told, first of all where it is not to the person's own life alone."""
    others = [situation for situation in told if situation != IMMEDIATE_DANGER]
    danger = [SUICIDAL, IMMEDIATE_DANGER] if others == [SUICIDAL] else [IMMEDIATE_DANGER, *others]
    return {**settled, "intent": {**settled["intent"], "name": danger[0]}, "situations": danger, "urgency": EMERGENCY}


def _needed(parse: dict[str, Any], told: list[str], within: bool, short: bool) -> float:
    """How sure a question has to be to lead over what else was understood."""
    intent, question = parse["intent"], parse["question"]
    if parse["urgency"] == EMERGENCY:
        return _needed_in_danger(parse, within, short)
    if intent["name"] == "leave_now":
        return CERTAIN if intent["confidence"] >= LEAVING else SURE
    if intent["name"] == SUICIDAL and intent["confidence"] >= FIRM and not question["name"].startswith(FOR_ANOTHER):
        # Whoever says this is answered, whatever their words resemble.
        return NEVER
    if intent["name"] in PLAIN and intent["confidence"] >= CLEAR:
        return NAMED
    known = {*told, OF_POLICE} if question["name"] == COMPLAINT else told
    new = [situation for situation in parse["situations"] if situation in HARM and situation not in known]
    if question["name"] in GRAVE and set(new) <= {SUICIDAL}:
        return NAMED
    return _needed_within(parse, new, short) if within else _needed_at_first(parse, new)


def _needed_in_danger(parse: dict[str, Any], within: bool, short: bool) -> float:
    """The same over danger. The heads know first messages alone, and within a thread are often wrong where they are not sure."""
    question, danger = parse["question"], max(_likely(parse).get(situation, 0.0) for situation in LIFE)
    if within and short and question["name"] in WITHIN_DANGER:
        return LIKELY if danger < SURE_DANGER else CLEAR
    if not within or danger >= SURE_DANGER:
        return CERTAIN
    if question["name"] in GRAVE:
        return NAMED
    return CLEAR if danger >= UNSURE_DANGER else LIKELY


def _needed_within(parse: dict[str, Any], new: list[str], short: bool) -> float:
    """The same within a thread, over harm that is `new` in it, or over what is none."""
    likely, question = _likely(parse), parse["question"]
    news = max((likely.get(situation, 0.0) for situation in new), default=0.0)
    if news < SURE:
        if question["name"] in SELDOM or any(entity["entity"] == "service" for entity in parse["entities"]):
            return LIKELY
        return LIKELY if parse["intent"]["name"] == THE_BOT and parse["intent"]["confidence"] >= CLEAR else ENOUGH_WITHIN
    if _of_a_kind(parse, new):
        return KINDS[question["name"]]
    if short and question["name"] == ADDS and news < SURELY_NEW:
        return SURE
    if set(new) <= WAYS:
        return LIKELY
    if news < NEW_HARM:
        return LIKELY if short else SURE
    return NAMED if short else CLEAR


def _needed_at_first(parse: dict[str, Any], new: list[str]) -> float:
    """The same in a first message. Harm is answered first, with all its contacts; what one asks of it can be asked after that."""
    intent, likely, question = parse["intent"], _likely(parse), parse["question"]
    if question["name"] == ADDS or (question["name"] in TOLD_AT_FIRST and new):
        return NEVER
    if _of_a_kind(parse, new):
        return KINDS[question["name"]]
    if question["name"] in KINDS and NOT_OF_A_KIND & set(new):
        return CERTAIN
    news = max((likely.get(situation, 0.0) for situation in new), default=0.0)
    if news >= SURE:
        surely = {situation for situation in new if likely.get(situation, 0.0) >= SURE}
        if question["name"].startswith(FOR_OTHERS) and surely <= OWN:
            return CLEAR
        if 1.0 - prod(1.0 - likely[situation] for situation in surely - WAYS - OWN) >= NEW_HARM:
            return NEVER
        return max(CERTAIN, min(news, AS_GOOD_AS_SAID))
    if intent["name"] == UNCLEAR:
        return LIKELY
    if intent["name"] == OFF_TOPIC:
        # Nothing was said yet that a question could be about.
        if question["name"] in KINDS:
            return KINDS[question["name"]] if intent["confidence"] < FIRM else LIKELY
        return LIKELY if intent["confidence"] < FIRM else CERTAIN
    if any(entity["entity"] == "service" for entity in parse["entities"]):
        return NAMED
    return SURE if intent["name"] in HARM or intent["confidence"] < CLEAR or intent["name"] == NO_SERVICE else NAMED


def _of_a_kind(parse: dict[str, Any], new: list[str]) -> bool:
    """Whether the question is what kind of crime it was, and nothing else is told of, as far as that is sure."""
    likely = _likely(parse)
    surely = {situation for situation in new if likely.get(situation, 0.0) >= SURE}
    return parse["question"]["name"] in KINDS and bool(surely) and surely <= OF_A_KIND and not NOT_OF_A_KIND & set(new)


def _likely(parse: dict[str, Any]) -> dict[str, float]:
    """How likely each situation is."""
    return {entry["name"]: entry["confidence"] for entry in parse.get("intent_ranking", [])}


def _go_on(parse: dict[str, Any], told: list[str]) -> dict[str, Any]:
    """A few words that no head is sure of are about what was told; those that are off every topic keep their intent, and their rules
    go on with the harm."""
    name, sure = parse["intent"]["name"], parse["intent"]["confidence"]
    if parse["urgency"] != EMERGENCY and name in WAYS and sure >= FIRM:
        # The way to tell is new, and what is to be told is not.
        likely = _likely(parse)
        firm = [situation for situation in parse["situations"] if situation in told or likely.get(situation, 0.0) >= FIRM]
        harm = [situation for situation in told if situation not in (IMMEDIATE_DANGER, *firm)]
        return {**parse, "situations": [*firm, *harm[:1]]}
    if parse["urgency"] == EMERGENCY or name in told or sure >= _enough(parse):
        return parse
    return {**parse, "intent": {"name": GO_ON, "confidence": sure}, "situations": told[:1], "urgency": SUPPORT}


def _enough(parse: dict[str, Any]) -> float:
    """How sure the heads have to be of few words within a thread, for their intent to stand."""
    name = parse["intent"]["name"]
    if name in (UNCLEAR, OFF_TOPIC):
        return 0.0
    if name == "service_info":
        return 0.0 if any(entity["entity"] == "service" for entity in parse["entities"]) else 1.0
    return LEAVING_AT_LEAST if name == "leave_now" else FIRM


def chosen(question: str, meanings: dict[str, Any]) -> tuple[list[str], str]:
    """The situations and the urgency that a tapped question stands for."""
    meaning = meanings.get(question)
    return (meaning["situations"], meaning["urgency"]) if meaning else ([], NONE)
