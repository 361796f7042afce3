"""The pages that staff read: one look, the widget's own; each page is one file without anything to fetch.

In: the name of a template beside this file, and what it shows. Out: HTML. Everything shown is escaped, but for pictures of our own.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent


def render(name: str, **shown: Any) -> str:
    """The page. Raises jinja2.UndefinedError where the template asks for what is not shown."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["percent"] = percent
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    return environment.get_template(name).render(look=(_HERE / "look.css").read_text(encoding="utf-8"), **shown)


def percent(value: float) -> str:
    """0.9876 as 98.8 %, with a space that does not break."""
    return f"{value * 100:.1f}\u00a0%"
