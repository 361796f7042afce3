"""What a browser keeps: nothing of a conversation, looked for in its own profile folder on disk after it was closed."""

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import DESK, OPEN_ROOTS, QUIET, chromium, left, open_chat, say

WORD = "zebrafinch"


@pytest.fixture()
def profile(tmp_path) -> Path:
    return tmp_path / "profile"


@pytest.fixture()
def kept(playwright, profile):
    """A browser with a profile folder, and a cache on disk, as people have it."""

    def start(**options):
        return playwright.chromium.launch_persistent_context(
            str(profile), executable_path=chromium(), args=QUIET, viewport=DESK, **options,
        )  # fmt: skip

    return start


def found(profile: Path, word: str) -> list[str]:
    """Every file of the profile that holds the word, in either of the ways that browsers write letters."""
    needles = (word.encode("utf-8"), word.encode("utf-16-le"))
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert len(files) > 20, "that is no profile"
    return [str(path.relative_to(profile)) for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_after_leaving_the_profile_holds_nothing_of_the_talk(kept, profile, hosts, site):
    context = kept()
    context.add_init_script(OPEN_ROOTS)
    page = context.pages[0]
    host = hosts.put("/profile", f'<body><h1>A</h1><script src="{site.address}/widget.js" async></script>')
    chat = open_chat(page, host)
    with page.expect_response("**/chat/start") as started:
        say(chat, f"{WORD} my boyfriend hits me")
    conversation = started.value.json()["conversation"]
    chat.locator("#text").fill(f"half a {WORD}")
    for frame in (page.main_frame, chat):
        assert frame.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert frame.evaluate("navigator.serviceWorker.controller") is None
        assert frame.evaluate("indexedDB.databases().then((all) => all.length)") == 0
        assert frame.evaluate("caches.keys().then((all) => all.length)") == 0
    assert context.cookies() == []
    chat.locator("#text").press("Escape")
    left(page)
    page.wait_for_timeout(300)
    context.close()

    for word in (WORD, conversation, "Emerald", "domestic abuse"):
        assert found(profile, word) == [], word
    with sqlite3.connect(profile / "Default/History") as history:
        visited = [url for (url,) in history.execute("select url from urls")]
    assert host in visited, "the host page is there, as the person is told"
    assert not [url for url in visited if site.address in url], "the chat has no entry of its own"


def test_closing_the_window_without_leaving_keeps_nothing_either(kept, profile, site):
    context = kept()
    page = context.pages[0]
    page.goto(f"{site.address}/chat")
    say(page, f"{WORD} my boyfriend hits me")
    page.locator("#text").fill(f"half a {WORD}")
    page.wait_for_timeout(300)
    context.close()
    assert found(profile, WORD) == []


def test_without_scripts_the_profile_holds_nothing_of_the_talk(kept, profile, site):
    context = kept(java_script_enabled=False)
    page = context.pages[0]
    page.goto(f"{site.address}/chat")
    for words in (f"{WORD} my boyfriend hits me", f"{WORD} again"):
        page.locator("#text").fill(words)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#log .hint")).to_be_visible()
    expect(page.get_by_text("A private window keeps nothing")).to_be_visible()
    conversation = page.locator("input[name=conversation]").get_attribute("value")
    page.get_by_role("link", name="Leave this site").click()
    left(page)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # what was posted could only be asked for again
        page.go_back()
    context.close()
    assert found(profile, "Emerald") == []
    # For restoring its tabs, Chromium keeps what a form has posted. No page can hinder that without a script, so this page says it.
    for word in (WORD, conversation):
        assert {Path(place).parent.as_posix() for place in found(profile, word)} == {"Default/Sessions"}
