"""Every setting, once: read from the environment at start, typed, checked, and never changed afterwards."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Mapping, TypeVar
from urllib.parse import urlsplit

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MESSAGE = 2_000

Value = TypeVar("Value")
_ORIGIN = re.compile(r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """What an operator may set; the README's table lists the same, and a test holds the two together."""

    contacts: Path
    encoder: Path
    model: Path
    exit_url: str
    embed_origins: tuple[str, ...]
    idle_minutes: int
    messages_per_minute: int
    turn_seconds: int
    encoder_threads: int
    # It can hold a password.
    redis_url: str | None = field(repr=False)
    feedback: bool


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that hold in `environment`. Raises SettingsError, which names the variable and what it may be."""

    def read(name: str, default: Value, convert: Callable[[str], Value], expected: str) -> Value:
        text = environment.get(name, "").strip()
        if not text:
            return default
        try:
            return convert(text)
        except ValueError:
            raise SettingsError(f"{name} must be {expected}: correct it or leave it unset.") from None

    def whole(least: int, most: int) -> Callable[[str], int]:
        def convert(text: str) -> int:
            number = int(text)
            if not least <= number <= most:
                raise ValueError
            return number

        return convert

    return Settings(
        contacts=read("SUPPORT_CONTACTS", ROOT / "data/contacts/bedfordshire.yml", _file, "the path of a contacts file"),
        encoder=read("SUPPORT_ENCODER", ROOT / "models/encoder", _folder, "the path of a folder"),
        model=read("SUPPORT_MODEL", ROOT / "models/support.tar.gz", _new_file, "the path of a model file"),
        exit_url=read("SUPPORT_EXIT_URL", "https://www.bbc.co.uk/weather", _address, "an http or https address"),
        embed_origins=read("SUPPORT_EMBED_ORIGINS", (), _origins, "web origins such as https://www.example.org, divided by spaces"),
        idle_minutes=read("SUPPORT_IDLE_MINUTES", 30, whole(1, 30), "a whole number from 1 to 30"),
        messages_per_minute=read("SUPPORT_MESSAGES_PER_MINUTE", 60, whole(1, 6000), "a whole number from 1 to 6000"),
        turn_seconds=read("SUPPORT_TURN_SECONDS", 15, whole(1, 50), "a whole number from 1 to 50"),
        encoder_threads=read("SUPPORT_ENCODER_THREADS", min(2, os.cpu_count() or 1), whole(1, 64), "a whole number from 1 to 64"),
        redis_url=read("SUPPORT_REDIS_URL", None, _redis, "a Redis address such as redis://localhost:6379/0 (rediss:// encrypts)"),
        feedback=read("SUPPORT_FEEDBACK", True, _switch, "on or off"),
    )


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError
    return text.lower() == "on"


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError
    return path


def _new_file(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or not path.name.endswith(".tar.gz"):
        raise ValueError
    return path


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise ValueError
    return path


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or set(text) & set("\"'<>\\` "):
        raise ValueError
    return text


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.port == 0 or not re.fullmatch(r"/?[0-9]*", parts.path):
        raise ValueError
    return text


def _origins(text: str) -> tuple[str, ...]:
    for origin in text.split():
        if not _ORIGIN.match(origin):
            raise ValueError
    return tuple(text.split())
