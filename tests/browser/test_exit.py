"""Leaving quickly: by every way, from everywhere, at once, and so that nothing comes back."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import DESK, OPEN_ROOTS, PHONE, QUIET, chat_of, chromium, forgotten, left, open_chat, say, until

WORDS = "kingfisher he follows me"


def by_escape_in_the_host_page(page, chat):
    page.locator("h1").first.click()
    page.keyboard.press("Escape")


def by_escape_in_the_chat(page, chat):
    chat.locator("#text").press("Escape")


def by_three_shifts_in_the_host_page(page, chat):
    page.locator("h1").first.click()
    for _ in range(3):
        page.keyboard.press("Shift")


def by_three_shifts_in_the_chat(page, chat):
    chat.locator("#text").focus()
    for _ in range(3):
        page.keyboard.press("Shift")


def by_the_link(page, chat):
    page.get_by_role("link", name="Leave this site").click()


def by_the_chat_s_own_link(page, chat):
    chat.locator("a.exit").focus()
    page.keyboard.press("Enter")


def by_the_word(page, chat):
    chat.locator("#text").fill("exit")
    chat.locator("#text").press("Enter")


WAYS = [by_escape_in_the_host_page, by_escape_in_the_chat, by_three_shifts_in_the_host_page, by_three_shifts_in_the_chat, by_the_link,
        by_the_chat_s_own_link, by_the_word]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_leaving_drops_the_conversation_and_back_does_not_return(page, hosts, site, way):
    page.goto("about:blank")
    chat = open_chat(page, hosts.put("/host", f'<body><h1>A page</h1><script src="{site.address}/widget.js" async></script>'))
    with page.expect_response("**/chat/start") as started:
        say(chat, WORDS)
    conversation = started.value.json()["conversation"]
    way(page, chat)
    left(page)
    forgotten(site, conversation)
    page.go_back()
    assert page.url == "about:blank"


@pytest.mark.parametrize("word", ["exit", "EXIT.", " leave ", "Leave"])
def test_the_words_leave_without_waiting_for_the_network(page, site, word):
    chat = open_chat(page, site.address)
    asked = []
    page.route("**/chat/**", lambda route: asked.append(route.request.url))  # answered never
    chat.locator("#text").fill(word)
    chat.locator("#text").press("Enter")
    left(page)
    assert [url for url in asked if not url.endswith("/chat/leave")] == []


def test_words_that_mean_leaving_leave_when_they_are_understood(page, site):
    chat = open_chat(page, site.address)
    chat.locator("#text").fill("get me off this page")
    chat.locator("#text").press("Enter")
    left(page)


def test_leaving_works_while_an_answer_is_awaited(page, site):
    chat = open_chat(page, site.address)
    page.route("**/chat/message", lambda route: None)
    chat.locator("#text").fill(WORDS)
    chat.locator("#text").press("Enter")
    expect(chat.locator("#dots")).to_be_visible()
    chat.locator("#text").press("Escape")
    left(page)


# The host page itself tells what it looks like, because Playwright's looks would wait for the next page.
TELLS = """<script>setInterval(() => {
    const { display } = getComputedStyle(document.documentElement);
    if (document.title !== "Host") navigator.sendBeacon("/told", `${document.title}, ${display}`);
}, 20)</script>"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_covered_before_the_next_one_answers(new_page, hosts, site, size):
    page = new_page(size)
    hosts.put("/slow", "<body>Slow")
    hosts.gate.clear()
    hosts.told.clear()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    line = f'<script src="{site.address}/widget.js" data-exit="{hosts.origin}/slow" async></script>'
    chat = open_chat(page, hosts.put("/covered", f"<body><h1>A page</h1>{TELLS}{line}"))
    with page.expect_response("**/chat/start") as started:
        say(chat, WORDS)
    conversation = started.value.json()["conversation"]
    page.keyboard.press("Escape")  # the focus is in the chat
    forgotten(site, conversation)
    until(lambda: hosts.told)
    page.wait_for_timeout(700)  # nothing sets out a second time on a slow network
    hosts.gate.set()
    page.wait_for_url("**/slow")
    assert set(hosts.told) == {"Loading, none"}
    assert len([url for url in asked if url.endswith("/slow")]) == 1


def test_leaving_twice_is_leaving_once(page, site):
    gone = []
    page.on("request", lambda request: gone.append(request.url) if request.is_navigation_request() and "weather" in request.url else None)
    open_chat(page, site.address)
    page.evaluate("""() => { for (let i = 0; i < 5; i++) window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })); }""")
    left(page)
    assert len(gone) == 1


def test_the_neutral_page_learns_nothing(page, site):
    headers = []
    page.on("request", lambda request: headers.append(request.headers) if "weather" in request.url else None)
    open_chat(page, site.address)
    page.keyboard.press("Escape")
    left(page)
    assert headers and "referer" not in headers[0]


# Keys that mean something else


@pytest.mark.parametrize("where", ["host", "chat"])
def test_escape_that_ends_the_writing_of_a_sign_does_not_leave(page, site, where):
    chat = open_chat(page, site.address)
    frame = page.main_frame if where == "host" else chat
    frame.evaluate("""() => {
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", isComposing: true }));
        window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", keyCode: 229 }));
    }""")
    page.wait_for_timeout(300)
    assert page.url == f"{site.address}/"
    frame.evaluate("""() => void window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))""")
    left(page)


def test_enter_that_ends_the_writing_of_a_sign_does_not_send(page, site):
    chat = open_chat(page, site.address)
    chat.locator("#text").fill("に")
    chat.evaluate("""() => void document.querySelector("#text").dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))""")
    assert chat.locator("#log .you").count() == 0 and chat.locator("#text").input_value() == "に"


