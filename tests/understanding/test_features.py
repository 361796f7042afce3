"""How views travel: told apart by all they hold."""

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix

from bot.understanding import features

SPARSE = csr_matrix(np.array([[0.0, 1.0, 0.0, 2.0]], dtype=np.float32))
DENSE = np.array([[0.5, 0.25]], dtype=np.float32)


def view(rows, origin="letters"):
    message = Message({"text": "he hits me"})
    features.add(message, origin, rows)
    return message.features[0]


@pytest.mark.parametrize("rows", [SPARSE, DENSE], ids=["sparse", "dense"])
def test_the_same_is_known_for_the_same(rows):
    assert view(rows).fingerprint() == view(rows.copy()).fingerprint()


def test_what_differs_in_anything_is_known_for_another():
    moved = csr_matrix(np.array([[1.0, 0.0, 0.0, 2.0]], dtype=np.float32))
    longer = csr_matrix((SPARSE.data, SPARSE.indices, SPARSE.indptr), shape=(1, 5))
    views = [view(SPARSE), view(SPARSE * 2), view(moved), view(longer), view(SPARSE, "others"), view(DENSE), view(DENSE.T.copy().T * 2)]
    assert len({one.fingerprint() for one in views}) == len(views)
