"""What an operator sets for Telegram, and what is said where it is missing or wrong."""

import pytest

from bot.errors import SettingsError
from bot.settings import ROOT, TelegramSettings, read_telegram_settings

TOKEN = {"TELEGRAM_BOT_TOKEN": "123456:AAzebrafinch"}
HOOK = {**TOKEN, "TELEGRAM_WEBHOOK_URL": "https://bot.example.org/telegram", "TELEGRAM_WEBHOOK_SECRET": "zebrafinch-zebrafinch"}
OWN = {"TELEGRAM_API_URL": "http://127.0.0.1:8081"}


def test_nothing_set_is_no_telegram():
    assert read_telegram_settings({}) is None
    assert read_telegram_settings({"TELEGRAM_BOT_TOKEN": "  ", "TELEGRAM_API_URL": "x"}) is None


def test_a_token_is_enough_for_polling():
    assert read_telegram_settings(TOKEN) == TelegramSettings("123456:AAzebrafinch", "https://api.telegram.org", None, "", None)


def test_a_webhook():
    settings = read_telegram_settings(HOOK)
    assert settings is not None
    assert (settings.webhook_url, settings.webhook_secret) == ("https://bot.example.org/telegram", "zebrafinch-zebrafinch")


@pytest.mark.parametrize(("line", "kept"), [("", None), ("See you", "See you"), ("none", ""), ("NONE", "")])
def test_the_line_after_an_exit(line, kept):
    settings = read_telegram_settings({**TOKEN, "TELEGRAM_EXIT_LINE": line})
    assert settings is not None and settings.exit_line == kept


def test_another_server_may_have_tokens_and_addresses_of_its_own():
    settings = read_telegram_settings({**HOOK, **OWN, "TELEGRAM_BOT_TOKEN": "sampleToken", "TELEGRAM_WEBHOOK_URL": "http://127.0.0.1:80/x/y"})
    assert settings is not None and settings.api_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("TELEGRAM_BOT_TOKEN", "zebrafinch"),
        ("TELEGRAM_BOT_TOKEN", "123:zebra finch"),
        ("TELEGRAM_BOT_TOKEN", "123:zebra/finch"),
        ("TELEGRAM_API_URL", "zebrafinch"),
        ("TELEGRAM_API_URL", "ftp://zebrafinch.example.org"),
        ("TELEGRAM_API_URL", "https://zebrafinch.example.org/?x=1"),
        ("TELEGRAM_WEBHOOK_URL", "zebrafinch"),
        ("TELEGRAM_WEBHOOK_URL", "http://zebrafinch.example.org/telegram"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org/"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org/chat/message"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org:8080/telegram"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org:99999/telegram"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org/<name>"),
        ("TELEGRAM_WEBHOOK_URL", "https://zebrafinch.example.org/telegram?x=1"),
        ("TELEGRAM_WEBHOOK_SECRET", "zebrafinch"),
        ("TELEGRAM_WEBHOOK_SECRET", "zebrafinch zebrafinch"),
        ("TELEGRAM_WEBHOOK_SECRET", "zebrafinch" * 26),
        ("TELEGRAM_EXIT_LINE", "zebrafinch" * 11),
        ("TELEGRAM_EXIT_LINE", "zebra\nfinch"),
    ],
)
def test_a_wrong_value_is_named_and_never_shown(variable, wrong):
    with pytest.raises(SettingsError) as problem:
        read_telegram_settings({**HOOK, variable: wrong})
    sentence = str(problem.value)
    assert sentence.startswith(variable) and sentence.endswith(".") and "\n" not in sentence
    assert "zebra" not in sentence


def test_a_webhook_needs_its_secret_and_its_token():
    for variable in ("TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_BOT_TOKEN"):
        with pytest.raises(SettingsError, match=f"{variable} is missing"):
            read_telegram_settings({**HOOK, variable: ""})


def test_secrets_are_no_part_of_a_repr():
    assert "zebrafinch" not in repr(read_telegram_settings(HOOK))


@pytest.mark.parametrize("name", ["BOT_TOKEN", "WEBHOOK_URL", "WEBHOOK_SECRET", "API_URL", "EXIT_LINE"])
def test_each_setting_is_explained(name):
    for page in ("README.md", "docs/telegram.md"):
        assert f"TELEGRAM_{name}" in (ROOT / page).read_text(encoding="utf-8"), page
