"""Settings: what holds where nothing is set, and what is said where something is set wrongly."""

import dataclasses
import os

import pytest

from bot.errors import SettingsError, StartError
from bot.settings import ROOT, Settings, read_settings


def test_what_holds_where_nothing_is_set():
    assert read_settings({}) == Settings(
        contacts=ROOT / "data/contacts/bedfordshire.yml",
        encoder=ROOT / "models/encoder",
        model=ROOT / "models/support.tar.gz",
        exit_url="https://www.bbc.co.uk/weather",
        embed_origins=(),
        idle_minutes=30,
        messages_per_minute=60,
        turn_seconds=15,
        encoder_threads=min(2, os.cpu_count() or 1),
        redis_url=None,
        feedback=True,
    )


@pytest.mark.parametrize(
    "variable",
    [
        "SUPPORT_CONTACTS", "SUPPORT_ENCODER", "SUPPORT_MODEL", "SUPPORT_EXIT_URL", "SUPPORT_EMBED_ORIGINS", "SUPPORT_IDLE_MINUTES",
        "SUPPORT_MESSAGES_PER_MINUTE", "SUPPORT_TURN_SECONDS", "SUPPORT_ENCODER_THREADS", "SUPPORT_REDIS_URL", "SUPPORT_FEEDBACK",
    ],
)  # fmt: skip
@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_variable_is_as_good_as_none(variable, blank):
    assert read_settings({variable: blank}) == read_settings({})


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("SUPPORT_EXIT_URL", "http://example.org/", "exit_url", "http://example.org/"),
        ("SUPPORT_EXIT_URL", " https://example.org/news?x=1 ", "exit_url", "https://example.org/news?x=1"),
        ("SUPPORT_EMBED_ORIGINS", "https://a.example.org", "embed_origins", ("https://a.example.org",)),
        ("SUPPORT_EMBED_ORIGINS", "https://a.org   http://localhost:8000", "embed_origins", ("https://a.org", "http://localhost:8000")),
        ("SUPPORT_IDLE_MINUTES", "1", "idle_minutes", 1),
        ("SUPPORT_IDLE_MINUTES", "30", "idle_minutes", 30),
        ("SUPPORT_MESSAGES_PER_MINUTE", "6000", "messages_per_minute", 6000),
        ("SUPPORT_TURN_SECONDS", "50", "turn_seconds", 50),
        ("SUPPORT_ENCODER_THREADS", "1", "encoder_threads", 1),
        ("SUPPORT_REDIS_URL", "redis://localhost:6379", "redis_url", "redis://localhost:6379"),
        ("SUPPORT_REDIS_URL", "rediss://bot:word@cache.example.org/3?ssl_ca_certs=/ca.pem", "redis_url",
         "rediss://bot:word@cache.example.org/3?ssl_ca_certs=/ca.pem"),
        ("SUPPORT_FEEDBACK", "off", "feedback", False),
        ("SUPPORT_FEEDBACK", "On", "feedback", True),
    ],
)
def test_a_variable_that_is_right_holds(variable, text, field, value):
    settings = read_settings({variable: text})
    assert getattr(settings, field) == value
    assert dataclasses.replace(settings, **{field: getattr(read_settings({}), field)}) == read_settings({})


