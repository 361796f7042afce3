"""The labels of a message: the contract's situations and urgencies, by which everything else in the house is keyed."""

from typing import Any

from bot.errors import TrainingDataError

IMMEDIATE_DANGER = "immediate_danger"
SUICIDAL = "suicidal"
LEAVE_NOW = "leave_now"
UNCLEAR = "unclear"

# Somebody is harmed, may be, or does harm: what is understood together with these is answered too.
HARM = (
    "immediate_danger", "domestic_abuse", "sexual_violence", "stalking_harassment", "honour_based_abuse",
    "culturally_aware_support", "police_perpetrator", "report_crime", "report_anonymously", "child_at_risk",
    "suicidal", "perpetrator_seeking_help",
)  # fmt: skip
CALM = (
    "service_info", "leave_now", "greeting", "thanks", "goodbye", "about_the_bot", "out_of_scope", UNCLEAR,
)  # fmt: skip
SITUATIONS = HARM + CALM

EMERGENCY, SUPPORT, NONE = "emergency", "support", "none"
URGENCIES = (NONE, SUPPORT, EMERGENCY)


def labels_of(message: Any) -> tuple[list[str], str]:
    """Situations and urgency of a Rasa training message, from the metadata of its block in data/nlu. Raises TrainingDataError."""
    metadata = (message.get("metadata") or {}).get("intent") or {}
    situations, urgency = metadata.get("situations"), metadata.get("urgency")
    if not situations or set(situations) - set(SITUATIONS) or urgency not in URGENCIES:
        raise TrainingDataError(
            f"A block of intent {message.get('intent')} in data/nlu lacks its labels: write situations and urgency in its metadata."
        )
    return list(situations), urgency
