"""Rasa graph component: a guard against words that the bot knows nothing about. Rubbish becomes `unclear`, never a confident guess.

In: messages that were understood. Out: the same, or `unclear` where hardly a word of them is known and nothing is certain.
Words are known from the training messages.
"""

import json
import re
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding import situations
from bot.understanding.code import code_fingerprint
from bot.understanding.labels import EMERGENCY, NONE, UNCLEAR
from bot.understanding.text import clean

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SupportUnknownWordsGuard(GraphComponent):
    """Knows which words it knows."""

    def __init__(self, config: Dict[str, Any], learnt: set[str], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._learnt = learnt
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            # Below this share of known words a message has to be certain, which it is from that probability on.
            "known_share": 0.34,
            "certain": 0.6,
            # Fewer words than these say nothing if none is known, however certain.
            "fewest_words": 3,
        }

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        return code_fingerprint()

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportUnknownWordsGuard":
        return cls(config, set(), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        learnt = {
            word
            for message in training_data.intent_examples
            if message.get(TEXT) and message.get(INTENT) != UNCLEAR
            for word in words(message.get(TEXT))
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / "words.json").write_text(json.dumps(sorted(learnt)), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> "SupportUnknownWordsGuard":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            learnt = set(json.loads((folder / "words.json").read_text(encoding="utf-8")))
        return cls(config, learnt, model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if self._unknown(message):
                probabilities = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}
                probabilities.setdefault(UNCLEAR, 0.0)
                situations.put(message, probabilities, [UNCLEAR])
                message.set("urgency", NONE, add_to_output=True)
        return messages

    def _unknown(self, message: Message) -> bool:
        said = words(message.get(TEXT) or "")
        known = [word for word in said if word in self._learnt]
        if said and len(known) / len(said) >= self._config["known_share"]:
            return False
        if message.get("urgency") == EMERGENCY and (message.get("danger") or {}).get("phrases"):
            return False
        # Signs without any letters (emoji, "999") may be all that somebody can send.
        if said and not known and len(said) < self._config["fewest_words"]:
            return True
        return bool(message.get(INTENT)["confidence"] < self._config["certain"])


def words(text: str) -> list[str]:
    """The words of `text`, in lower case."""
    return [word.lower() for word in _WORD.findall(clean(text))]
