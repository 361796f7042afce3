"""Rasa graph component: which services of the directory a message names.

In: messages whose situations were understood. Out: an entity `service` with the contact's id for each name found; and where a
message that seemed off topic is hardly more than such a name, it is a question about the service. The names are the
directory's own aliases, so that another force's directory brings its own.
"""

from typing import Any, Dict, List

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from bot.directory import Directory, load_directory
from bot.settings import read_settings
from bot.understanding import situations
from bot.understanding.text import clean

ENTITY = "service"
# From this share of the words on, a name is what the message is about.
SHARE = 0.3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SupportServiceRecognizer(GraphComponent):
    """Looks for the directory's names."""

    def __init__(self, directory: Directory) -> None:
        self._language = spacy.blank("en")
        self._matcher = PhraseMatcher(self._language.vocab, attr="LOWER")
        for contact in directory.values():
            self._matcher.add(contact.id, [self._language.make_doc(alias) for alias in contact.aliases])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportServiceRecognizer":
        return cls(load_directory(read_settings().contacts))

    @staticmethod
    def required_packages() -> List[str]:
        return ["spacy"]

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = clean(message.get(TEXT) or "")
            found = self.find(text)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            told = message.get("situations") or []
            named = sum(len(text[entity["start"] : entity["end"]].split()) for entity in found)
            if found and set(told) <= {"out_of_scope", "unclear"} and named >= SHARE * len(text.split()):
                probabilities = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}
                probabilities.setdefault("service_info", 0.0)
                situations.put(message, probabilities, ["service_info"])
        return messages

    def find(self, text: str) -> list[dict[str, Any]]:
        """Rasa entities, in the order of the text."""
        document = self._language.make_doc(text)
        spans = filter_spans(self._matcher(document, as_spans=True))
        return [
            {
                "entity": ENTITY, "value": span.label_, "start": span.start_char, "end": span.end_char,
                "extractor": type(self).__name__,
            }
            for span in sorted(spans, key=lambda span: span.start)
        ]  # fmt: skip
