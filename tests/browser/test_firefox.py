"""The widget in Debian's Firefox: a conversation by keyboard, every way to leave, and what the profile holds afterwards."""

import sqlite3
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
    running = start(tmp_path_factory.mktemp("firefox") / "profile")
    yield running
    running.close()


@pytest.fixture()
def host(hosts, site) -> str:
    """A page on another origin, with a strict policy; leaving leads to a page of the same server."""
    policy = f"default-src 'none'; script-src {site.address}; frame-src {site.address}"
    hosts.put("/weather", "<body>Weather")
    line = f'<script src="{site.address}/widget.js" data-exit="{hosts.origin}/weather" async></script>'
    return hosts.put("/firefox", f"<body><h1>A</h1>{line}", Content_Security_Policy=policy)


def open_chat(firefox: Firefox, host: str) -> str:
    firefox.go(host)
    firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
    firefox.press("Tab", "Tab", "Enter")
    chat = firefox.wait(firefox.frame, "the chat's frame")
    firefox.wait(lambda: firefox.run("document.activeElement.id === 'text' && document.hasFocus()", firefox.frame()), "the focus in the chat")
    return firefox.frame() or chat


def test_a_conversation_by_keyboard_and_a_leaving_that_leaves_nothing(tmp_path, hosts, site, host):
    profile = tmp_path / "profile"
    firefox = start(profile)
    chat = open_chat(firefox, host)
    firefox.type(f"{WORD} my husband hits me")
    firefox.press("Enter")
    firefox.wait(lambda: firefox.run("document.querySelectorAll('#log .reply').length === 2", chat), "the answer")
    said = firefox.run("document.querySelector('#log').textContent", chat)
    assert "Emerald" in said and WORD in said
    assert firefox.run("document.querySelector('#log a[href=\"tel:101\"]') !== null", chat)
    entries = firefox.run("history.length")
    assert firefox.run("window.length") == 0
    assert firefox.run("localStorage.length + sessionStorage.length + document.cookie.length", chat) == 0
    firefox.press("Escape")
    firefox.wait(lambda: firefox.url == f"{hosts.origin}/weather", "the leaving")
    assert firefox.run("history.length") == entries
    firefox.back()
    firefox.run("new Promise((done) => setTimeout(done, 300))")
    assert firefox.url != host
    firefox.close()
    assert found(profile, WORD) == []
    with sqlite3.connect(profile / "places.sqlite") as places:
        visited = [url for (url,) in places.execute("select url from moz_places")]
    assert not [url for url in visited if site.address in url]


@pytest.mark.parametrize("way", ["three shifts", "the word", "the link", "Escape in the page"])
def test_the_other_ways_to_leave(firefox, hosts, host, way):
    if way == "the link":
        firefox.go(host)
        firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
        firefox.press("Tab", "Enter")
    elif way == "Escape in the page":
        firefox.go(host)
        firefox.wait(lambda: firefox.run("document.querySelector('help-widget') !== null"), "the widget")
        firefox.press("Escape")
    else:
        open_chat(firefox, host)
        if way == "the word":
            firefox.type("exit")
            firefox.press("Enter")
        else:
            firefox.press("Shift", "Shift", "Shift")
    firefox.wait(lambda: firefox.url == f"{hosts.origin}/weather", "the leaving")


def test_what_comes_back_from_firefox_s_memory_is_empty(firefox, hosts, host):
    chat = open_chat(firefox, host)
    firefox.type(f"{WORD} my husband hits me")
    firefox.press("Enter")
    firefox.wait(lambda: firefox.run("document.querySelectorAll('#log .reply').length === 2", chat), "the answer")
    firefox.run("window.kept = true")
    firefox.go(f"{hosts.origin}/weather")
    firefox.back()
    firefox.wait(lambda: firefox.url == host, "the way back")
    assert firefox.run("window.kept") is True, "the page did not come from the browser's memory"
    firefox.wait(lambda: firefox.frame() is None, "an empty page")
