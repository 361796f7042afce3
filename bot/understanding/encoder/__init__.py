"""Turns sentences into vectors whose closeness is closeness in meaning (all-mpnet-base-v2, Apache-2.0, 8 bit, ONNX Runtime).

In: texts. Out: unit-length vectors. Keeps nothing of what it reads, and needs no network.
"""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
WIDTH = 768
# The published model was trained on texts of up to 384 tokens; what is longer is read in parts by `clauses`.
LONGEST = 384


class EncoderMissing(Exception):
    """The encoder's files are not where they should be."""


class SentenceEncoder:
    """Sentences to vectors. One instance serves all; it holds about 250 MB."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """`folder` holds `encoder.onnx` and `tokenizer.json` as `make setup` builds them. Raises EncoderMissing."""
        if not ((folder / MODEL_FILE).is_file() and (folder / TOKENIZER_FILE).is_file()):
            raise EncoderMissing(f"No sentence encoder in {folder}: run `make setup`, or set SUPPORT_ENCODER to its folder.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads spin while a text is read, because waking them for each step takes as long as the steps do; spinning after it, they
        # would take the cores from the rest of the turn.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self.fingerprint = fingerprint(folder)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Float32 [len(texts), 768], each row of length one. One text at a time, so that a vector never depends on its neighbours."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            encoding = self._tokenizer.encode(text)
            feed = {
                "input_ids": np.array([encoding.ids], dtype=np.int64),
                "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            }
            vectors[row] = self._session.run(None, feed)[0][0]
        return vectors


def fingerprint(folder: Path) -> str:
    """Tells one built encoder from another; empty where there is none."""
    model = folder / MODEL_FILE
    return sha256(model) if model.is_file() else ""


def sha256(path: Path) -> str:
    """The file's digest in hexadecimal, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
