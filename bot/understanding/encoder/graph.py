"""The encoder's network, written out as an ONNX graph.

In: the weights of all-mpnet-base-v2 by name, evened out (build.py). Out: one ONNX model, token ids to unit-length sentence vectors.
The network is MPNet (Song et al. 2020, arXiv 2004.09297): BERT's layers with one table of relative position biases that
all layers share, then the mean over the tokens, scaled to length one, as the model's own card says.
"""

import math
from typing import Any, Mapping

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

HEADS = 12
LAYERS = 12
WIDTH = 768
LONGEST = 512
PADDING = 1
EPSILON = 1e-5
OPSET = 17


def position_buckets(distances: np.ndarray, buckets: int = 32, furthest: int = 128) -> np.ndarray:
    """The bucket of each relative distance (key minus query): half of them for each direction, near ones exact, far ones by logarithm."""
    half = buckets // 2
    exact = half // 2
    magnitude = np.abs(distances)
    with np.errstate(divide="ignore"):
        far = exact + (np.log(magnitude / exact) / math.log(furthest / exact) * (half - exact))
    far = np.minimum(np.where(magnitude > 0, far, 0).astype(np.int64), half - 1)
    return np.where(distances > 0, half, 0) + np.where(magnitude < exact, magnitude, far)


class _Graph:
    """Collects nodes and constants under fresh names, so that the layers below read as formulas."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: np.ndarray, name: str | None = None) -> str:
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output


def build_graph(weights: Mapping[str, np.ndarray]) -> ModelProto:
    """All of the network: `input_ids` and `attention_mask`, int64 [batch, length up to 512], to `sentence`, float32 [batch, 768].

    Raises KeyError, naming the tensor, where `weights` lacks one.
    """
    graph = _Graph()

    def norm(x: str, name: str) -> str:
        scale, shift = (graph.constant(weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=EPSILON)

    def dense(x: str, name: str) -> str:
        product = graph.add("MatMul", x, graph.constant(weights[f"{name}.weight"].T, f"{name}.weight"))
        return graph.add("Add", product, graph.constant(weights[f"{name}.bias"]))

    def evened(x: str, place: str) -> str:
        return graph.add("Mul", x, graph.constant(weights[f"{place}.evening"]))

    def split_heads(x: str, order: list[int]) -> str:
        return graph.add("Transpose", graph.add("Reshape", x, graph.ints(0, 0, HEADS, WIDTH // HEADS)), perm=order)

    # Positions count from PADDING + 1 over the real tokens, as in RoBERTa.
    counted = graph.add("CumSum", "attention_mask", graph.constant(np.array(1, dtype=np.int64)))
    positions = graph.add("Add", graph.add("Mul", counted, "attention_mask"), graph.ints(PADDING))
    # Half precision halves the largest table, and changes no vector by more than its last digits.
    table = graph.constant(weights["embeddings.word_embeddings.weight"].astype(np.float16))
    words = graph.add("Cast", graph.add("Gather", table, "input_ids"), to=TensorProto.FLOAT)
    places = graph.add("Gather", graph.constant(weights["embeddings.position_embeddings.weight"]), positions)
    x = norm(graph.add("Add", words, places), "embeddings")

    distances = np.arange(1 - LONGEST, LONGEST)
    nearness = graph.constant(weights["encoder.relative_attention_bias.weight"][position_buckets(distances)])
    length = graph.add("Squeeze", graph.add("Slice", graph.add("Shape", "input_ids"), graph.ints(1), graph.ints(2)), graph.ints(0))
    steps = graph.add("Range", graph.constant(np.array(0, dtype=np.int64)), length, graph.constant(np.array(1, dtype=np.int64)))
    apart = graph.add("Sub", graph.add("Unsqueeze", steps, graph.ints(0)), graph.add("Unsqueeze", steps, graph.ints(1)))
    near = graph.add("Gather", nearness, graph.add("Add", apart, graph.ints(LONGEST - 1)))
    bias = graph.add("Transpose", near, perm=[2, 0, 1])
    kept = graph.add("Cast", graph.add("Unsqueeze", "attention_mask", graph.ints(1, 2)), to=TensorProto.FLOAT)
    one, very_low = (graph.constant(np.array(value, dtype=np.float32)) for value in (1.0, -1e9))
    bias = graph.add("Add", bias, graph.add("Mul", graph.add("Sub", one, kept), very_low))

    scale = graph.constant(np.array(math.sqrt(WIDTH // HEADS), dtype=np.float32))
    half, root_two = (graph.constant(np.array(value, dtype=np.float32)) for value in (0.5, math.sqrt(2)))
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        even = evened(x, f"{layer}.attention.attn.qkv")
        query, value = (split_heads(dense(even, f"{layer}.attention.attn.{part}"), [0, 2, 1, 3]) for part in ("q", "v"))
        key = split_heads(dense(even, f"{layer}.attention.attn.k"), [0, 2, 3, 1])
        scores = graph.add("Add", graph.add("Div", graph.add("MatMul", query, key), scale), bias)
        seen = graph.add("Transpose", graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value), perm=[0, 2, 1, 3])
        seen = evened(graph.add("Reshape", seen, graph.ints(0, 0, WIDTH)), f"{layer}.attention.attn.o")
        attended = dense(seen, f"{layer}.attention.attn.o")
        x = norm(graph.add("Add", attended, x), f"{layer}.attention")
        inner = dense(evened(x, f"{layer}.intermediate.dense"), f"{layer}.intermediate.dense")
        gate = graph.add("Add", graph.add("Erf", graph.add("Div", inner, root_two)), one)
        inner = evened(graph.add("Mul", graph.add("Mul", inner, gate), half), f"{layer}.output.dense")
        x = norm(graph.add("Add", dense(inner, f"{layer}.output.dense"), x), f"{layer}.output")

    weight = graph.add("Unsqueeze", graph.add("Cast", "attention_mask", to=TensorProto.FLOAT), graph.ints(2))
    total = graph.add("ReduceSum", graph.add("Mul", x, weight), graph.ints(1), keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", weight, graph.ints(1), keepdims=0))
    size = graph.add("ReduceL2", mean, axes=[1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, size], ["sentence"]))

    ids = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in ("input_ids", "attention_mask")]
    sentence = [helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", WIDTH])]
    body = helper.make_graph(graph.nodes, "all-mpnet-base-v2", ids, sentence, graph.constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
