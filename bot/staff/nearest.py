"""The training messages nearest in meaning to what somebody asks about: the examples behind a decision.

In: texts that staff typed or that are kept for tests. Out: training messages, which are public, with their file, line and likeness.
Uses the vectors that training left beside the encoder; writes nothing.
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Sequence

import numpy as np

from bot.settings import ROOT, Settings
from bot.staff.understanding.messages import Labelled, first_messages, read_trained
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.genders import as_read

# Where and under which keys bot/understanding/meaning.py leaves the vectors of training messages.
CACHE = "training-vectors.npz"


@dataclass(frozen=True)
class Near:
    """A training message, and how near it is: the cosine of the two meanings."""

    text: str
    situations: tuple[str, ...]
    urgency: str
    file: str
    line: int
    likeness: float

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "situations": list(self.situations)}


class TrainedMeanings:
    """The training messages whose vectors are at hand, and the encoder that made them."""

    def __init__(self, encoder: SentenceEncoder, messages: Sequence[Labelled], cache: Path) -> None:
        self.encoder = encoder
        known: dict[str, np.ndarray] = {}
        if cache.is_file():
            with np.load(cache, allow_pickle=False) as stored:
                known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        keyed = [(message, key_of(encoder.fingerprint, as_read(message.text))) for message in messages]
        self.messages = [message for message, key in keyed if key in known]
        vectors = [known[key] for _, key in keyed if key in known]
        self.vectors = np.stack(vectors) if vectors else np.zeros((0, 1), dtype=np.float32)

    def nearest(self, text: str, count: int = 3) -> list[Near]:
        """The `count` nearest, the nearest first; none where no vectors are at hand or there is no text."""
        words = as_read(text)
        if not self.messages or not words:
            return []
        likeness = self.vectors @ self.encoder.encode([words])[0]
        return [
            Near(message.text, message.situations, message.urgency, message.file, message.line, round(float(likeness[place]), 3))
            for place in np.argsort(-likeness)[:count]
            for message in [self.messages[place]]
        ]


def key_of(encoder: str, text: str) -> str:
    """Under which the vector stands that the encoder with this fingerprint gave to a message."""
    return hashlib.sha256(f"{encoder}{text}".encode()).hexdigest()


def load_meanings(settings: Settings, root: Path = ROOT) -> TrainedMeanings:
    """Of data/nlu, with the encoder that the settings name. Raises EncoderMissing."""
    encoder = SentenceEncoder(settings.encoder, settings.encoder_threads)
    return TrainedMeanings(encoder, first_messages(read_trained(root)), settings.encoder / CACHE)
