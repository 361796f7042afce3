"""Turns sentences into vectors whose closeness is closeness in meaning (all-mpnet-base-v2, Apache-2.0, 8 bit, ONNX Runtime).

In: texts. Out: unit-length vectors. Keeps nothing of what it reads, and needs no network.
"""

import hashlib
from pathlib import Path
from typing import Sequence

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
WIDTH = 768
# What has more tokens is read in as many blocks as it takes: the time of a block grows with the square of its length.
LONGEST = 256
BEGINNING, END = 0, 2


class EncoderMissing(Exception):
    """The encoder's files are not where they should be."""


class SentenceEncoder:
    """Sentences to vectors. One instance serves all; it holds about 150 MB."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        """`folder` holds `encoder.onnx` and `tokenizer.json` as `make setup` builds them. Raises EncoderMissing."""
        if not ((folder / MODEL_FILE).is_file() and (folder / TOKENIZER_FILE).is_file()):
            raise EncoderMissing(f"No sentence encoder in {folder}: run `make setup`, or set SUPPORT_ENCODER to its folder.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # An arena keeps what the longest text took, and rounds up: some 20 MB in every process, for no time that could be measured.
        options.enable_cpu_mem_arena = False
        # Threads spin while a text is read, because waking them for each step takes as long as the steps do; spinning after it, they
        # would take the cores from the rest of the turn.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.fingerprint = fingerprint(folder)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Float32 [len(texts), 768], each row of length one. One text at a time, so that a vector never depends on its neighbours."""
        return np.concatenate([np.zeros((0, WIDTH), dtype=np.float32), *(self.read(text) for text in texts)])

    def read(self, text: str, parts: Sequence[tuple[int, int]] = ()) -> np.ndarray:
        """Float32 [1 + len(parts), 768], each row of length one: of the whole text, and of each of its `parts`, which begin and end at
        these characters and may overlap.

        Everything is read once: a part's vector is the mean of its tokens as the whole text made them ("late chunking", Günther et al.
        2024, arXiv 2409.04701).
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        blocks = [self._tokens(list(ids)) for ids in np.array_split(encoding.ids, -(-len(encoding.ids) // LONGEST) or 1)]
        tokens = np.concatenate([block[1:-1] for block in blocks])
        rows = [np.concatenate(blocks).mean(axis=0)]
        begins = np.array([begin for begin, _ in encoding.offsets])
        for start, end in parts:
            within = tokens[(begins >= start) & (begins < end)]
            # Marks alone leave no token.
            rows.append(within.mean(axis=0) if len(within) else rows[0])
        return np.stack([row / np.linalg.norm(row) for row in rows])

    def _tokens(self, ids: list[int]) -> np.ndarray:
        """Float32 [2 + len(ids), 768]: a vector for each token, those at both ends included."""
        tokens: np.ndarray = self._session.run(None, {"input_ids": np.array([[BEGINNING, *ids, END]], dtype=np.int64)})[0][0]
        return tokens


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
