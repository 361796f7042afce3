"""Offline, slow, broken: told calmly, with 999 still on the screen, and nothing that was written is lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_chat, say


def test_a_lost_network_is_told_and_the_message_can_be_sent_again(any_page, site):
    chat = open_chat(any_page, site.address)
    any_page.context.set_offline(True)
    expect(chat.locator("#status")).to_contain_text("This device is offline.")
    expect(chat.locator("#status")).to_contain_text("Call 999")
    say(chat, "my wife hits me")
    problem = chat.locator("#log .reply").last
    expect(problem).to_contain_text("I can't reach the service just now")
    expect(problem.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    expect(problem.locator(".hint")).to_contain_text("Escape")
    any_page.context.set_offline(False)
    problem.get_by_role("button", name="Try again").click()
    expect(chat.locator("#log")).to_contain_text("Emerald", timeout=20_000)
    assert chat.locator("#log .you").count() == 1


def test_a_slow_network_is_told(page, site):
    page.clock.install()
    chat = open_chat(page, site.address)
    page.route("**/chat/message", lambda route: None)
    chat.locator("#text").fill("my wife hits me")
    chat.locator("#text").press("Enter")
    expect(chat.locator("#dots")).to_be_visible()
    page.clock.run_for(6_100)
    expect(chat.locator("#status")).to_contain_text("This is slow. I'm still waiting for an answer. In danger now? Call 999")
    page.clock.run_for(25_000)
    expect(chat.get_by_role("button", name="Try again")).to_be_visible()
    expect(chat.locator("#dots")).not_to_be_visible()


def test_a_chat_that_is_opened_offline_says_so_and_opens_later(page, hosts, site):
    page.goto(hosts.put("/offline", f'<body><h1>A</h1><script src="{site.address}/widget.js" async></script>'))
    page.get_by_role("button", name="Help and advice").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Help and advice").click()
    wait = page.locator(".wait")
    expect(wait).to_contain_text("In danger now? Call 999")
    expect(wait).to_contain_text("A call to 999 does not need the internet.", timeout=10_000)
    page.context.set_offline(False)
    wait.get_by_role("button", name="Try again").click()
    page.locator("iframe").wait_for(state="visible")
    say(page.frames[-1], "my wife hits me")


FAULTS = {
    429: ("I need a moment", "You can try again in 7 seconds."), 500: ("Something went wrong", ""), 503: ("I'm busy right now", ""),
}  # fmt: skip


@pytest.mark.parametrize("code", FAULTS)
def test_the_server_s_own_words_about_a_fault_are_shown(page, site, code):
    words, more = FAULTS[code]
    chat = open_chat(page, site.address)
    exit_words = "To leave quickly, press the Escape key or choose Leave this site."
    body = {"error": "x", "text": f"{words}. In danger now? Call 999.\n\n{exit_words}", "quick_exit": {"text": exit_words, "url": "https://x.example"}}
    page.route("**/chat/message", lambda route: route.fulfill(status=code, json=body, headers={"Retry-After": "7"} if code == 429 else {}))
    say(chat, "hello")
    problem = chat.locator("#log .reply").last
    expect(problem).to_contain_text(words)
    expect(problem).to_contain_text(more)
    expect(problem.locator(".hint")).to_have_text(exit_words)
    assert problem.get_by_text(exit_words).count() == 1


def test_a_conversation_that_has_ended_starts_again(page, site):
    chat = open_chat(page, site.address)
    with page.expect_response("**/chat/start") as started:
        say(chat, "hello")
    conversation = started.value.json()["conversation"]
    page.request.post(f"{site.address}/chat/leave", data={"conversation": conversation})
    say(chat, "my wife hits me")
    expect(chat.locator("#log .reply").last).to_contain_text("This chat has ended")
    chat.locator("#log").get_by_role("button", name="Start again").click()
    expect(chat.locator("#log .reply")).to_have_count(1)
    say(chat, "my wife hits me")
    expect(chat.locator("#log")).to_contain_text("Emerald")


def test_a_reply_from_the_server_never_becomes_html(page, site):
    chat = open_chat(page, site.address)
    bad = "<img src=x onerror=alert(1)>"
    reply = {
        "text": f"{bad}\n- {bad}: {bad}\n\nLeave.", "situations": [], "urgency": "none", "choices": [{"label": bad, "value": bad}],
        "contacts": [{"id": 'x"]', "name": bad, "how": bad, "why": bad, "phone": "0800 1", "url": "javascript:alert(1)"}],
        "quick_exit": {"text": "Leave.", "url": "https://x.example"},
    }  # fmt: skip
    page.route("**/chat/message", lambda route: route.fulfill(json={"replies": [reply]}))
    say(chat, "hello")
    assert chat.locator("#log img").count() == 0
    assert chat.locator("#log .card a").count() == 1
    expect(chat.locator("#log .card h2")).to_have_text(bad)
