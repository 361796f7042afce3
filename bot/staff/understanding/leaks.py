"""Messages that are kept apart and yet stand among the trained ones, word for word or nearly: a measure on those proves nothing.

In: texts. Out: pairs of places in the two lists, with their likeness: the cosine of their runs of three to five letters. Pure.
"""

import re
from dataclasses import dataclass
from typing import Any, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

# From this likeness on, two messages are nearly the same. "he has a knife" and "she has a knife" are about .75.
NEARLY = 0.9
# Shorter ones ("hiya there", "exit now") are what anybody types: alike without having been read. Only the very same counts.
FEWEST_WORDS = 5
_ROWS = 500
# How long what is left of a text may be without its rarest runs of letters: shorter, and more is compared; longer, and more is looked up.
_REST = 0.7
# Rounding may not lose a pair.
_SLACK = 1e-4


@dataclass(frozen=True)
class Alike:
    """Where in the first and in the second list, and how much alike."""

    one: int
    other: int
    likeness: float


def alike(ones: Sequence[str], others: Sequence[str], nearly: float = NEARLY) -> list[Alike]:
    """For each of `ones` the most alike of `others`, where it is the same or nearly so."""
    return _compare(ones, others, nearly, best=True)


def alike_within(texts: Sequence[str], nearly: float = NEARLY) -> list[Alike]:
    """Every pair of `texts` that are the same or nearly so, each once."""
    return [found for found in _compare(texts, texts, nearly, best=False) if found.one < found.other]


def plain(text: str) -> str:
    """Letters and figures only, in lower case."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _compare(ones: Sequence[str], others: Sequence[str], nearly: float, best: bool) -> list[Alike]:
    left, right = [plain(text) for text in ones], [plain(text) for text in others]
    if not any(len(text) > 2 for text in left) or not any(right):
        return []
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32).fit([*left, *right])
    rows, others_rows = vectors.transform(left), vectors.transform(right)
    telling, columns = _telling(rows, min(_REST, nearly)), others_rows.T.tocsr()
    rest = np.sqrt(np.maximum(0.0, 1.0 - np.asarray(telling.multiply(telling).sum(axis=1)).ravel()))
    found: list[Alike] = []
    for start in range(0, len(left), _ROWS):
        shared = (telling[start : start + _ROWS] @ columns).tocoo()
        # What is left of the one is no longer than `rest`, and so brings no more than that.
        may = shared.data + rest[shared.row + start] >= nearly - _SLACK
        one, other = shared.row[may] + start, shared.col[may]
        likeness = np.asarray(rows[one].multiply(others_rows[other]).sum(axis=1)).ravel()
        keep = likeness >= nearly
        pairs = zip(one[keep], other[keep], likeness[keep], strict=True)
        near = [Alike(int(one), int(other), float(value)) for one, other, value in pairs if _counts(left[one], right[other])]
        found += _best(near) if best else near
    return found


def _telling(rows: Any, rest: float) -> Any:
    """Of each row, of length one, its rarest features, as few as leave a rest shorter than `rest`. Two rows that are alike have some of
    them in common (prefix filtering, Bayardo et al. 2007, doi 10.1145/1242572.1242591)."""
    frequency = np.bincount(rows.indices, minlength=rows.shape[1])
    place = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    order = np.lexsort((frequency[rows.indices], place))
    squares = rows.data[order].astype(np.float64) ** 2
    before = np.concatenate([[0.0], np.cumsum(squares)])
    left = before[rows.indptr[1:]][place] - before[:-1]
    needed = order[left >= rest**2]
    return csr_matrix((rows.data[needed], (place[needed], rows.indices[needed])), shape=rows.shape)


def _counts(one: str, other: str) -> bool:
    return one == other or min(len(one.split()), len(other.split())) >= FEWEST_WORDS


def _best(near: list[Alike]) -> list[Alike]:
    chosen: dict[int, Alike] = {}
    for pair in near:
        if pair.one not in chosen or pair.likeness > chosen[pair.one].likeness:
            chosen[pair.one] = pair
    return [chosen[one] for one in sorted(chosen)]
