"""Compares ways of understanding on the same held-out messages: stock Rasa, encoders, heads, spelling, windows, phrases.

In: data/nlu, tests/understanding/held_out.jsonl, and folders with encoders (encoder.onnx and tokenizer.json), each as NAME=FOLDER.
Out: a Markdown table on standard output, a row for each way: the share of emergencies found where 3 % of the messages that need no
help, or 10 % of those that need support but no 999, raise a false alarm; the macro F1 of situations; and seconds to train.
Stock Rasa is compared where `make bench` has set it up; it has one intent for each message, the situation that leads.
Example: python -m bench.compare_understanding tuned=models/encoder frozen=models/frozen
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np
import yaml
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from tqdm import tqdm

from bench.sides import STOCK_ENVIRONMENT
from bench.stock_project import STOCK
from bot.settings import ROOT
from bot.understanding import logistic
from bot.understanding.danger import PHRASES
from bot.understanding.encoder import SentenceEncoder
from bot.understanding.genders import as_read
from bot.understanding.heads import Letters, combine
from bot.understanding.labels import EMERGENCY, IMMEDIATE_DANGER, NONE, SITUATIONS, SUPPORT
from bot.understanding.phrases import DangerPhrases
from bot.understanding.text import window_spans, windows

NO_HELP_ALARMS, SUPPORT_ALARMS = 0.03, 0.10
SEED, STRENGTH, STOCK_EPOCHS = 11, 4.0, 30
_REPEATED = re.compile(r"(.)\1{2,}")
_SPELLINGS = {
    "u": "you", "ur": "your", "r": "are", "n": "and", "wiv": "with", "dont": "don't", "cant": "can't", "hes": "he's", "shes": "she's",
    "pls": "please", "plz": "please", "im": "i'm", "ive": "i've", "rn": "right now", "cos": "because", "2nite": "tonight",
}  # fmt: skip


@dataclass(frozen=True)
class Messages:
    """Texts, their situations as 0 and 1 [n, situations], urgencies, and the situation that leads."""

    texts: list[str]
    situations: np.ndarray
    urgency: np.ndarray
    leading: list[str]


def read_training(one_in: int) -> Messages:
    """Of what data/nlu teaches of first messages, one in so many."""
    rows = []
    for path in sorted((ROOT / "data/nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            told = block["metadata"]
            rows += [(as_read(line.removeprefix("- ")), told["situations"], told["urgency"]) for line in block["examples"].splitlines()]
    return _messages([row for row in rows if int(hashlib.sha256(row[0].encode()).hexdigest(), 16) % one_in == 0])


def read_held_out() -> Messages:
    """What training never sees."""
    path = ROOT / "tests/understanding/held_out.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return _messages([(as_read(line["text"]), line["situations"], line["urgency"]) for line in lines])


def _messages(rows: list[tuple[str, list[str], str]]) -> Messages:
    truth = np.array([[situation in told for situation in SITUATIONS] for _, told, _ in rows], dtype=np.int8)
    return Messages([text for text, _, _ in rows], truth, np.array([urgency for _, _, urgency in rows]), [told[0] for _, told, _ in rows])


def vectors_of(folder: Path, texts: list[str]) -> np.ndarray:
    """Float32 [len(texts), 768]; those of earlier runs lie beside the encoder, by digest."""
    encoder = SentenceEncoder(folder)
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


class Logistic:
    """The project's own head, for many questions at once."""

    def fit(self, rows: Any, truth: np.ndarray) -> "Logistic":
        self._weights = logistic.fit(csr_matrix(rows), truth.reshape(len(truth), -1), STRENGTH)
        return self

    def decision_function(self, rows: Any) -> np.ndarray:
        return np.asarray(rows @ self._weights[:-1] + self._weights[-1])[:, 0]

    def predict(self, rows: Any) -> np.ndarray:
        return np.asarray(rows @ self._weights[:-1] + self._weights[-1] > 0)


