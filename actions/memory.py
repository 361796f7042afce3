"""What is remembered from one message to the next: ids, never words. Pure functions; the slots' meanings stand in domain.yml.

In: the slots so far, what the latest message was understood as, and what was answered before it. Out: the slots' new values.
"""

from typing import Any, Mapping

from bot.sentences import Sentences
from bot.understanding.labels import EMERGENCY, HARM, IMMEDIATE_DANGER, SITUATIONS, SUICIDAL

# What is less likely than this was only hinted at: it is answered, but neither leads nor is remembered. Words of bodies and of despair are
# near many other things, so these two have to be surer.
FIRM, SURER = 0.4, {"sexual_violence": 0.55, "suicidal": 0.6}
# So many answers and questions are remembered; nobody goes back further.
LONGEST = 60
# The wordings of an answer, in their order. After the last the first may be said once more.
WORDINGS = ("first", "again", "more")
# Not understood, whichever way: the ladder goes on from one to the next.
MISSES = ("unclear", "empty", "not_that")
# A question that stands for one of these tells of the person, and leads from then on.
TELLING = frozenset({SUICIDAL, "perpetrator_seeking_help"})
NO_TOPIC = "nothing"
# These say how somebody wants to tell, or to whom.
WAYS = ("report_crime", "report_anonymously", "culturally_aware_support")
UNDER_18 = "under_18"
# Questions that one answer is given to (data/rules/topics.yml), by the topic, or for young people: asked one after the other, they are
# the same question asked again.
ONE_ANSWER = {
    "perpetrator_seeking_help": (
        ("ask_in_trouble", "ask_what_happens", "ask_secret", "ask_tell_partner", "ask_no_police", "ask_who_knows"),
        ("feels_bad", "does_it_count", "says_sorry_to_me", "ask_my_fault", "ask_family_told"),
    ),
    "report_anonymously": (
        ("ask_secret", "fear_found_out", "ask_tell_partner", "ask_named_in_public", "ask_what_happens", "ask_who_knows"),
    ),
    "domestic_abuse": (("ask_doctor", "ask_medical"),),
    "sexual_violence": (("ask_medical", "ask_doctor"),),
    UNDER_18: (
        ("ask_tell_parents", "ask_secret", "ask_tell_partner", "ask_family_told"),
        ("does_it_count", "for_young", "ask_in_trouble", "ask_no_police"),
    ),
}  # fmt: skip
ASKED_FEEDBACK = "did_this_help"
# These pass on what was said before and are no answer to go back to.
NO_ANSWER = (
    "action_listen", "action_session_start", "action_follow", "action_go_back", "action_ask_feedback", "action_count_feedback",
    "action_start_again", "utter_are_you_there", "utter_life_there", "utter_sorry",
)  # fmt: skip


def follow(slots: Mapping[str, Any], message: Mapping[str, Any], before: list[str], sentences: Sentences) -> dict[str, Any]:
    """`message`: Rasa's latest message with `situations`, `urgency` and `previous_urgency`; `before`: the actions of the last turn."""
    likely = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking") or []}
    harm = [situation for situation in message.get("situations") or [] if situation in HARM]
    told = [situation for situation in harm if firm(situation, likely.get(situation, 1.0))] or harm[:1]
    before_it = slots.get("situations") or []
    # A question is asked about what was told: what it stands for comes after that, unless it tells who asks.
    leads = not before_it or message["intent"]["name"] in SITUATIONS or set(told) & TELLING
    remembered = list(dict.fromkeys([*told, *before_it] if leads else [*before_it, *told]))
    topic = topic_of(remembered if leads else before_it)
    answers = [action for action in before if action not in NO_ANSWER]
    trail = [*(slots.get("trail") or []), *answers][-LONGEST:]
    asked = list(slots.get("asked") or [])
    who = list(dict.fromkeys([*(slots.get("who") or []), *_values(message, "who")]))
    key = key_of(message, topic, UNDER_18 in who)
    return {
        "situations": remembered,
        "topic": topic,
        "trail": trail,
        "named": _named(answers, sentences) or slots.get("named") or [],
        "last": _kind(before, asked, slots, message.get("previous_urgency"), sentences),
        "repeat": WORDINGS[asked.count(key) % len(WORDINGS)],
        "asked": [*asked, key][-LONGEST:],
        "who": who,
        "young": UNDER_18 in who,
        "place": next(iter(_values(message, "place")), slots.get("place")),
    }


def firm(situation: str, probability: float) -> bool:
    """Whether a situation this likely counts as told, and not only as hinted at."""
    return probability >= SURER.get(situation, FIRM)


def topic_of(told: list[str]) -> str:
    """What the thread is about: the harm told last. Danger is no topic of its own, and how somebody wants to tell is one only where
    nothing else is known."""
    harm = [situation for situation in told if situation != IMMEDIATE_DANGER]
    return next((situation for situation in harm if situation not in WAYS), next(iter(harm), NO_TOPIC))


def key_of(message: Mapping[str, Any], topic: str = NO_TOPIC, young: bool = False) -> str:
    """What a message is about, so that the same asked twice is known for the same, in whatever words."""
    intent = message["intent"]["name"]
    if message.get("urgency") == EMERGENCY:
        return EMERGENCY
    if intent in MISSES:
        return "miss"
    groups = [*ONE_ANSWER.get(topic, ()), *(ONE_ANSWER[UNDER_18] if young else ())]
    intent = next((group[0] for group in groups if intent in group), intent)
    return ":".join([intent, *_values(message, "service")])


def _values(message: Mapping[str, Any], entity: str) -> list[str]:
    return [found["value"] for found in message.get("entities") or [] if found["entity"] == entity]


def _named(answers: list[str], sentences: Sentences) -> list[str]:
    """The contacts that the last answers named, where they stand in the sentences themselves; actions note their own."""
    return [contact for answer in answers for contact in sentences.contacts(answer)]


def _kind(before: list[str], asked: list[str], slots: Mapping[str, Any], urgency: str | None, sentences: Sentences) -> str:
    """What was said last, as far as "yes", "no" and "i can't" depend on it."""
    if asked and asked[-1] == ASKED_FEEDBACK:
        return "feedback"
    if (urgency == EMERGENCY and "action_signpost" in before) or any(sentences.urgency(answer) == EMERGENCY for answer in before):
        return "emergency"
    if slots.get("situations"):
        return "harm"
    return "answer" if before else "nothing"


def previous(trail: list[str]) -> str | None:
    """The answer before the last one."""
    return trail[-2] if len(trail) > 1 else None
