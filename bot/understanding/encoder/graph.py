"""The encoder's network, written out as an ONNX graph.

In: the weights of all-mpnet-base-v2 by name, evened out (build.py). Out: one ONNX model, token ids to a vector for each token.
The network is MPNet (Song et al. 2020, arXiv 2004.09297): BERT's layers with one table of relative position biases that
all layers share. The mean over the tokens is for whoever reads, who may want it of a part of the text.
"""

import math
from typing import Any, Mapping

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

HEADS = 12
WIDTH = 768
LAYERS = 12
LONGEST = 512
PADDING = 1
EPSILON = 1e-5
OPSET = 17
CONTRIBUTED = "com.microsoft"


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

    def attention(self, together: str, bias: str) -> str:
        """Queries, keys and values side by side, to what each token sees; one operation of ONNX Runtime's, in place of a dozen."""
        parts = [f"{name}_{len(self.nodes)}" for name in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [together], parts, axis=2))
        return self.add("MultiHeadAttention", *parts, "", "", bias, domain=CONTRIBUTED, num_heads=HEADS)


def build_graph(weights: Mapping[str, np.ndarray]) -> ModelProto:
    """All of the network: `input_ids`, int64 [1, length up to 512], to `tokens`, float32 [1, length, 768]; one text, and so no mask.

    Raises KeyError, naming the tensor, where `weights` lacks one.
    """
    graph = _Graph()

    def norm(x: str, name: str) -> str:
        scale, shift = (graph.constant(weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=EPSILON)

    def dense(x: str, *names: str) -> str:
        """The layers `names` side by side, as one product: a text of a few words is too small to share out a product three times."""
        matrix = np.concatenate([weights[f"{name}.weight"] for name in names]).T
        product = graph.add("MatMul", x, graph.constant(matrix, f"{names[0]}.weight"))
        return graph.add("Add", product, graph.constant(np.concatenate([weights[f"{name}.bias"] for name in names])))

    def evened(x: str, place: str) -> str:
        return graph.add("Mul", x, graph.constant(weights[f"{place}.evening"]))

    # 8 bit, and a scale for each word: a quarter of the largest table; vectors of seven texts kept a cosine of .9965 and more.
    table = weights["embeddings.word_embeddings.weight"]
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), EPSILON) / 127
    steps_of_words = graph.add("Gather", graph.constant(np.round(table / scales).astype(np.int8)), "input_ids")
    words = graph.add(
        "Mul", graph.add("Cast", steps_of_words, to=TensorProto.FLOAT), graph.add("Gather", graph.constant(scales), "input_ids")
    )
    length = graph.add("Squeeze", graph.add("Slice", graph.add("Shape", "input_ids"), graph.ints(1), graph.ints(2)), graph.ints(0))
    steps = graph.add("Range", graph.constant(np.array(0, dtype=np.int64)), length, graph.constant(np.array(1, dtype=np.int64)))
    # Positions count from PADDING + 1, as in RoBERTa.
    positions = graph.constant(weights["embeddings.position_embeddings.weight"][PADDING + 1 :])
    x = norm(graph.add("Add", words, graph.add("Gather", positions, steps)), "embeddings")

    distances = np.arange(1 - LONGEST, LONGEST)
    nearness = graph.constant(weights["encoder.relative_attention_bias.weight"][position_buckets(distances)].T, "nearness")
    apart = graph.add("Sub", graph.add("Unsqueeze", steps, graph.ints(0)), graph.add("Unsqueeze", steps, graph.ints(1)))
    near = graph.add("Gather", nearness, graph.add("Add", apart, graph.ints(LONGEST - 1)), axis=1)
    bias = graph.add("Unsqueeze", near, graph.ints(0))

    half, one, root_two = (graph.constant(np.array(value, dtype=np.float32)) for value in (0.5, 1.0, math.sqrt(2)))
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        attention = f"{layer}.attention.attn"
        seen = graph.attention(dense(evened(x, f"{attention}.qkv"), *(f"{attention}.{part}" for part in "qkv")), bias)
        x = norm(graph.add("Add", dense(seen, f"{attention}.o"), x), f"{layer}.attention")
        inner = dense(evened(x, f"{layer}.intermediate.dense"), f"{layer}.intermediate.dense")
        gate = graph.add("Add", graph.add("Erf", graph.add("Div", inner, root_two)), one)
        inner = evened(graph.add("Mul", graph.add("Mul", inner, gate), half), f"{layer}.output.dense")
        x = norm(graph.add("Add", dense(inner, f"{layer}.output.dense"), x), f"{layer}.output")

    graph.nodes.append(helper.make_node("Identity", [x], ["tokens"]))
    ids = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])]
    tokens = [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "length", WIDTH])]
    body = helper.make_graph(graph.nodes, "all-mpnet-base-v2", ids, tokens, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIBUTED, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=8)
