"""Runs a model's graph: one node after the other, in an order found once. Rasa's own runner plans anew for each of the three or four
times that a turn runs the graph, and reads the domain a second time from YAML, which takes half of a start.

In: a trained model, and what a turn asks of it. Out: what the nodes asked for say.
"""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Dict, List, Tuple

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema, SchemaNode
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from bot.dialogue.rules import IndexedRulePolicy


class StraightRunner(GraphRunner):
    """A GraphRunner for one process that answers. Of equal inputs it makes what Rasa's makes."""

    def __init__(self, schema: GraphSchema, nodes: Dict[str, GraphNode], given: Dict[str, Any]) -> None:
        """`given`: what some nodes say, which are not run for it."""
        self._schema = schema
        self._nodes = nodes
        self._given = given
        self._order = cache(self._ordered)

    @classmethod
    def create(
        cls, graph_schema: GraphSchema, model_storage: ModelStorage, execution_context: ExecutionContext,
        hooks: List[GraphNodeHook] | None = None, domain: Domain | None = None,
    ) -> "StraightRunner":  # fmt: skip
        """`domain`: the model's, where it is known already."""
        given = {name: domain for name, node in graph_schema.nodes.items() if domain is not None and node.uses is DomainProvider}
        nodes = {
            name: GraphNode.from_schema_node(name, _quicker(node), model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items() if name not in given
        }  # fmt: skip
        return cls(graph_schema, nodes, given)

    def run(self, inputs: Dict[str, Any] | None = None, targets: List[str] | None = None) -> Dict[str, Any]:
        targets = targets or self._schema.target_names
        told: Dict[str, Tuple[str, Any]] = {name: (name, value) for name, value in {**(inputs or {}), **self._given}.items()}
        for name in self._order(tuple(targets)):
            told[name] = self._nodes[name](*(told[needed] for needed in self._schema.nodes[name].needs.values()))
        return {name: told[name][1] for name in targets}

    def _ordered(self, targets: Tuple[str, ...]) -> List[str]:
        """The nodes that lead to `targets`, each after all that it needs."""
        order: List[str] = []

        def add(name: str) -> None:
            if name in self._nodes and name not in order:
                for needed in self._schema.nodes[name].needs.values():
                    add(needed)
                order.append(name)

        for target in targets:
            add(target)
        return order


def _quicker(node: SchemaNode) -> SchemaNode:
    """The node, with the rules of whatever RulePolicy was trained kept as ours keeps them."""
    return replace(node, uses=IndexedRulePolicy) if node.uses is RulePolicy else node


def load_graph(model: Path) -> Tuple[ModelMetadata, StraightRunner]:
    """What the model's file tells of itself, and its graph, ready to be run."""
    with tempfile.TemporaryDirectory() as unpacked:
        storage, metadata = LocalModelStorage.from_model_archive(Path(unpacked), model)
        context = ExecutionContext(graph_schema=metadata.predict_schema, model_id=metadata.model_id)
        return metadata, StraightRunner.create(metadata.predict_schema, storage, context, domain=metadata.domain)
