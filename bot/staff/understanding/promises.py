"""What has to be named for what was told, whatever else is: the contract's routing table, for judging answers.

Written out again on purpose and not read from data/routing: a judge who reads the accused's own notes finds nothing.
"""

from bot.staff.understanding.messages import Labelled
from bot.understanding.labels import EMERGENCY, NONE

MUST = {
    "domestic_abuse": {"emerald", "101"},
    "sexual_violence": {"rasso", "101"},
    "stalking_harassment": {"101"},
    "honour_based_abuse": {"emerald", "101"},
    "culturally_aware_support": {"be_heard"},
    "police_perpetrator": {"crimestoppers", "101"},
    "report_crime": {"101"},
    "report_anonymously": {"crimestoppers"},
    "child_at_risk": {"101"},
    "suicidal": {"999", "samaritans"},
    "perpetrator_seeking_help": {"respect"},
}

# Which contact leads, in the order in which these situations do: the first that was told decides.
FIRST = (
    ("report_anonymously", {"crimestoppers"}),
    ("perpetrator_seeking_help", {"respect"}),
    ("police_perpetrator", {"crimestoppers"}),
    ("suicidal", {"999", "samaritans"}),
    ("sexual_violence", {"rasso"}),
    ("culturally_aware_support", {"be_heard"}),
    ("honour_based_abuse", {"emerald"}),
    ("domestic_abuse", {"emerald"}),
    ("child_at_risk", {"childline", "101", "nspcc"}),
    ("stalking_harassment", {"101"}),
    ("report_crime", {"101"}),
)


def required_contacts(message: Labelled) -> set[str]:
    """The contacts that the reply has to name."""
    if message.urgency == EMERGENCY:
        return {"999"}
    if message.urgency == NONE:
        return set()
    if message.situations[0] == "perpetrator_seeking_help":
        return {"respect"}
    return set().union(*(MUST.get(situation, set()) for situation in message.situations))


def first_contacts(message: Labelled) -> set[str]:
    """The contacts of which one has to be the first that is named; empty where none has to be."""
    if message.urgency == EMERGENCY:
        return {"999"}
    if message.urgency == NONE:
        return set()
    if message.situations[0] == "perpetrator_seeking_help":
        return {"respect"}
    return next((contacts for situation, contacts in FIRST if situation in message.situations), set())