def test_paths_hold_where_something_is_there(tmp_path):
    contacts = tmp_path / "contacts.yml"
    contacts.touch()
    settings = read_settings(
        {"SUPPORT_CONTACTS": str(contacts), "SUPPORT_ENCODER": str(tmp_path), "SUPPORT_MODEL": str(tmp_path / "new.tar.gz")}
    )
    assert (settings.contacts, settings.encoder, settings.model) == (contacts, tmp_path, tmp_path / "new.tar.gz")


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("SUPPORT_CONTACTS", "/nowhere/canary.yml"),
        ("SUPPORT_CONTACTS", str(ROOT)),
        ("SUPPORT_ENCODER", "/nowhere/canary"),
        ("SUPPORT_ENCODER", str(ROOT / "config.yml")),
        ("SUPPORT_MODEL", str(ROOT / "data")),
        ("SUPPORT_EXIT_URL", "www.bbc.co.uk"),
        ("SUPPORT_EXIT_URL", "javascript:alert(1)"),
        ("SUPPORT_EXIT_URL", "ftp://example.org/"),
        ("SUPPORT_EXIT_URL", "https://"),
        ("SUPPORT_EXIT_URL", "https://[canary"),
        ("SUPPORT_EXIT_URL", "https://example.org/two words"),
        ("SUPPORT_EXIT_URL", "https://example.org/\r\nSet-Cookie: canary=1"),
        ("SUPPORT_EMBED_ORIGINS", "canary"),
        ("SUPPORT_EMBED_ORIGINS", "*"),
        ("SUPPORT_EMBED_ORIGINS", "https://example.org/"),
        ("SUPPORT_EMBED_ORIGINS", "https://example.org/path"),
        ("SUPPORT_EMBED_ORIGINS", "https://example.org?x=1"),
        ("SUPPORT_EMBED_ORIGINS", "https://example.org#x"),
        ("SUPPORT_EMBED_ORIGINS", "file:///canary"),
        ("SUPPORT_EMBED_ORIGINS", "https://good.example.org canary"),
        # Divided by commas, as people do; it would stand in a header, where a comma and a semicolon mean something.
        ("SUPPORT_EMBED_ORIGINS", "https://one.example.org, https://two.example.org"),
        ("SUPPORT_EMBED_ORIGINS", "https://one.example.org; https://two.example.org"),
        ("SUPPORT_IDLE_MINUTES", "0"),
        ("SUPPORT_IDLE_MINUTES", "31"),
        ("SUPPORT_IDLE_MINUTES", "-5"),
        ("SUPPORT_IDLE_MINUTES", "half an hour"),
        ("SUPPORT_IDLE_MINUTES", "1.5"),
        ("SUPPORT_MESSAGES_PER_MINUTE", "0"),
        ("SUPPORT_MESSAGES_PER_MINUTE", "6001"),
        ("SUPPORT_MESSAGES_PER_MINUTE", "canary"),
        ("SUPPORT_TURN_SECONDS", "0"),
        ("SUPPORT_TURN_SECONDS", "51"),
        ("SUPPORT_TURN_SECONDS", "canary"),
        ("SUPPORT_ENCODER_THREADS", "0"),
        ("SUPPORT_ENCODER_THREADS", "65"),
        ("SUPPORT_ENCODER_THREADS", "canary"),
        ("SUPPORT_REDIS_URL", "canary:6379"),
        ("SUPPORT_REDIS_URL", "http://canary:6379"),
        ("SUPPORT_REDIS_URL", "redis://:6379"),
        ("SUPPORT_REDIS_URL", "redis://canary:port"),
        ("SUPPORT_REDIS_URL", "redis://canary:70000"),
        ("SUPPORT_REDIS_URL", "redis://canary/database"),
        ("SUPPORT_FEEDBACK", "canary"),
    ],
)
def test_a_variable_that_is_wrong_is_named_and_its_value_is_not(variable, wrong):
    with pytest.raises(SettingsError) as problem:
        read_settings({variable: wrong})
    sentence = str(problem.value)
    assert variable in sentence
    assert " must be " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    if len(wrong) > 4:  # "31" and "*" may stand in what a value may be
        assert wrong not in sentence
    assert "canary" not in sentence


def test_the_sentence_of_a_wrong_value_is_all_that_is_shown():
    with pytest.raises(SettingsError) as problem:
        read_settings({"SUPPORT_IDLE_MINUTES": "canary"})
    assert problem.value.__suppress_context__


def test_a_password_is_not_shown_with_the_settings():
    assert "canary" not in repr(read_settings({"SUPPORT_REDIS_URL": "redis://:canary@localhost"}))


def test_settings_never_change_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings({}).idle_minutes = 1  # type: ignore[misc]


def test_variables_of_others_are_left_alone():
    assert read_settings({"SUPPORT_UNHEARD_OF": "x", "PATH": "/bin"}) == read_settings({})


def test_a_wrong_setting_stops_the_start():
    assert issubclass(SettingsError, StartError)
