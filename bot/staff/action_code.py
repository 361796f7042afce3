"""Which responses the code says: read from its syntax, never run.

In: Python files and the names of all responses. Out: for each action, and each other file, the responses that it may say.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

PREFIX = "utter_"


@dataclass(frozen=True)
class Said:
    """An action, or a file, and what it says."""

    name: str
    file: str
    line: int
    responses: tuple[str, ...]


def read_actions(folder: Path, names: set[str]) -> list[Said]:
    """Every action class below `folder`, with what it says itself and by the functions that it calls."""
    functions: dict[str, ast.AST] = {}
    actions: list[tuple[str, str, ast.ClassDef]] = []
    for path, tree in _trees(folder):
        for statement in tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions[statement.name] = statement
            elif isinstance(statement, ast.ClassDef) and (name := _action_name(statement)):
                actions.append((name, path.relative_to(folder.parent).as_posix(), statement))
    return [Said(name, file, tree.lineno, tuple(sorted(_closure(tree, functions, names)))) for name, file, tree in actions]


def said_elsewhere(folder: Path, names: set[str]) -> list[Said]:
    """Every file below `folder` that names responses: the channels, and what is said when something fails."""
    found = []
    for path, tree in _trees(folder):
        if "staff" in path.relative_to(folder).parts:
            continue
        responses = _named(tree, names, _words(tree))
        # A fault says the response of its code.
        responses |= {f"{PREFIX}{value}" for value in _codes(tree)} & names
        if responses:
            file = path.relative_to(folder.parent).as_posix()
            found.append(Said(file, file, 1, tuple(sorted(responses))))
    return found


def _trees(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _action_name(tree: ast.ClassDef) -> str | None:
    for method in tree.body:
        if isinstance(method, ast.FunctionDef) and method.name == "name":
            for node in ast.walk(method):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
                    return str(node.value.value)
    return None


def _closure(tree: ast.AST, functions: dict[str, ast.AST], names: set[str]) -> set[str]:
    parts, seen, waiting = [], set(), [tree]
    while waiting:
        part = waiting.pop()
        parts.append(part)
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and node.id in functions and node.id not in seen:
                seen.add(node.id)
                waiting.append(functions[node.id])
    words = {word for part in parts for word in _words(part)}
    return {response for part in parts for response in _named(part, names, words)}


def _named(tree: ast.AST, names: set[str], words: set[str]) -> set[str]:
    """Response names that stand in the code whole, and those that a formatted text makes: of one of `words`, where it begins with
    no more than utter_, or else of anything."""
    found = _words(tree) & names
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            fixed = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else None for part in node.values]
            anything = "[a-z0-9_]+" if fixed[0] != PREFIX else "(?:" + "|".join(map(re.escape, sorted(words))) + ")"
            pattern = re.compile("".join(part if part is not None else anything for part in fixed))
            found |= {name for name in names if name.startswith(PREFIX) and pattern.fullmatch(name)}
    return found


def _words(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        if "code" in [target.id for target in node.targets if isinstance(target, ast.Name)]:
            yield str(node.value.value)
