"""Draws the anatomy of the bot as SVG, laid out by Graphviz: what people say on the left, who they can turn to on the right.

In: the anatomy, and which parts tests reach. Out: SVG, each part a link with its id and its classes; the page's style colours it.
"""

import warnings
from types import ModuleType

from bot.errors import StartError
from bot.staff.anatomy import ACTION, CODE, CONTACT, INTENT, RESPONSE, RULE, Anatomy, Node

# Columns, left to right. What the code says by itself stands beside the actions.
COLUMNS = {INTENT: 0, RULE: 1, ACTION: 2, CODE: 2, RESPONSE: 3, CONTACT: 4}
LONGEST_NAME = 40


def graphviz() -> ModuleType:
    """What lays the map out. Raises StartError where it is not installed, as it is a hundred MB that serving has no use for."""
    try:
        import pygraphviz
    except ImportError:
        raise StartError("Graphviz, which lays the map out, is not installed: run `make tools`.") from None
    return pygraphviz


def draw(anatomy: Anatomy, reached: set[str], aside: set[str]) -> str:
    """An `<svg>` element. `reached` are ids of what tests reach, `aside` of what no flow can. Raises StartError."""
    graph = graphviz().AGraph(
        directed=True, rankdir="LR", ranksep="0.9", nodesep="0.08", splines="true", bgcolor="transparent", outputorder="edgesfirst",
        newrank="true", fontname="Arial",
    )  # fmt: skip
    graph.node_attr.update(shape="box", style="rounded", height="0.26", margin="0.09,0.03", fontname="Arial", fontsize="11")
    graph.edge_attr.update(arrowsize="0.5", penwidth="0.8")
    columns: dict[int, list[str]] = {}
    for node in anatomy.nodes.values():
        state = "reached" if node.id in reached else "aside" if node.id in aside else "unreached"
        look = {"class": f"{node.kind} {state}"}
        graph.add_node(node.id, label=label(node), id=node.id, URL=f"#{node.id}", tooltip=f"{node.kind} {node.name}", **look)
        columns.setdefault(COLUMNS[node.kind], []).append(node.id)
    for column, members in sorted(columns.items()):
        # An unseen post in each column keeps the columns in their order.
        graph.add_node(f"column{column}", style="invis", label="", height="0.01", width="0.01")
        graph.add_subgraph([f"column{column}", *members], name=f"column_{column}", rank="same")
        if column:
            graph.add_edge(f"column{column - 1}", f"column{column}", style="invis", weight="20")
    for edge in anatomy.edges:
        start, end = anatomy.nodes[edge.start], anatomy.nodes[edge.end]
        if edge.kind != "choice":  # what can be tapped leads back to the left; the page shows it when a part is chosen
            flat = COLUMNS[start.kind] >= COLUMNS[end.kind]
            graph.add_edge(edge.start, edge.end, constraint="false" if flat else "true", **{"class": f"edge {edge.kind}"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph.layout("dot")
        drawn = graph.draw(format="svg").decode("utf-8")
    return str(drawn[drawn.index("<svg") :])


def label(node: Node) -> str:
    """The name as it stands in its box."""
    name = node.name.removeprefix("utter_") if node.kind == RESPONSE else node.name
    if node.kind == CONTACT:
        name = f"{node.name}: {node.words[0]}"
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
