"""Rasa graph component: which situations a message tells of, all of them, and how urgent it is, each with a calibrated probability.

In: messages with both views as features. Out: `intent` (the first situation), `intent_ranking`, `situations` with probabilities, and
the probabilities of each urgency, for the whole message and its windows, from which the component for danger decides. Learns from
every block of data/nlu, whose metadata names all situations of its messages and their urgency.
"""

import sys
from types import MappingProxyType
from typing import Any, Dict, List, Mapping

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding import features
from bot.understanding.code import code_fingerprint
from bot.understanding.heads import Heads, calibrates
from bot.understanding.labels import CALM, HARM, SITUATIONS, UNCLEAR, URGENCIES, labels_of
from bot.understanding.text import clean

# Where a message carries float [1 + windows, urgencies], in the order of URGENCIES, the whole message first.
URGENCY_PROBABILITIES = "urgency_probabilities"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SupportSituationClassifier(GraphComponent, IntentClassifier):
    """One calibrated head a situation, and one an urgency: learnt together, because reading the features is what takes the time."""

    def __init__(self, config: Dict[str, Any], heads: Heads | None, storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._heads = heads
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            # A situation is told of from this probability on; the likeliest always is.
            "threshold": 0.5,
            # Some are only believed from a higher one on.
            "thresholds": {},
            # What a part of a long message tells of counts from this probability on: a few words out of their context mislead.
            "window_threshold": 0.5,
            # How freely the weights may grow (the C of a logistic regression).
            "strength": 4.0,
        }

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        return code_fingerprint()

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportSituationClassifier":
        return cls(config, None, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Raises TrainingDataError where a block of data/nlu lacks its labels."""
        # What is said later in a conversation would teach these heads that short words mean nothing.
        messages = [message for message in training_data.intent_examples if message.get(TEXT) and message.get(INTENT) in SITUATIONS]
        labels = [*SITUATIONS, *URGENCIES]
        truth = np.zeros((len(messages), len(labels)), dtype=np.int8)
        for row, message in enumerate(messages):
            situations, urgency = labels_of(message)
            truth[row, [labels.index(label) for label in (*situations, urgency)]] = 1
        kept = np.array([calibrates(clean(message.get(TEXT))) for message in messages])
        rows = features.read_all(messages)
        heads = Heads.fit(labels, rows, truth, kept, self._config["strength"], _say, exclusive=len(URGENCIES))
        with self._storage.write_to(self._resource) as folder:
            heads.save(folder / "heads.npz")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> "SupportSituationClassifier":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            return cls(config, Heads.load(folder / "heads.npz"), model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            rows = features.read(message)
            if rows is None or self._heads is None:
                probabilities, urgencies = {UNCLEAR: 1.0}, np.zeros((1, len(URGENCIES)))
            else:
                likely, urgencies = np.split(self._heads.probabilities(rows), [len(SITUATIONS)], axis=1)
                probabilities = dict(zip(SITUATIONS, merge(likely, self._config["window_threshold"]).tolist(), strict=True))
            message.set(URGENCY_PROBABILITIES, urgencies)
            put(message, probabilities, chosen(probabilities, self._config["threshold"], self._config["thresholds"]))
        return messages


def merge(likely: np.ndarray, window_threshold: float) -> np.ndarray:
    """What a message tells of: `likely` [1 + windows, situations], its first row the whole message. Out: [situations].

    A long message tells of the harm that any of its parts tells of clearly; what it is about as a whole only the whole says.
    """
    clear = np.where(likely[1:] >= window_threshold, likely[1:], 0.0).max(axis=0, initial=0.0)
    return np.where([label in HARM for label in SITUATIONS], np.maximum(likely[0], clear), likely[0])


def chosen(probabilities: dict[str, float], threshold: float, thresholds: Mapping[str, float] = MappingProxyType({})) -> list[str]:
    """The situations that are told of, most likely first: every harm from its own of `thresholds` or else from `threshold` on, or
    else the one likeliest of all."""
    ranked = sorted(probabilities, key=lambda label: -probabilities[label])
    if ranked[0] in CALM:
        return ranked[:1]
    told = (label for label in ranked if label in HARM)
    return [label for label in told if probabilities[label] >= thresholds.get(label, threshold) or label == ranked[0]]


def put(message: Message, probabilities: dict[str, float], situations: list[str]) -> None:
    """Sets what Rasa and the actions read: the intent is the first of `situations`."""
    ranked = sorted(probabilities, key=lambda label: -probabilities[label])
    ranking = [{"name": label, "confidence": round(probabilities[label], 4)} for label in ranked]
    first = next(entry for entry in ranking if entry["name"] == situations[0])
    message.set(INTENT, first, add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set("situations", situations, add_to_output=True)


def _say(text: str) -> None:
    print(f"Learning situations and urgency, {text}", file=sys.stderr, flush=True)
