"""What a locked screen must not show: words that tell what the chat is about, and the services' names."""

import re

from bot.channels.telegram.rendering import NEUTRAL_CHARACTERS
from bot.directory import Directory

TELLING = (
    "abus", "police", "rape", "assault", "sexual", "victim", "violen", "crime", "criminal", "999", "101", "danger", "stalk", "hurt",
    "harass", "suicid", "murder", "kill", "partner", "husband", "wife", "child", "helpline", "refuge", "report", "officer", "court",
    "emergency", "safe", "threat", "survivor", "domestic", "honour", "marriage", "samaritans", "charity", "sorry", "blame",
)  # fmt: skip


def telling(text: str, directory: Directory) -> list[str]:
    """What of the first characters of `text` is not neutral."""
    seen = text[:NEUTRAL_CHARACTERS].lower()
    names = {contact.name.lower() for contact in directory.values()} | {id.replace("_", " ") for id in directory}
    return [word for word in (*TELLING, *names) if re.search(rf"\b{re.escape(word)}", seen)]
