"""Rasa graph component: what a message asks or says within a conversation ("can they keep it secret", "and the other one?", "yes").

In: messages with both views as features. Out: `question`, with its intent, how sure that is, and the situations and urgency that
it stands for; or nothing, where the message is none of data/nlu/questions/. And `nearby`, the intents that it may be, likeliest first.
It never changes what was understood of danger: bot/dialogue/thread.py decides, with the conversation in view, whether the question
leads.
"""

import json
from pathlib import Path
from typing import Any, Dict, List

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.understanding import features
from bot.understanding.labels import CALM, SITUATIONS, labels_of
from bot.understanding.one_of_many import OneOfMany
from bot.understanding.text import clean

# A message that is no question of ours.
NO_QUESTION = ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SupportQuestionRecognizer(GraphComponent):
    """Knows the questions of data/nlu/questions/, and what is none of them."""

    def __init__(
        self, config: Dict[str, Any], head: OneOfMany | None, meanings: dict[str, Any], storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._head = head
        self._meanings = meanings
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            "stiffness": 1.0,
            # Of the other messages, one in so many is enough to learn what is no question; of those that are calm and as short as
            # questions are, all. With the short ones of harm, too, it would be surer of nothing.
            "one_other_in": 12,
            "short": 4,
            # More words than these tell a story.
            "most_words": 40,
            # So many of the likeliest may be offered to choose from.
            "nearby": 4,
        }

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportQuestionRecognizer":
        return cls(config, None, {}, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Raises ValueError where a block of data/nlu lacks its labels."""
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        asked = [message for message in messages if message.get(INTENT) not in SITUATIONS]
        words = {_plain(message) for message in asked}
        others = [message for message in messages if message.get(INTENT) in SITUATIONS and _plain(message) not in words]
        alike = {id(message) for message in others if message.get(INTENT) in CALM and len(_plain(message).split()) <= self._config["short"]}
        others = [message for place, message in enumerate(others) if id(message) in alike or place % self._config["one_other_in"] == 0]
        answers = [message.get(INTENT) for message in asked] + [NO_QUESTION] * len(others)
        head = OneOfMany.fit(features.read_all(asked + others), answers, self._config["stiffness"])
        meanings = {message.get(INTENT): dict(zip(("situations", "urgency"), labels_of(message), strict=True)) for message in asked}
        with self._storage.write_to(self._resource) as folder:
            head.save(folder / "questions.npz")
            (folder / "meanings.json").write_text(json.dumps(meanings), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> "SupportQuestionRecognizer":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            meanings = json.loads((folder / "meanings.json").read_text(encoding="utf-8"))
            return cls(config, OneOfMany.load(folder / "questions.npz"), meanings, model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            rows = features.read(message)
            # A phrase that means danger is no question, whatever stands beside it.
            if (message.get("danger") or {}).get("phrases"):
                continue
            if rows is None or self._head is None or len(clean(message.get(TEXT)).split()) > self._config["most_words"]:
                continue
            names, sure = self._head.pick(rows[:1])
            if names[0] != NO_QUESTION:
                message.set("question", {"name": names[0], "confidence": round(sure, 4), **self._meanings[names[0]]}, add_to_output=True)
            message.set("nearby", [name for name in names[: self._config["nearby"]] if name != NO_QUESTION], add_to_output=True)
        return messages


def read_meanings(folder: Path) -> dict[str, dict[str, Any]]:
    """The situations and the urgency that each question of the folder stands for, for those that are tapped, not typed."""
    return {
        block["intent"]: block["metadata"]
        for path in sorted(folder.glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    }


def _plain(message: Message) -> str:
    return clean(message.get(TEXT)).lower().rstrip(".!?")
