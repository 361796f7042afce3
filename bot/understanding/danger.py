"""Rasa graph component: whether somebody is in danger now. Found twice, by phrases that a person can read and by trained heads;
either is enough to make it an emergency.

In: messages with the situations understood so far and the probabilities of each urgency. Out: `urgency`, and `situations` and `intent`
with immediate danger first where there is any.
"""

from typing import Any, Dict, List, Mapping

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.settings import ROOT
from bot.understanding import situations
from bot.understanding.labels import EMERGENCY, HARM, IMMEDIATE_DANGER, LEAVE_NOW, NONE, SUICIDAL, SUPPORT, URGENCIES
from bot.understanding.phrases import DangerPhrases
from bot.understanding.situations import URGENCY_PROBABILITIES
from bot.understanding.text import clean

PHRASES = ROOT / "data/danger/phrases.yml"
SURELY_LEAVING = 0.5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SupportDangerDetector(GraphComponent):
    """Decides by danger phrases and by how likely the heads hold an emergency to be."""

    def __init__(self, config: Dict[str, Any], phrases: DangerPhrases) -> None:
        self._config = config
        self._phrases = phrases

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {
            # An emergency from this probability on, read whole, and from that one on in any window of a long message.
            "threshold": 0.5,
            "window_threshold": 0.9,
            # Where the whole is less likely than this, it tells plainly of something else: a film, a game, a hen night.
            "window_floor": 0.05,
        }

    @staticmethod
    def required_packages() -> List[str]:
        return ["spacy"]

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportDangerDetector":
        return cls(config, DangerPhrases(PHRASES))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = clean(message.get(TEXT) or "")
            found, taken_back = self._phrases.screen(text)
            likely = message.get(URGENCY_PROBABILITIES)
            in_danger = likely[:, URGENCIES.index(EMERGENCY)]
            likely_danger = self._likely(in_danger)
            leaving = likely_danger and not found and leaves(message, in_danger[0])
            self._decide(message, bool(found) or (likely_danger and not leaving), leaving)
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

    def _decide(self, message: Message, emergency: bool, leaving: bool) -> None:
        told = list(message.get("situations"))
        if emergency:
            told = [situation for situation in told if situation in HARM and situation != IMMEDIATE_DANGER]
            # Where nobody but the person themselves is the danger, suicide leads, and the reply is about life.
            told.insert(1 if told == [SUICIDAL] else 0, IMMEDIATE_DANGER)
        elif leaving:
            told = [LEAVE_NOW]
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
