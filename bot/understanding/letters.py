"""Rasa graph component: gives every message its letters as features, words and character runs weighed by how telling they are.

In: messages with text. Out: on each, one sparse sentence feature for the whole text, and sparse sequence features for its windows.
"""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding import features
from bot.understanding.code import code_fingerprint
from bot.understanding.genders import as_read, table_fingerprint
from bot.understanding.heads import Letters
from bot.understanding.text import windows

ORIGIN = "SupportLettersFeaturizer"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SupportLettersFeaturizer(GraphComponent):
    """Letters as features, learnt from the training messages."""

    def __init__(self, letters: Letters, storage: ModelStorage, resource: Resource) -> None:
        self._letters = letters
        self._storage = storage
        self._resource = resource

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        return code_fingerprint() + table_fingerprint()

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportLettersFeaturizer":
        return cls(Letters(), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        self._letters.fit([as_read(message.get(TEXT)) for message in training_data.training_examples if message.get(TEXT)])
        with self._storage.write_to(self._resource) as folder:
            self._letters.save(folder)
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> "SupportLettersFeaturizer":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            return cls(Letters.load(folder), model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the letters of what people type. What cannot be read gets none."""
        for message in messages:
            text = as_read(message.get(TEXT) or "")
            if text:
                features.add(message, ORIGIN, self._letters.transform([text, *windows(text)]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the whole text's letters to every training message."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        rows = self._letters.transform([as_read(message.get(TEXT)) for message in messages])
        for place, message in enumerate(messages):
            features.add(message, ORIGIN, rows[place : place + 1])
        return training_data
