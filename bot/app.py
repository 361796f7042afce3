"""Wires the house together: settings, sentences, directory, model."""

from pathlib import Path

from bot.directory import load_directory
from bot.settings import ROOT, Settings, read_settings

RESPONSES: Path = ROOT / "data/responses"


def load_engine(settings: Settings | None = None) -> "Engine":  # noqa: F821 - the engine is imported late, with Rasa behind it
    """An engine ready to answer, trained first where no model fits. Raises a StartError that says what to do."""
    settings = settings or read_settings()
    directory = load_directory(settings.contacts)

    from bot.dialogue.training import train_where_needed

    train_where_needed(settings)

    from bot.dialogue.engine import Engine
    from bot.sentences import Sentences

    return Engine(settings, Sentences(RESPONSES), directory)
