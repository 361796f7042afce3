"""Answers `import tensorflow` where TensorFlow is left out.

Rasa imports TensorFlow at start for components that this project does not use (DIET, TED, ResponseSelector and the like).
This package lets those imports pass, and says what is missing as soon as one of the components is really used. It stands
behind the installed packages on Python's path, so a real TensorFlow is used wherever there is one.
"""

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Sequence

__version__ = "2.12.0"

_STOOD_IN_FOR = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class TensorFlowLeftOut(ImportError):
    """A component that needs TensorFlow was used in an environment without it."""


def _explain(name: str) -> TensorFlowLeftOut:
    return TensorFlowLeftOut(
        f"{name} needs TensorFlow, which this environment leaves out: use the components in config.yml, or install tensorflow==2.12.0."
    )


class _StandInType(type):
    """Makes classes that can be subclassed, asked for attributes, and put into annotations, but not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__qualname__}.{name}")

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        # `@tf.function` and `@register_keras_serializable(...)` are decorators that run while Rasa is imported.
        if len(arguments) == 1 and not named and callable(arguments[0]):
            return arguments[0]
        if cls.__module__ == __name__ and cls.__qualname__.endswith(("function", "serializable", "TensorSpec")):
            return _stand_in(cls.__qualname__)
        raise _explain(cls.__qualname__)

    def __or__(cls, other: Any) -> Any:
        return cls

    def __getitem__(cls, key: Any) -> Any:
        return cls


def _stand_in(name: str) -> Any:
    return _StandInType(name.rpartition(".")[2], (), {"__qualname__": name, "__module__": __name__})


class _StandInModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{self.__name__}.{name}")


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submodules, last of all finders, so that nothing real is hidden."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        if name.partition(".")[0] in _STOOD_IN_FOR:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


sys.meta_path.append(_StandInFinder())


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _stand_in(f"tensorflow.{name}")
