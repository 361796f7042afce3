"""Rasa graph component: gives every message its meaning as vectors.

In: messages with text. Out: on each, one dense sentence feature for the whole text, and dense sequence features, a row for each
window of a long text, read within it. Nothing is kept of what people type; the vectors of training messages are cached on disk by digest.
"""

import hashlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from bot.settings import read_settings
from bot.understanding import features
from bot.understanding.code import code_fingerprint
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.encoder import fingerprint as encoder_fingerprint
from bot.understanding.genders import as_read, table_fingerprint
from bot.understanding.text import window_spans

ORIGIN = "SupportSentenceFeaturizer"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SupportSentenceFeaturizer(GraphComponent):
    """Meaning as vectors, by the sentence encoder."""

    def __init__(self, encoder: SentenceEncoder, threads: int, cache: Path) -> None:
        self._encoder = encoder
        self._threads = threads
        self._cache = cache

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SupportSentenceFeaturizer":
        settings = read_settings()
        encoder = SentenceEncoder(settings.encoder, settings.encoder_threads)
        return cls(encoder, settings.encoder_threads, settings.encoder / "training-vectors.npz")

    @staticmethod
    def fingerprint_addon(config: Dict[str, Any]) -> str:
        # Whatever learns from these vectors stands behind this component, and so learns anew with another encoder.
        return code_fingerprint() + table_fingerprint() + encoder_fingerprint(read_settings().encoder)

    @staticmethod
    def required_packages() -> List[str]:
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def required_components(cls) -> List[Type]:
        return []

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds vectors to what people type. What cannot be read gets none."""
        for message in messages:
            text = as_read(message.get(TEXT) or "")
            if text:
                features.add(message, ORIGIN, self._encoder.read(text, window_spans(text)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the whole text's vector to every training message."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        vectors = self._remembered([as_read(message.get(TEXT)) for message in messages])
        for message, vector in zip(messages, vectors, strict=True):
            features.add(message, ORIGIN, vector[None, :])
        return training_data

    def _remembered(self, texts: list[str]) -> np.ndarray:
        keys = [hashlib.sha256(f"{self._encoder.fingerprint}{text}".encode()).hexdigest() for text in texts]
        known: dict[str, np.ndarray] = {}
        if self._cache.is_file():
            with np.load(self._cache, allow_pickle=False) as stored:
                known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            # Side by side, one thread each, because a single message is too short to keep two cores busy; several in one batch are no
            # quicker.
            reader = SentenceEncoder(self._cache.parent, threads=1)
            with ThreadPoolExecutor(self._threads) as pool:
                vectors = pool.map(lambda text: reader.encode([text])[0], missing.values())
                known.update(zip(missing, tqdm(vectors, "Reading training messages", len(missing), file=sys.stderr), strict=True))
            self._remember(known)
        return np.stack([known[key] for key in keys])

    def _remember(self, known: dict[str, np.ndarray]) -> None:
        """Writes all vectors that are known, those of other states of the data too; never half a file."""
        with tempfile.TemporaryDirectory(dir=self._cache.parent) as scratch:
            written = Path(scratch) / self._cache.name
            np.savez(written, keys=np.array(list(known)), vectors=np.stack(list(known.values())).astype(np.float32))
            written.replace(self._cache)