def test_escape_that_closes_a_dialog_does_not_leave_and_the_next_one_does(page, hosts, site):
    page.goto(hosts.put("/dialog", f'<body><h1>A page</h1><dialog>Words</dialog><script src="{site.address}/widget.js" async></script>'))
    page.get_by_role("button", name="Help and advice").wait_for()
    page.evaluate("document.querySelector('dialog').showModal()")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()
    page.wait_for_timeout(200)
    assert page.url.startswith(hosts.origin)
    page.keyboard.press("Escape")
    left(page)


def test_escape_that_ends_full_screen_does_not_leave(page, hosts, site):
    page.goto(hosts.put("/full", f'<body><button>Film</button><script src="{site.address}/widget.js" async></script>'))
    page.get_by_role("button", name="Help and advice").wait_for()
    page.evaluate("document.querySelector('button').onclick = () => document.documentElement.requestFullscreen()")
    page.get_by_role("button", name="Film").click()
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.url.startswith(hosts.origin)


def test_capital_letters_are_no_exit(page, site):
    chat = open_chat(page, site.address)
    chat.locator("#text").focus()
    for letter in "HELP":
        page.keyboard.press(f"Shift+{letter}")
    page.wait_for_timeout(200)
    assert page.url == f"{site.address}/"
    assert chat.locator("#text").input_value() == "HELP"


def test_three_shifts_need_to_be_quick(page, site):
    open_chat(page, site.address)
    page.clock.install()
    page.evaluate("""() => {
        for (const timeStamp of [1000, 2000, 6500]) for (const type of ["keydown", "keyup"]) {
            const event = new KeyboardEvent(type, { key: "Shift" });
            Object.defineProperty(event, "timeStamp", { value: timeStamp });
            window.dispatchEvent(event);
        }
    }""")
    assert page.url == f"{site.address}/"


# Where leaving leads, and what comes back


@pytest.mark.parametrize(("given", "leads"), [("{}/cakes", "/cakes"), ("javascript:alert(1)", "/weather")])
def test_the_host_page_says_where_leaving_leads(page, hosts, site, given, leads):
    line = f'<script src="{site.address}/widget.js" data-exit="{given.format(hosts.origin)}" async></script>'
    chat = open_chat(page, hosts.put("/leads", f"<body><h1>A</h1>{line}"))
    assert page.get_by_role("link", name="Leave this site").get_attribute("href") == hosts.origin + leads
    assert chat.locator("a.exit").get_attribute("href") == hosts.origin + leads
    chat.locator("#text").press("Escape")
    page.wait_for_url(hosts.origin + leads)


def test_leaving_from_a_page_that_is_itself_framed_takes_the_whole_window(page, hosts, site):
    inner = hosts.put("/inner", f'<body><h1>A</h1><script src="{site.address}/widget.js" async></script>')
    page.goto(hosts.put("/outer", f'<body><iframe src="{inner}" width=900 height=700></iframe>'))
    page.frame_locator("iframe").get_by_role("link", name="Leave this site").click()
    left(page)


@pytest.fixture()
def remembering(playwright, tmp_path):
    """A browser with its back-forward cache on, which Playwright turns off."""
    context = playwright.chromium.launch_persistent_context(
        str(tmp_path), executable_path=chromium(), args=[*QUIET, "--enable-features=BackForwardCache"],
        ignore_default_args=["--disable-back-forward-cache"], viewport=DESK,
    )  # fmt: skip
    context.add_init_script(OPEN_ROOTS)
    yield context
    context.close()


def test_what_comes_back_from_the_browser_s_memory_is_empty(remembering, hosts, site):
    page = remembering.pages[0]
    host = hosts.put("/memory", f'<body><h1>A page</h1><script src="{site.address}/widget.js" async></script>')
    chat = open_chat(page, host)
    say(chat, WORDS)
    page.evaluate("""() => { window.kept = true; }""")
    page.goto(hosts.put("/other", "<body>Other"))
    page.go_back(wait_until="commit")
    assert page.evaluate("window.kept") is True, "the page did not come from the browser's memory"
    assert len(page.frames) == 1
    chat = open_chat_again(page)
    assert "kingfisher" not in chat.locator("body").inner_text()


def open_chat_again(page):
    page.get_by_role("button", name="Help and advice").click()
    return chat_of(page)


@pytest.mark.parametrize("address", ["/chat", "/leaving"])
def test_the_service_s_own_pages_leave_in_the_same_way(page, site, address):
    page.goto("about:blank")
    for way in ("link", "Escape", "Shift"):
        page.goto(site.address + address)
        if way == "link":
            page.get_by_role("link", name="Leave this site").click()
        for _ in range(3 if way == "Shift" else 1 if way == "Escape" else 0):
            page.keyboard.press(way)
        left(page)
        page.go_back()
        assert page.url != site.address + address


def test_titles_and_icons_are_neutral(page, site):
    for address in ("/", "/chat", "/leaving"):
        page.goto(site.address + address)
        assert page.title() == "Help and advice"
        assert page.locator("link[rel=icon]").get_attribute("href").startswith("data:image/svg+xml")


def test_leaving_is_not_counted_or_logged(page, site):
    chat = open_chat(page, site.address)
    with page.expect_response("**/chat/start") as started:
        say(chat, WORDS)
    before = site.output
    conversation = started.value.json()["conversation"]
    page.keyboard.press("Escape")
    left(page)
    forgotten(site, conversation)
    assert site.output == before
    assert not re.search(r"kingfisher|leave|weather", site.output)


def test_by_default_leaving_leads_to_a_weather_page(server):
    page = requests.get(f"{server.address}/chat", timeout=20).text
    assert re.findall(r'class="exit" href="([^"]+)"', page) == ["https://www.bbc.co.uk/weather"]
