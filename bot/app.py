"""Wires the house together: settings, sentences, directory, model."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.directory import load_directory
from bot.settings import ROOT, Settings, TelegramSettings, read_settings

if TYPE_CHECKING:
    # Rasa stands behind the engine, so it is imported late, when the quick checks have passed.
    from bot.channels.telegram.webhook import TelegramWebhook
    from bot.dialogue.engine import Engine
    from bot.dialogue.keeping import Keeper

RESPONSES: Path = ROOT / "data/responses"


def load_engine(settings: Settings | None = None) -> "Engine":
    """An engine ready to answer, trained first where no model fits. Raises a StartError that says what to do."""
    settings = settings or read_settings()
    load_directory(settings.contacts)
    keeper = _keeper(settings)

    from bot.dialogue.training import train_where_needed

    train_where_needed(settings)
    return open_engine(settings, keeper)


def open_engine(settings: Settings, keeper: "Keeper | None" = None) -> "Engine":
    """An engine with the model that there is, whatever it was trained from. Raises a StartError that says what to do."""
    directory = load_directory(settings.contacts)

    from bot.dialogue.engine import Engine
    from bot.sentences import Sentences

    return Engine(settings, Sentences(RESPONSES), directory, keeper or _keeper(settings))


def _keeper(settings: Settings) -> "Keeper":
    if settings.redis_url is None:
        from bot.dialogue.kept_in_memory import MemoryKeeper

        return MemoryKeeper()
    from bot.dialogue.kept_in_redis import RedisKeeper, check_reachable

    check_reachable(settings.redis_url)
    return RedisKeeper(settings.redis_url)


def check_webhook(telegram: TelegramSettings) -> None:
    """Before anything that takes long. Raises SettingsError where Telegram refuses the token; where it cannot be reached, that is no
    reason not to serve the web."""
    from bot.channels.telegram.client import NotReached, check_token

    with suppress(NotReached):
        asyncio.run(check_token(telegram))


def load_webhook(engine: "Engine", telegram: TelegramSettings) -> "TelegramWebhook":
    """Telegram's webhook, to be served. Raises SentencesError where a sentence does not fit Telegram."""
    from bot.channels.telegram.webhook import TelegramWebhook

    return TelegramWebhook(engine, telegram)
