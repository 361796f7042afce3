"""The chat as a page without JavaScript: form posts, the same replies, and nothing that tells of them in an address or a cache."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, left, open_chat, say


@pytest.fixture()
def plain(new_page, site):
    page = new_page(PHONE, java_script_enabled=False)
    page.goto(f"{site.address}/chat")
    return page


def send(page, words: str) -> None:
    page.locator("#text").fill(words)
    page.get_by_role("button", name="Send").click()


def test_a_conversation_by_form_posts(plain, site):
    send(plain, "someone keeps following me home")
    expect(plain.locator("#log a[href='tel:101']").first).to_be_visible()
    expect(plain.locator("#log .hint")).to_contain_text("Leave this site")
    conversation = plain.locator("input[name=conversation]").get_attribute("value")
    assert conversation and plain.url == f"{site.address}/chat"
    first = plain.locator("#log").text_content()
    plain.locator("#log .choices button").first.click()
    expect(plain.locator("#log")).not_to_have_text(first)
    expect(plain.locator("#log .hint")).to_be_visible()
    assert plain.locator("input[name=conversation]").get_attribute("value") == conversation
    assert plain.url == f"{site.address}/chat"
    plain.get_by_role("button", name="Start again").click()
    expect(plain.locator("#log")).to_contain_text("automated guide")
    assert plain.locator("input[name=conversation]").get_attribute("value") == ""
    told = requests.post(f"{site.address}/chat/message", json={"conversation": conversation, "text": "hi"}, timeout=20)
    assert told.status_code == 404


def test_danger_shows_the_call_without_scrolling(plain):
    send(plain, "he is breaking in with a hammer right now")
    expect(plain.locator(".alarm a[href='tel:999']")).to_be_in_viewport()


def test_nothing_on_the_page_needs_a_script(plain):
    send(plain, "my husband hits me")
    assert plain.locator("button[type=button]:visible").count() == 0
    summary = plain.locator("summary").first
    summary.click()
    expect(plain.locator("details p").first).to_be_visible()
    assert plain.locator("textarea").get_attribute("maxlength") == "2000"


@pytest.mark.parametrize("words", ["exit", "leave", "get me off this page"])
def test_the_words_leave(plain, words):
    send(plain, words)
    left(plain)


def test_the_exit_is_a_plain_link_in_view_and_first(plain, hosts):
    send(plain, "my husband hits me")
    plain.mouse.wheel(0, 4000)
    exit_link = plain.get_by_role("link", name="Leave this site")
    expect(exit_link).to_be_in_viewport()
    assert exit_link.get_attribute("href") == f"{hosts.origin}/weather"
    assert exit_link.get_attribute("rel") == "noreferrer"
    assert plain.locator("a[href], button:not([hidden]), textarea").first.get_attribute("class") == "exit"


def test_what_a_browser_is_told_to_keep(site):
    with requests.Session() as session:
        asked = [session.get(f"{site.address}/chat", timeout=20)]
        for fields in (
            {"text": "hello"}, {"choice": "nothing-of-the-kind"}, {"text": "a" * 2001}, {"again": "yes"}, {"text": "exit"},
            {"conversation": "gone", "text": "x"},
        ):  # fmt: skip
            asked.append(session.post(f"{site.address}/chat", data=fields, timeout=60, allow_redirects=False))
        assert [answer.status_code for answer in asked] == [200, 200, 200, 200, 200, 303, 200]
        for answer in asked:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "?" not in answer.headers.get("Location", "")
        assert not session.cookies
        assert "This chat has ended" in asked[-1].text


def test_what_was_typed_is_never_repeated(site):
    answer = requests.post(f"{site.address}/chat", data={"text": "kingfisher <b>hits</b> me"}, timeout=60)
    assert "kingfisher" not in answer.text and "<b>hits" not in answer.text


SAME = [
    "my husband hits me", "he is breaking in with a hammer right now", "i want to end my life", "what is rasso", "hello", "asdfgh",
    "i want to tell the police something without my name",
]  # fmt: skip


@pytest.mark.parametrize("words", SAME)
def test_replies_look_the_same_with_and_without_scripts(page, plain, site, words):
    chat = open_chat(page, site.address)
    say(chat, words)
    send(plain, words)
    # Only what needs a script is not there without one.
    chat.locator("#log").evaluate("log => log.querySelectorAll('.copy').forEach((button) => button.remove())")
    assert parts(chat.locator("#log .turn").last.inner_html()) == parts(plain.locator("#log .turn").last.inner_html())


def parts(html: str) -> list[str]:
    """The elements and words, whatever the order of their attributes."""
    found = []
    for tag, words in re.findall(r"<(/?[a-z0-9]+[^>]*)>([^<]*)", html):
        name, *attributes = re.findall(r'[\w/-]+(?:="[^"]*")?', tag)
        found.append(" ".join([name, *sorted(attribute for attribute in attributes if attribute != 'class=""')]))
        if words.strip():
            found.append(words.strip())
    return found
