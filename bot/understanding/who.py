"""Rasa graph component: what a message shows of who writes it, or for whom, so that the help made for them can be offered.

In: messages. Out: an entity `who` for each entry of data/who/who.yml that a phrase of it stands in. Contacts stay those of what was told,
but that a child is not sent to lines for grown-ups, nor who speaks of a child to the children's; and there is one more choice.

A phrase is words in order; `a|b` is either, and `_` inside one is a space: `i'm|im|i_am deaf`.
"""

import re
from pathlib import Path
from typing import Any, Dict, List

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.settings import ROOT
from bot.understanding.text import clean

ENTITY = "who"
PHRASES = ROOT / "data/who/who.yml"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SupportWhoRecognizer(GraphComponent):
    """Looks for the phrases."""

    def __init__(self, patterns: dict[str, re.Pattern[str]]) -> None:
        self._patterns = patterns

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportWhoRecognizer":
        return cls(read_who(PHRASES))

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        return PHRASES.read_text(encoding="utf-8")

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = clean(message.get(TEXT) or "").lower()
            found = [
                {"entity": ENTITY, "value": name, "start": match.start(), "end": match.end(), "extractor": type(self).__name__}
                for name, pattern in self._patterns.items()
                if (match := pattern.search(text))
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def read_who(path: Path) -> dict[str, re.Pattern[str]]:
    """A pattern for each entry of the file."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    # One look for the beginning of a word spares each phrase its own, at every letter.
    return {name: re.compile(rf"\b(?:{'|'.join(map(_pattern, phrases))})\b(?![ -]in[ -]law)") for name, phrases in content.items()}


def _pattern(phrase: str) -> str:
    words = (r"(?:" + "|".join(re.escape(choice).replace("_", r"\s+") for choice in word.split("|")) + ")" for word in phrase.split())
    return r"\s+".join(words)
