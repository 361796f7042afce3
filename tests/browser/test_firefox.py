"""The widget in Debian's Firefox: a conversation by keyboard, every way to leave, and what the profile holds afterwards."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.browser.firefox import Firefox, installed
from tests.browser.test_traces import found

WORD = "zebrafinch"


def start(profile: Path) -> Firefox:
    binary = installed()
    if binary is None:
        pytest.fail("These tests need Firefox: run `make test`, which installs it, or apt-get install firefox-esr.")
    return Firefox(binary, profile)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    with closing(start(tmp_path_factory.mktemp("firefox") / "profile")) as running:
        yield running


def leave_by(firefox: Firefox, *keys: str, context: str | None = None) -> None:
    with suppress(RuntimeError):  # the page may be gone before the key is up
        firefox.press(*keys, context=context)


@pytest.fixture()
def host(hosts, site) -> str:
    """A page on another origin, with a strict policy; leaving leads to a page of the same server."""
    policy = f"default-src 'none'; script-src {site.address}; frame-src {site.address}"
    line = f'<script src="{site.address}/widget.js" async></script>'
    return hosts.put("/firefox", f"<body><h1>A</h1>{line}", Content_Security_Policy=policy)


def open_chat(firefox: Firefox, host: str) -> str:
    firefox.go(host)
    firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
    width, height = firefox.run("[innerWidth, innerHeight]")
    firefox.click(width - 60, height - 40)  # no script can find the launcher in its closed root
    chat = firefox.wait(firefox.frame, "the chat's frame")
    firefox.wait(lambda: firefox.run("!document.querySelector('#hide').hidden", chat), "the chat")
    firefox.run("document.querySelector('#text').focus()", chat)
    return chat


def test_a_conversation_and_a_leaving_that_leaves_nothing(tmp_path, hosts, site, host):
    profile = tmp_path / "profile"
    with closing(start(profile)) as firefox:
        chat = open_chat(firefox, host)
        firefox.press(*f"{WORD} my husband hits me", "Enter", context=chat)
        firefox.wait(lambda: firefox.run("document.querySelectorAll('#log .reply').length === 2", chat), "the answer")
        said = firefox.run("document.querySelector('#log').textContent", chat)
        assert "Emerald" in said and WORD in said
        assert firefox.run("document.querySelector('#log a[href=\"tel:101\"]') !== null", chat)
        entries = firefox.run("history.length")
        assert firefox.run("window.length") == 0
        assert firefox.run("localStorage.length + sessionStorage.length + document.cookie.length", chat) == 0
        leave_by(firefox, "Escape", context=chat)
        firefox.wait(lambda: firefox.url == f"{hosts.origin}/weather", "the leaving")
        assert firefox.run("history.length") == entries
        with pytest.raises(RuntimeError, match="delta -1 not found"):  # there is nothing to go back to
            firefox.back()
    assert found(profile, WORD) == []
    with sqlite3.connect(profile / "places.sqlite") as places:
        visited = [url for (url,) in places.execute("select url from moz_places")]
    assert not [url for url in visited if site.address in url]


@pytest.mark.parametrize("way", ["three shifts", "the word", "the link", "Escape in the page"])
def test_the_other_ways_to_leave(firefox, hosts, host, way):
    if way == "the link":
        firefox.go(host)
        firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
        leave_by(firefox, "Tab", "Enter")
    elif way == "Escape in the page":
        firefox.go(host)
        firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
        leave_by(firefox, "Escape")
    else:
        chat = open_chat(firefox, host)
        leave_by(firefox, *([*"exit", "Enter"] if way == "the word" else ["Shift"] * 3), context=chat)
    firefox.wait(lambda: firefox.url == f"{hosts.origin}/weather", "the leaving")


def test_what_comes_back_is_empty_from_firefox_s_memory_too(firefox, hosts, host):
    chat = open_chat(firefox, host)
    firefox.press(*f"{WORD} my husband hits me", "Enter", context=chat)
    firefox.wait(lambda: firefox.run("document.querySelectorAll('#log .reply').length === 2", chat), "the answer")
    firefox.go(f"{hosts.origin}/weather")
    firefox.back()
    firefox.wait(lambda: firefox.url == host and firefox.frame() is None, "a page without the talk")
