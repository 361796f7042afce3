"""The demo page with the widget in a real browser, as a person meets it."""

import re

import pytest
import requests
from playwright.sync_api import Frame, Page, expect

WEATHER = re.compile(r"^https://www\.bbc\.co\.uk/weather")


def open_chat(page: Page, server) -> Frame:
    page.goto(server.address + "/")
    # The launcher is in a closed shadow root at the lower right, where no script can find it, so it is clicked like a person would.
    page.wait_for_selector("help-widget", state="attached")
    size = page.viewport_size
    for _ in range(10):
        page.mouse.click(size["width"] - 60, size["height"] - 40)
        chat = next((frame for frame in page.frames if "/frame" in frame.url), None)
        if chat:
            break
        page.wait_for_timeout(1500)  # a second click would land on what has opened
    assert chat, "the launcher opened no chat"
    expect(chat.locator("#log")).to_contain_text("automated guide", timeout=15_000)
    return chat


def say(chat: Frame, words: str) -> None:
    chat.locator("#text").fill(words)
    chat.locator("#text").press("Enter")


def test_a_person_gets_help(page, server):
    chat = open_chat(page, server)
    say(chat, "my husband takes all my money and hits me")
    expect(chat.locator("#log")).to_contain_text("Emerald", timeout=15_000)
    expect(chat.locator('#log a[href="tel:101"]').first).to_be_visible()
    expect(chat.locator("#log")).to_contain_text("press the Escape key")
    expect(chat.get_by_role("link", name="Leave this site").first).to_be_attached()
    assert page.failures == []


def test_danger_shows_999_first(page, server):
    chat = open_chat(page, server)
    say(chat, "he is breaking in with a hammer right now")
    expect(chat.locator("#log")).to_contain_text("Call 999 now", timeout=15_000)
    expect(chat.locator('#log a[href="tel:999"]').first).to_be_visible()


def test_a_choice_can_be_tapped(page, server):
    chat = open_chat(page, server)
    chat.get_by_role("button", name="Sexual assault or rape").click()
    expect(chat.locator("#log")).to_contain_text("RASSO", timeout=15_000)


@pytest.mark.parametrize("where", ["host", "chat"])
def test_escape_leaves_at_once_and_back_does_not_return(page, server, where):
    page.goto("about:blank")
    chat = open_chat(page, server)
    say(chat, "my ex follows me")
    expect(chat.locator("#log")).to_contain_text("101", timeout=15_000)
    if where == "host":
        page.locator("body").press("Escape")
    else:
        chat.locator("#text").press("Escape")
    page.wait_for_url(WEATHER, timeout=10_000)
    page.go_back()
    assert page.url == "about:blank"


def test_three_presses_of_shift_leave(page, server):
    open_chat(page, server)
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(WEATHER, timeout=10_000)


@pytest.mark.parametrize("words", ["exit", "Leave", "get me off this page"])
def test_words_leave(page, server, words):
    chat = open_chat(page, server)
    say(chat, words)
    page.wait_for_url(WEATHER, timeout=15_000)


def test_leaving_forgets_the_conversation_on_the_server(page, server):
    made = []
    page.on("response", lambda answer: made.append(answer) if answer.url.endswith("/chat/start") else None)
    chat = open_chat(page, server)
    conversation = made[0].json()["conversation"]
    with page.expect_request(lambda request: request.url.endswith("/chat/leave")):
        chat.locator("#text").press("Escape")
    page.wait_for_url(WEATHER, timeout=10_000)
    body = {"conversation": conversation, "text": "hi"}
    assert requests.post(f"{server.address}/chat/message", json=body, timeout=20).status_code == 404


def test_the_browser_keeps_nothing_and_the_host_page_sees_nothing(page, server):
    chat = open_chat(page, server)
    entries = page.evaluate("history.length")
    say(chat, "zebrafinch my boyfriend hits me")
    expect(chat.locator("#log")).to_contain_text("Emerald", timeout=15_000)
    assert page.evaluate("history.length") == entries
    assert page.context.cookies() == []
    for frame in (page.main_frame, chat):
        assert frame.evaluate("localStorage.length + sessionStorage.length") == 0
        assert frame.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    if page.viewport_size["width"] < 600:  # there the chat covers the page
        chat.get_by_role("button", name="Hide").click()
    page.get_by_role("button", name="Read the whole page").click()
    seen = page.locator("#seen")
    expect(seen).not_to_be_empty()
    assert "It can't see anything of the chat." in seen.text_content()
    assert "zebrafinch" not in page.content()
    assert "zebrafinch" not in page.url and "zebrafinch" not in chat.url


def test_only_this_server_is_asked(page, server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    chat = open_chat(page, server)
    say(chat, "hello")
    expect(chat.locator("#log")).to_contain_text("automated guide")
    assert asked and all(url.startswith((server.address, "data:")) for url in asked)


def test_a_lost_network_is_told_calmly_with_999(page, server):
    chat = open_chat(page, server)
    page.context.set_offline(True)
    say(chat, "my wife hits me")
    expect(chat.locator("#log")).to_contain_text("I can't reach the service just now", timeout=15_000)
    expect(chat.locator("#status")).to_contain_text("This device is offline. In danger now? Call 999", timeout=15_000)
    page.context.set_offline(False)
    expect(chat.locator("#status")).to_be_empty(timeout=15_000)


def test_the_page_without_javascript_works_in_a_browser(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}/chat")
    page.locator("#text").fill("someone keeps following me home")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text("101")
    expect(page.get_by_role("link", name="Leave this site")).to_be_visible()
    assert page.url.split("#")[0] == f"{server.address}/chat"
    context.close()
