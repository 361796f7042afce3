"""WCAG 2.2 AA, as far as a browser can show it: the rules find nothing in any state, and a whole conversation by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, left, open_chat, say

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
# The talk is nobody's landmark but the frame's own; what is judged here is one frame at a time.
CHECK = """async (options) => (await axe.run(document, { ...options, iframes: false }))
    .violations.map((found) => [found.id, found.nodes.map((node) => node.html)])"""


def violations(frame, axe) -> list:
    frame.evaluate(axe)
    return frame.evaluate(CHECK, RULES)


def closed(page, chat):
    chat.get_by_role("button", name="Hide").click()


def opened(page, chat):
    expect(chat.locator(".choices").first).to_be_visible()


def contacts(page, chat):
    say(chat, "my husband hits me and my ex follows me")
    chat.locator("summary").first.click()


def emergency(page, chat):
    say(chat, "he is breaking in with a hammer right now")


def suicidal(page, chat):
    say(chat, "i want to end my life")


def awaiting(page, chat):
    page.route("**/chat/message", lambda route: None)
    chat.locator("#text").fill("hello")
    chat.locator("#text").press("Enter")
    expect(chat.locator("#dots")).to_be_visible()


def fault(page, chat):
    page.route("**/chat/message", lambda route: route.abort())
    say(chat, "hello")


def too_long(page, chat):
    chat.locator("#text").fill("a" * 2003)


def reading(page, chat):
    chat.locator("#traces").click()
    expect(chat.locator("#about h2").first).to_be_visible()


STATES = [closed, opened, contacts, emergency, suicidal, awaiting, fault, too_long, reading]


@pytest.mark.parametrize("state", STATES)
def test_the_rules_find_nothing_in_any_state(new_page, site, axe, state):
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page = new_page(size, color_scheme=scheme, bypass_csp=True)
        chat = open_chat(page, site.address)
        state(page, chat)
        assert violations(page.main_frame, axe) == []
        assert violations(chat, axe) == []


@pytest.mark.parametrize("address", ["/", "/chat", "/leaving"])
def test_the_rules_find_nothing_on_the_pages(new_page, site, axe, address):
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page = new_page(size, color_scheme=scheme, bypass_csp=True)
        page.goto(site.address + address)
        assert violations(page.main_frame, axe) == []


def test_the_rules_find_nothing_where_the_chat_cannot_be_reached(new_page, hosts, server, axe):
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        body = f'<body><main><h1>A</h1></main><script src="{server.address}/widget.js" async></script>'
        page.goto(hosts.put("/unreached", body))
        page.get_by_role("button", name="Help and advice").click()
        expect(page.locator(".wait")).to_contain_text("can't be reached", timeout=10_000)
        assert violations(page.main_frame, axe) == []


# By keyboard alone

FOCUSED = """() => { let e = document.activeElement; while (e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
    return (e.textContent || e.id || e.tagName).trim(); }"""


def tab_to(page, frame, name: str, most: int = 40) -> None:
    for _ in range(most):
        if frame.evaluate(FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {name}")


def test_a_conversation_by_keyboard_alone(page, site):
    page.goto(site.address)
    page.get_by_role("button", name="Help and advice").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Leave this site", "the exit comes first"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Help and advice"
    page.keyboard.press("Enter")
    page.locator("iframe").wait_for(state="visible")
    chat = page.frames[1]
    expect(chat.locator("#text")).to_be_focused()
    page.keyboard.type("my husband hits me")
    page.keyboard.press("Enter")
    expect(chat.locator("#log .reply")).to_have_count(2, timeout=20_000)
    expect(chat.locator("#text")).to_be_focused()
    page.keyboard.press("Shift+Tab")  # Start again
    page.keyboard.press("Shift+Tab")  # the last choice
    assert chat.evaluate("document.activeElement.name") == "choice"
    page.keyboard.press("Enter")
    expect(chat.locator("#log .reply")).to_have_count(3, timeout=20_000)
    expect(chat.locator("#text")).to_be_focused()
    # Out of the chat at its end, into the page, and round again: nothing holds the focus.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A", "the focus is in the host page"
    page.keyboard.press("Shift+Tab")
    expect(chat.locator("#send")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(FOCUSED) == "Leave this site":
            break
    assert page.evaluate(FOCUSED) == "Leave this site"
    page.keyboard.press("Enter")
    left(page)


def test_the_talk_scrolls_by_keyboard(new_page, site):
    page = new_page(PHONE)
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    talk = chat.locator("#talk")
    talk.focus()
    before = talk.evaluate("talk => talk.scrollTop")
    page.keyboard.press("Home")
    page.wait_for_timeout(200)
    assert talk.evaluate("talk => talk.scrollTop") < before


def test_every_stop_of_the_keyboard_is_seen(any_page, site):
    chat = open_chat(any_page, site.address)
    say(chat, "my husband hits me")
    stops = chat.locator("a[href]:visible, button:visible, textarea:visible, summary:visible, #talk")
    assert stops.count() > 8
    for stop in stops.all():
        stop.focus()
        any_page.keyboard.press("Shift")  # so that the browser takes it for a keyboard's focus
        width, style = stop.evaluate("e => { const s = getComputedStyle(e); return [parseFloat(s.outlineWidth), s.outlineStyle]; }")
        assert width >= 2 and style == "solid", stop.evaluate("e => e.outerHTML")
        any_page.keyboard.press("a") if stop.evaluate("e => e.id") == "text" else any_page.keyboard.press("Control")


def test_targets_are_large_enough(any_page, site):
    chat = open_chat(any_page, site.address)
    say(chat, "my husband hits me")
    assert any_page.get_by_role("link", name="Leave this site").bounding_box()["height"] >= 44
    for target in chat.locator("button:visible, .deeds a:visible, .danger a, summary:visible").all():
        box = target.bounding_box()
        assert box["height"] >= 24 and box["width"] >= 24, target.evaluate("e => e.outerHTML")
    for target in chat.locator(".choices button, .deeds a, .deeds button, #send").all():
        assert target.bounding_box()["height"] >= 44


def test_replies_are_announced_politely_and_emergencies_at_once(page, site):
    chat = open_chat(page, site.address)
    assert chat.locator("#log").get_attribute("role") == "log"
    say(chat, "my husband hits me")
    expect(chat.get_by_role("alert")).to_be_empty()
    say(chat, "help he has a knife")
    expect(chat.get_by_role("alert")).to_contain_text("999")
    assert chat.locator("html").get_attribute("lang") == "en"
    assert all(turn.startswith(("Guide: ", "You: ")) for turn in chat.locator("#log .turn").all_text_contents())
    chat.get_by_role("button", name="Start again").click()
    expect(chat.get_by_role("alert")).to_be_empty()


def wide(frame) -> int:
    return frame.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth")


# 1280 by 1024 at 400 %, as the guidelines count it, and a phone on its side.
@pytest.mark.parametrize("size", [{"width": 320, "height": 256}, {"width": 640, "height": 320}], ids=["400%", "sideways"])
def test_with_little_room_everything_can_be_reached_without_scrolling_sideways(new_page, site, size):
    page = new_page(size)
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    assert wide(page.main_frame) == 0 and wide(chat) == 0
    chat.locator("#send").scroll_into_view_if_needed()
    expect(chat.locator("#send")).to_be_in_viewport()
    assert page.get_by_role("link", name="Leave this site").bounding_box()["y"] < 44
    for address in ("/chat", "/leaving"):
        page.goto(site.address + address)
        assert wide(page.main_frame) == 0
        expect(page.get_by_role("link", name="Leave this site")).to_be_in_viewport()


def test_the_text_follows_the_browser_s_own_size(playwright, site, tmp_path):
    from tests.browser.conftest import QUIET, chromium

    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text('{"webkit": {"webprefs": {"default_font_size": 32}}}', encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(str(tmp_path), executable_path=chromium(), args=QUIET, viewport=PHONE)
    page = context.pages[0]
    page.goto(f"{site.address}/chat")
    assert page.locator("#log p").first.evaluate("e => getComputedStyle(e).fontSize") == "32px"
    assert wide(page.main_frame) == 0
    context.close()


def test_high_contrast_keeps_edges_and_words(new_page, site):
    page = new_page(forced_colors="active")
    chat = open_chat(page, site.address)
    say(chat, "he is breaking in with a hammer right now")
    for part in (".alarm", ".alarm a", ".you", "#send", "textarea"):
        assert chat.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)") >= 1, part
    page.goto(f"{site.address}/leaving")
    assert page.locator("a.exit").evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)") >= 1


def test_nothing_moves_for_who_asked_for_that(new_page, site):
    page = new_page(reduced_motion="reduce")
    chat = open_chat(page, site.address)
    assert chat.locator("#dots span").first.evaluate("e => getComputedStyle(e).animationName") == "none"


def test_it_turns_round_for_languages_from_right_to_left(any_page, site):
    chat = open_chat(any_page, site.address)
    say(chat, "my husband hits me")
    left_to_right = chat.locator("#send").bounding_box()["x"], chat.locator("#log .you").bounding_box()["x"]
    chat.evaluate("document.documentElement.dir = 'rtl'")
    right_to_left = chat.locator("#send").bounding_box()["x"], chat.locator("#log .you").bounding_box()["x"]
    assert right_to_left[0] < left_to_right[0] and right_to_left[1] < left_to_right[1]
    assert wide(chat) == 0
    chat.locator("#text").fill("زوجي يضربني")
    chat.locator("#text").press("Enter")
    expect(chat.locator("#log .you p").last).to_have_css("direction", "rtl")


def test_paper_shows_nothing_of_the_talk(page, site):
    chat = open_chat(page, site.address)
    say(chat, "kingfisher he hits me")
    page.emulate_media(media="print")
    assert page.locator("help-widget").evaluate("e => getComputedStyle(e).display") == "none"
    assert chat.locator("body").evaluate("e => getComputedStyle(e).display") == "none"
    page.goto(f"{site.address}/chat")
    assert page.locator("body").evaluate("e => getComputedStyle(e).display") == "none"