class Comparison:
    """The same messages for every way."""

    def __init__(self, one_in: int) -> None:
        self.training, self.held_out = read_training(one_in), read_held_out()
        self.is_emergency = (self.training.urgency == EMERGENCY).astype(int)

    def row(
        self, name: str, train_rows: Any, rows: Any, head: Callable[[], Any] = Logistic, situations: bool = True,
        windowed: tuple[Any, np.ndarray] | None = None, phrases: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Prints one row. `situations`: whether the head takes many questions at once, and is asked them; `windowed`: rows of windows
        and the message each belongs to; `phrases`: messages with a danger phrase."""
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
        told = head().fit(train_rows, self.training.situations).predict(rows) if situations else None
        self.say(name, scores, told, took)

    def say(self, name: str, scores: np.ndarray, told: np.ndarray | None, took: float) -> None:
        """Prints one row, from a score of danger and the situations of each held-out message."""
        calm = ((NONE, NO_HELP_ALARMS), (SUPPORT, SUPPORT_ALARMS))
        at_none, at_support = (found_at(scores, self.held_out.urgency, urgency, share) for urgency, share in calm)
        macro = "" if told is None else f"{f1_score(self.held_out.situations, told, average='macro', zero_division=0):.3f}"
        print(f"| {name} | {at_none:.3f} | {at_support:.3f} | {macro} | {took:.0f} |", flush=True)

    def stock(self) -> None:
        """The row of stock Rasa."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            config = (STOCK / "config.yml").read_text(encoding="utf-8").replace("epochs: 1\n", f"epochs: {STOCK_EPOCHS}\n", 1)
            (folder / "config.yml").write_text(config, encoding="utf-8")
            by_intent: dict[str, list[str]] = {}
            for text, leading in zip(self.training.texts, self.training.leading, strict=True):
                by_intent.setdefault(leading, []).append(text)
            blocks = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()]
            (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")
            (folder / "domain.yml").write_text(yaml.safe_dump({"version": "3.1", "intents": sorted(by_intent)}), encoding="utf-8")
            said = subprocess.run(
                [STOCK_ENVIRONMENT / "bin/python", STOCK / "understanding.py", folder], cwd=folder, check=True, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, input="".join(f"{json.dumps(text)}\n" for text in self.held_out.texts),
            )  # fmt: skip
        first, *rankings = (json.loads(line) for line in said.stdout.splitlines())
        scores = np.array([ranking.get(IMMEDIATE_DANGER, 0) for ranking in rankings])
        told = np.array([[situation == max(ranking, key=ranking.__getitem__) for situation in SITUATIONS] for ranking in rankings])
        self.say(f"stock Rasa (DIET, {STOCK_EPOCHS} epochs)", scores, told, first["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Example: python -m bench.compare_understanding tuned=models/encoder"
    )
    parser.add_argument("encoders", nargs="+", help="NAME=FOLDER; the first is compared with every head")
    parser.add_argument("--one-in", type=int, default=4, help="learn from one training message in so many (default: %(default)s)")
    chosen = parser.parse_args()
    encoders = dict(part.split("=", 1) for part in chosen.encoders)
    here = Comparison(chosen.one_in)
    print(f"{len(here.training.texts)} training messages, {len(here.held_out.texts)} held out\n")
    print("| way | emergencies at 3 % false alarms of `none` | at 10 % of `support` | macro F1 of situations | seconds to train |")
    print("| --- | --- | --- | --- | --- |")
    if shutil.which(STOCK_ENVIRONMENT / "bin/python"):
        here.stock()
    letters = Letters().fit(here.training.texts)
    train_letters, held_letters = letters.transform(here.training.texts), letters.transform(here.held_out.texts)
    here.row("n-grams, logistic", train_letters, held_letters)
    for number, (name, folder) in enumerate(encoders.items()):
        train_vectors = vectors_of(Path(folder), here.training.texts)
        held_vectors = vectors_of(Path(folder), here.held_out.texts)
        train_both, held_both = combine(train_letters, train_vectors), combine(held_letters, held_vectors)
        here.row(f"{name} alone, logistic", train_vectors * 4, held_vectors * 4)
        here.row(f"{name} + n-grams, logistic", train_both, held_both)
        if number == 0:
            compare_heads(here, name, Path(folder), letters, (train_vectors, held_vectors), (train_both, held_both))


def compare_heads(here: Comparison, name: str, folder: Path, letters: Letters, vectors: Any, both: Any) -> None:
    """Rows of other heads, of spelling, of windows and of phrases, each beside the same encoder; `vectors` and `both` are of the training
    messages and of those held out."""
    here.row(f"{name} + n-grams, linear SVM, calibrated", *both,
             lambda: CalibratedClassifierCV(LinearSVC(C=0.25, class_weight="balanced", random_state=SEED), cv=3), False)  # fmt: skip
    here.row(f"{name}, 15 nearest neighbours", *vectors, lambda: KNeighborsClassifier(15, weights="distance", metric="cosine"), False)
    here.row(f"{name}, gradient boosting", *vectors, lambda: HistGradientBoostingClassifier(max_iter=100, random_state=SEED), False)
    texts = [[respelt(text) for text in messages.texts] for messages in (here.training, here.held_out)]
    again = Letters().fit(texts[0])
    here.row(f"{name} + n-grams respelt, logistic",
             *(combine(again.transform(part), rows) for part, rows in zip(texts, vectors, strict=True)))  # fmt: skip
    parts = [(place, part) for place, text in enumerate(here.held_out.texts) for part in windows(text)]
    window_texts, belong = [part for _, part in parts], np.array([place for place, _ in parts])
    encoder = SentenceEncoder(folder)
    within = np.concatenate([encoder.read(text, window_spans(text))[1:] for text in here.held_out.texts if windows(text)])
    for how, window_vectors in (("by itself", vectors_of(folder, window_texts)), ("within the message", within)):
        window_rows = combine(letters.transform(window_texts), window_vectors)
        here.row(f"{name} + n-grams, worst window, read {how}", *both, situations=False, windowed=(window_rows, belong))
    phrases = DangerPhrases(PHRASES)
    found = np.array([bool(phrases.find(text)) for text in here.held_out.texts])
    here.row(f"{name} + n-grams, danger phrases", *both, situations=False, phrases=found)


if __name__ == "__main__":
    main()
