"""Compares ways of understanding on the same held-out messages: encoders, heads, spelling, windows, phrases.

In: data/nlu, tests/understanding/held_out.jsonl, and folders with encoders (encoder.onnx and tokenizer.json), each as NAME=FOLDER.
Out: a Markdown table on standard output, a row for each way: the share of emergencies found where 3 % of the messages that need no
help, or 10 % of those that need support but no 999, raise a false alarm; the macro F1 of situations; and seconds to train.
Example: python -m bench.compare_understanding tuned=models/encoder frozen=models/frozen
"""

import argparse
import hashlib
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from tqdm import tqdm

from bot.settings import ROOT
from bot.understanding.danger import PHRASES
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.genders import as_read
from bot.understanding.heads import SEED, Letters, combine
from bot.understanding.labels import EMERGENCY, NONE, SITUATIONS, SUPPORT
from bot.understanding.phrases import DangerPhrases
from bot.understanding.text import windows

NO_HELP_ALARMS, SUPPORT_ALARMS = 0.03, 0.10
_REPEATED = re.compile(r"(.)\1{2,}")
_SPELLINGS = {"u": "you", "ur": "your", "r": "are", "n": "and", "wiv": "with", "dont": "don't", "cant": "can't", "hes": "he's", "shes": "she's",
              "pls": "please", "plz": "please", "im": "i'm", "ive": "i've", "rn": "right now", "cos": "because", "2nite": "tonight"}  # fmt: skip


@dataclass(frozen=True)
class Messages:
    """Texts, their situations as 0 and 1 [n, situations], and urgencies."""

    texts: list[str]
    situations: np.ndarray
    urgency: np.ndarray


