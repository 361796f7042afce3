"""Reads YAML and remembers where everything stands, so that a finding can name its line.

In: a file. Out: its content, each part with file and line. Raises StartError where the file cannot be read as YAML.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

import yaml

from bot.errors import StartError


@dataclass(frozen=True)
class Placed:
    """A value and the line where it begins. A part that is not there is empty, and stands where its parent does."""

    value: Any
    file: str
    line: int
    _node: yaml.Node | None = field(default=None, repr=False, compare=False)

    def at(self, key: str) -> "Placed":
        """The value behind `key`."""
        if isinstance(self._node, yaml.MappingNode) and isinstance(self.value, dict) and key in self.value:
            for key_node, value_node in self._node.value:
                if key_node.value == key:
                    # Where a value begins on its own line, its key is what a reader looks for.
                    return Placed(self.value[key], self.file, key_node.start_mark.line + 1, value_node)
        return Placed(None, self.file, self.line)

    def items(self) -> Iterator["Placed"]:
        """The entries of a list."""
        if isinstance(self._node, yaml.SequenceNode) and isinstance(self.value, list):
            for value, node in zip(self.value, self._node.value, strict=True):
                yield Placed(value, self.file, node.start_mark.line + 1, node)

    def entries(self) -> Iterator[tuple[str, "Placed"]]:
        """The keys of a mapping, each with its value."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield str(key), self.at(key)


def read_placed(path: Path, root: Path) -> Placed:
    """The content of `path`, whose name is told from `root` on."""
    name = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise StartError(f"{name}, line 1: the file cannot be read. Put it back, or correct its permissions.") from None
    except UnicodeDecodeError:
        raise StartError(f"{name}, line 1: it is not UTF-8. Save it as UTF-8.") from None
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise StartError(f"{name}, line {mark.line + 1 if mark else 1}: it is not valid YAML. Correct it there.") from None
    finally:
        loader.dispose()
    return Placed(value, name, 1, node)
