"""How the two views of a message travel between Rasa components, and how the heads read them."""

import hashlib
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import vstack

from bot.understanding.heads import combine


class View(Features):
    """One view of a message, or of its windows. Rasa tells views apart by writing sparse ones out as text, number by number."""

    def fingerprint(self) -> str:
        if self._cached_fingerprint is None:
            held = self.features
            parts = [held.data, held.indices, held.indptr] if self.is_sparse() else [np.ascontiguousarray(held)]
            digest = hashlib.md5(repr((self.type, self.origin, self.attribute, held.shape)).encode("utf-8"))
            for part in parts:
                digest.update(part.tobytes())
            self._cached_fingerprint: str | None = digest.hexdigest()
        return str(self._cached_fingerprint)


def add(message: Message, origin: str, rows: Any) -> None:
    """Puts `rows` [1 + windows, n] on the message: the first is the whole text's, the others its windows'."""
    long = rows.shape[0] > 1
    message.add_features(View(rows[:1] if long else rows, FEATURE_TYPE_SENTENCE, TEXT, origin))
    if long:
        message.add_features(View(rows[1:], FEATURE_TYPE_SEQUENCE, TEXT, origin))


def read(message: Message) -> Any | None:
    """Both views side by side, sparse [1 + windows, m], the whole text first; None where the text could not be read."""
    whole = _side_by_side(message, FEATURE_TYPE_SENTENCE)
    parts = _side_by_side(message, FEATURE_TYPE_SEQUENCE)
    if whole is None:
        return None
    return whole if parts is None else vstack([whole, parts]).tocsr()


def read_all(messages: list[Message]) -> Any:
    """Both views of the whole texts of many messages that can all be read, sparse [messages, m]."""
    parts = [_views(message, FEATURE_TYPE_SENTENCE) for message in messages]
    return combine(vstack([letters for letters, _ in parts]).tocsr(), np.vstack([meaning for _, meaning in parts]))


def _side_by_side(message: Message, kind: str) -> Any | None:
    letters, meaning = _views(message, kind)
    return None if letters is None or meaning is None else combine(letters, meaning)


def _views(message: Message, kind: str) -> tuple[Any, Any]:
    """The message's letters and its meaning, each None where there is none."""
    found = [feature for feature in message.features if feature.type == kind and feature.attribute == TEXT]
    letters = next((feature.features for feature in found if feature.is_sparse()), None)
    return letters, next((feature.features for feature in found if feature.is_dense()), None)
