"""Reads the files that people write: YAML, in UTF-8, with nothing said twice.

In: a path, and the error to raise. Out: what the file holds. Every mistake becomes one sentence that names the file and the line.
"""

from pathlib import Path
from typing import Any, TypeGuard

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import StartError


def read_document(path: Path, error: type[StartError]) -> Any:
    """The content of `path`. Raises `error` where it cannot be read, is not UTF-8, or is not valid YAML."""
    try:
        return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError:
        raise error(f"{path.name} cannot be read: check its path and its permissions.") from None
    except UnicodeDecodeError:
        raise error(f"{path.name} is not UTF-8: save it as UTF-8.") from None
    except YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise error(f"{path.name}{place} is not valid YAML, or says something twice: correct it there.") from None


def is_words(value: Any) -> TypeGuard[str]:
    """Whether `value` is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def is_list_of_words(value: Any) -> TypeGuard[list[str]]:
    """Whether `value` is a list of such texts; an empty one is."""
    return isinstance(value, list) and all(is_words(entry) for entry in value)