def read_training() -> Messages:
    """What data/nlu teaches."""
    rows = []
    for path in sorted((ROOT / "data/nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            told = block["metadata"]
            rows += [(as_read(line.removeprefix("- ")), told["situations"], told["urgency"]) for line in block["examples"].splitlines()]
    return _messages(rows)


def read_held_out() -> Messages:
    """What training never sees."""
    path = ROOT / "tests/understanding/held_out.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return _messages([(as_read(line["text"]), line["situations"], line["urgency"]) for line in lines])


def _messages(rows: list[tuple[str, list[str], str]]) -> Messages:
    truth = np.array([[situation in told for situation in SITUATIONS] for _, told, _ in rows], dtype=np.int8)
    return Messages([text for text, _, _ in rows], truth, np.array([urgency for _, _, urgency in rows]))


def vectors_of(folder: Path, texts: list[str]) -> np.ndarray:
    """Float32 [len(texts), 768]; those of earlier runs lie beside the encoder, by digest."""
    encoder = SentenceEncoder(folder, 1)
    cache = folder / "compared-vectors.npz"
    known: dict[str, np.ndarray] = {}
    for path in (folder / "training-vectors.npz", cache):
        if path.is_file():
            with np.load(path) as stored:
                known.update(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    keys = [hashlib.sha256(f"{encoder.fingerprint}{text}".encode()).hexdigest() for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for key, text in tqdm(missing.items(), desc=f"Reading with {folder.name}", file=sys.stderr, disable=not missing):
        known[key] = encoder.encode([text])[0]
    if missing:
        np.savez(cache, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[key] for key in keys])


def respelt(text: str) -> str:
    """The commonest short spellings written out, and letters that are held down cut to two."""
    return " ".join(_SPELLINGS.get(word, word) for word in _REPEATED.sub(r"\1\1", text.lower()).split())


def found_at(scores: np.ndarray, urgency: np.ndarray, calm: str, share: float) -> float:
    """The share of emergencies scored above the point at which `share` of the `calm` messages would raise a false alarm."""
    point = np.quantile(scores[urgency == calm], 1 - share, method="higher")
    return float((scores[urgency == EMERGENCY] > point).mean())


def logistic() -> Any:
    return LogisticRegression(C=4.0, solver="liblinear", class_weight="balanced", random_state=SEED, max_iter=200)


class Comparison:
    """The same messages for every way."""

    def __init__(self) -> None:
        self.training, self.held_out = read_training(), read_held_out()
        self.is_emergency = (self.training.urgency == EMERGENCY).astype(int)

    def row(self, name: str, train_rows: Any, rows: Any, head: Callable[[], Any] = logistic, situations: bool = True,
            windowed: tuple[Any, np.ndarray] | None = None, phrases: np.ndarray | None = None) -> None:  # fmt: skip
        """Prints one row. `windowed`: rows of windows and the message each belongs to; `phrases`: messages with a danger phrase."""
        started = time.perf_counter()
        fitted = head().fit(train_rows, self.is_emergency)
        took = time.perf_counter() - started

        def score(what: Any) -> np.ndarray:
            return fitted.decision_function(what) if hasattr(fitted, "decision_function") else fitted.predict_proba(what)[:, 1]

        scores = score(rows)
        if windowed is not None and windowed[0].shape[0]:
            np.maximum.at(scores, windowed[1], score(windowed[0]))
        if phrases is not None:
            scores = np.where(phrases, scores.max() + 1, scores)
        at_none, at_support = (
            found_at(scores, self.held_out.urgency, calm, share) for calm, share in ((NONE, NO_HELP_ALARMS), (SUPPORT, SUPPORT_ALARMS))
        )
        macro = f"{self._macro_f1(head, train_rows, rows):.3f}" if situations else ""
        print(f"| {name} | {at_none:.3f} | {at_support:.3f} | {macro} | {took:.1f} |", flush=True)

    def _macro_f1(self, head: Callable[[], Any], train_rows: Any, rows: Any) -> float:
        columns = range(len(SITUATIONS))
        predicted = np.stack([head().fit(train_rows, self.training.situations[:, column]).predict(rows) for column in columns], axis=1)
        return float(f1_score(self.held_out.situations, predicted, average="macro", zero_division=0))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Example: python -m bench.compare_understanding tuned=models/encoder"
    )
    parser.add_argument("encoders", nargs="+", help="NAME=FOLDER; the first is compared with every head")
    encoders = dict(part.split("=", 1) for part in parser.parse_args().encoders)
    here = Comparison()
    letters = Letters().fit(here.training.texts)
    train_letters, held_letters = letters.transform(here.training.texts), letters.transform(here.held_out.texts)
    print(f"{len(here.training.texts)} training messages, {len(here.held_out.texts)} held out\n")
    print(
        "| way | emergencies found at 3 % false alarms of `none` | at 10 % of `support` | macro F1 of situations | seconds to train one head |"
    )
    print("| --- | --- | --- | --- | --- |")
    here.row("n-grams, logistic", train_letters, held_letters)
    phrases = DangerPhrases(PHRASES)
    for number, (name, folder) in enumerate(encoders.items()):
        train_vectors = vectors_of(Path(folder), here.training.texts)
        held_vectors = vectors_of(Path(folder), here.held_out.texts)
        train_both, held_both = combine(train_letters, train_vectors), combine(held_letters, held_vectors)
        here.row(f"{name} alone, logistic", train_vectors, held_vectors, situations=number == 0)
        here.row(f"{name} + n-grams, logistic", train_both, held_both)
        if number:
            continue
        here.row(f"{name} + n-grams, linear SVM, calibrated", train_both, held_both,
                 lambda: CalibratedClassifierCV(LinearSVC(C=0.25, class_weight="balanced", random_state=SEED), cv=3))  # fmt: skip
        here.row(
            f"{name}, 15 nearest neighbours",
            train_vectors,
            held_vectors,
            lambda: KNeighborsClassifier(15, weights="distance", metric="cosine"),
        )
        here.row(
            f"{name}, gradient boosting",
            train_vectors,
            held_vectors,
            lambda: HistGradientBoostingClassifier(max_iter=150, random_state=SEED),
            False,
        )
        again = Letters().fit([respelt(text) for text in here.training.texts])
        here.row(f"{name} + n-grams respelt, logistic",
                 combine(again.transform([respelt(text) for text in here.training.texts]), train_vectors),
                 combine(again.transform([respelt(text) for text in here.held_out.texts]), held_vectors))  # fmt: skip
        parts = [(place, part) for place, text in enumerate(here.held_out.texts) for part in windows(text)]
        of_window = np.array([place for place, _ in parts], dtype=int)
        texts = [part for _, part in parts]
        window_rows = combine(letters.transform(texts), vectors_of(Path(folder), texts)) if texts else csr_matrix((0, train_both.shape[1]))
        here.row(f"{name} + n-grams, worst window", train_both, held_both, situations=False, windowed=(window_rows, of_window))
        found = np.array([bool(phrases.find(text)) for text in here.held_out.texts])
        here.row(f"{name} + n-grams, danger phrases", train_both, held_both, situations=False, phrases=found)


if __name__ == "__main__":
    main()
