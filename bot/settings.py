"""Every setting, once: read from the environment at start, typed, checked, and never changed afterwards."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Mapping, TypeVar
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.passwords import is_hash

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MESSAGE = 2_000

Value = TypeVar("Value")
TELEGRAM_API = "https://api.telegram.org"
# What TELEGRAM_EXIT_LINE says where nothing at all shall be sent.
NO_EXIT_LINE = "none"

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


@dataclass(frozen=True)
class TelegramSettings:
    """What Telegram needs. `webhook_url` is None where the bot polls, `exit_line` where the sentence of data/responses holds, and
    `exit_line` is empty where nothing is sent after an exit. The secrets are not part of its repr."""

    token: str = field(repr=False)
    api_url: str
    webhook_url: str | None
    webhook_secret: str = field(repr=False)
    exit_line: str | None


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


def read_workbench_hash(environment: Mapping[str, str] = os.environ) -> str | None:
    """SUPPORT_WORKBENCH_PASSWORD_HASH, or None where it is not set. Raises SettingsError where it is not such a hash."""
    text = environment.get("SUPPORT_WORKBENCH_PASSWORD_HASH", "").strip()
    if text and not is_hash(text):
        raise SettingsError("SUPPORT_WORKBENCH_PASSWORD_HASH must be what `python -m bot workbench --hash` prints: correct or unset it.")
    return text or None


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError
    return text.lower() == "on"


def read_telegram_settings(environment: Mapping[str, str] = os.environ) -> TelegramSettings | None:
    """What holds for Telegram in `environment`; None where nothing is set for it. Raises SettingsError, which names the variable,
    and never its value."""

    def read(name: str) -> str:
        return environment.get(f"TELEGRAM_{name}", "").strip()

    token, webhook_url, secret, api_url, exit_line = map(read, ("BOT_TOKEN", "WEBHOOK_URL", "WEBHOOK_SECRET", "API_URL", "EXIT_LINE"))
    if not token:
        if webhook_url:
            raise SettingsError("TELEGRAM_BOT_TOKEN is missing: set it to the token from @BotFather, or leave TELEGRAM_WEBHOOK_URL unset.")
        return None
    if api_url and (not _is_address(api_url) or urlsplit(api_url).query or urlsplit(api_url).fragment):
        raise SettingsError(
            "TELEGRAM_API_URL must be the root of a Bot API server, such as http://127.0.0.1:8081: correct it or leave it unset."
        )
    own_server = bool(api_url) and urlsplit(api_url).hostname != urlsplit(TELEGRAM_API).hostname
    # Another server may have tokens of its own; what would break out of the address is never one.
    if not re.fullmatch(r"[A-Za-z0-9:_-]+" if own_server else r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise SettingsError("TELEGRAM_BOT_TOKEN must be the token from @BotFather, digits, a colon and letters: correct it.")
    if webhook_url:
        if not _is_webhook(webhook_url, own_server):
            raise SettingsError(
                "TELEGRAM_WEBHOOK_URL must be a public https address with a path of its own, such as https://bot.example.org/telegram, "
                "on port 443, 80, 88 or 8443: correct it."
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise SettingsError(
                f"TELEGRAM_WEBHOOK_SECRET {'must be' if secret else 'is missing: set it to'} 16 to 256 letters, digits, _ or -, "
                "which nobody can guess."
            )
    if len(exit_line) > 100 or not exit_line.isprintable():
        raise SettingsError("TELEGRAM_EXIT_LINE must be one neutral line of at most 100 characters, or none: correct it or leave it unset.")
    return TelegramSettings(
        token=token, api_url=(api_url or TELEGRAM_API).rstrip("/"), webhook_url=webhook_url or None, webhook_secret=secret,
        exit_line=None if not exit_line else "" if exit_line.lower() == NO_EXIT_LINE else exit_line,
    )  # fmt: skip


def _is_address(text: str) -> bool:
    try:
        _address(text)
    except ValueError:
        return False
    return True


def _is_webhook(text: str, own_server: bool) -> bool:
    """Telegram itself calls public https addresses on four ports only; a Bot API server of one's own may call any."""
    if not _is_address(text):
        return False
    parts = urlsplit(text)
    try:
        port = parts.port or 443
    except ValueError:
        return False
    # The web channel's own addresses for posts are taken.
    if parts.query or parts.fragment or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", parts.path) or parts.path.split("/")[1] == "chat":
        return False
    return own_server or (parts.scheme == "https" and port in (443, 80, 88, 8443))


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
    # A port that is none raises ValueError by itself.
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or set(text) & set("\"'<>\\` "):
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
