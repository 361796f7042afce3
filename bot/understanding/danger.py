"""Rasa graph component: whether somebody is in danger now. Found twice, by phrases that a person can read and by trained heads;
either is enough to make it an emergency.

In: messages with both views as features, and the situations understood so far. Out: `urgency`, and `situations` and `intent`
with immediate danger first where there is any.
"""

import sys
from typing import Any, Dict, List, Mapping

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.settings import ROOT
from bot.understanding import features, situations
from bot.understanding.code import code_fingerprint
from bot.understanding.heads import Heads, calibrates
from bot.understanding.labels import EMERGENCY, HARM, IMMEDIATE_DANGER, LEAVE_NOW, NONE, SITUATIONS, SUICIDAL, SUPPORT, URGENCIES, labels_of
from bot.understanding.phrases import DangerPhrases
from bot.understanding.text import clean

PHRASES = ROOT / "data/danger/phrases.yml"
SURELY_LEAVING = 0.7


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SupportDangerDetector(GraphComponent):
    """Danger phrases and calibrated urgency heads."""

    def __init__(
        self, config: Dict[str, Any], heads: Heads | None, phrases: DangerPhrases, storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._heads = heads
        self._phrases = phrases
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            # An emergency from this probability on, read whole, and from that one on in any window of a long message.
            "threshold": 0.5,
            "window_threshold": 0.9,
            # Where the whole is less likely than this, it tells plainly of something else: a film, a game, a hen night.
            "window_floor": 0.05,
            "strength": 4.0,
        }

    @staticmethod
    def required_packages() -> List[str]:
        return ["spacy"]

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        # The phrases are read when the model is loaded, and nothing is learnt from them.
        return code_fingerprint()

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportDangerDetector":
        return cls(config, None, DangerPhrases(PHRASES), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Raises TrainingDataError where a block of data/nlu lacks its labels."""
        # What is said later in a conversation would teach these heads that short words mean nothing.
        messages = [message for message in training_data.intent_examples if message.get(TEXT) and message.get(INTENT) in SITUATIONS]
        truth = np.zeros((len(messages), len(URGENCIES)), dtype=np.int8)
        for row, message in enumerate(messages):
            truth[row, URGENCIES.index(labels_of(message)[1])] = 1
        kept = np.array([calibrates(clean(message.get(TEXT))) for message in messages])
        rows = features.read_all(messages)
        heads = Heads.fit(list(URGENCIES), rows, truth, kept, self._config["strength"], _say)
        with self._storage.write_to(self._resource) as folder:
            heads.save(folder / "urgency.npz")
        return self._resource

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext, **kwargs: Any,
    ) -> "SupportDangerDetector":  # fmt: skip
        with model_storage.read_from(resource) as folder:
            heads = Heads.load(folder / "urgency.npz")
        return cls(config, heads, DangerPhrases(PHRASES), model_storage, resource)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = clean(message.get(TEXT) or "")
            found, taken_back = self._phrases.screen(text)
            rows = features.read(message)
            likely = np.zeros((1, len(URGENCIES))) if rows is None or self._heads is None else self._heads.probabilities(rows)
            in_danger = likely[:, URGENCIES.index(EMERGENCY)]
            self._decide(message, bool(found) or (self._likely(in_danger) and not leaves(message, in_danger[0])))
            message.set("danger", {
                "whole": round(float(in_danger[0]), 4),
                "windows": [round(float(value), 4) for value in in_danger[1:]],
                "urgency": {name: round(float(likely[0, place]), 4) for place, name in enumerate(URGENCIES)},
                "phrases": [
                    {"id": match.id, "why": match.why, "start": match.start, "end": match.end, "text": text[match.start : match.end]}
                    for match in found
                ],
                "taken_back_by": taken_back,
            })  # fmt: skip
        return messages

    def _likely(self, in_danger: np.ndarray) -> bool:
        """`in_danger` [1 + windows], the whole message first."""
        whole, windows = in_danger[0], in_danger[1:].max(initial=0.0)
        return bool(whole >= self._config["threshold"]) or window_decides(self._config, whole, windows)

    def _decide(self, message: Message, emergency: bool) -> None:
        told = list(message.get("situations"))
        if emergency:
            told = [situation for situation in told if situation in HARM and situation != IMMEDIATE_DANGER]
            # Where nobody but the person themselves is the danger, suicide leads, and the reply is about life.
            told.insert(1 if told == [SUICIDAL] else 0, IMMEDIATE_DANGER)
        else:
            # Without danger now, what was read as danger is harm of some other kind, or nothing.
            told = [situation for situation in told if situation != IMMEDIATE_DANGER]
            told = told or _next_best(message)
        probabilities = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}
        probabilities.setdefault(IMMEDIATE_DANGER, 0.0)
        situations.put(message, probabilities, told)
        urgency = EMERGENCY if emergency else SUPPORT if told[0] in HARM else NONE
        message.set("urgency", urgency, add_to_output=True)


def leaves(message: Message, danger: float) -> bool:
    """Whether the message is sooner the wish to have the page gone than danger ("someone's walked in"): 999 on the screen is what the
    person wants hidden."""
    leaving = {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}.get(LEAVE_NOW, 0.0)
    return bool(leaving >= SURELY_LEAVING and leaving > danger)


def window_decides(config: Mapping[str, Any], whole: float, window: float) -> bool:
    """Whether a part of a long message makes an emergency by itself, from the probabilities of danger of the whole and of that part."""
    return bool(window >= config["window_threshold"] and whole >= config["window_floor"])


def _next_best(message: Message) -> list[str]:
    return [next(entry["name"] for entry in message.get("intent_ranking") if entry["name"] != IMMEDIATE_DANGER)]


def _say(text: str) -> None:
    print(f"Learning urgency, {text}", file=sys.stderr, flush=True)
