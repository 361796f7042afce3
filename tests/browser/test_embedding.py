"""One line on somebody else's page: another origin, a strict policy, hostile styles, banners, scripts that read everything."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, left, open_chat, say


def line(site, **data: str) -> str:
    attributes = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<script src="{site.address}/widget.js" async{attributes}></script>'


def test_it_works_under_the_host_s_strict_policy(any_page, hosts, site):
    policy = f"default-src 'none'; script-src {site.address}; frame-src {site.address}; base-uri 'none'; require-trusted-types-for 'script'"
    chat = open_chat(any_page, hosts.put("/strict", f"<body><h1>A</h1>{line(site)}", Content_Security_Policy=policy))
    say(chat, "my husband hits me")
    expect(chat.locator(".card").first).to_be_visible()
    box = any_page.get_by_role("link", name="Leave this site").bounding_box()
    assert box["height"] >= 44
    assert any_page.failures == []


def test_it_shows_once_where_it_is_embedded_twice(page, hosts, site):
    page.goto(hosts.put("/twice", f"<head>{line(site)}</head><body><h1>A</h1>{line(site)}"))
    page.get_by_role("button", name="Help and advice").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert page.locator("help-widget").count() == 1
    assert page.get_by_role("link", name="Leave this site").count() == 1


HOSTILE = """<style>
* { all: unset !important; display: none !important; color: lime !important; font: 3px cursive !important; position: static !important;
    transform: rotate(3deg) !important; opacity: .1 !important; visibility: hidden !important; pointer-events: none !important; }
help-widget { display: none !important; z-index: -1 !important; inset: 50% !important; filter: blur(9px) !important; }
html, body { display: block !important; visibility: visible !important; }
a { background: red !important; } button { width: 9px !important; } iframe { height: 1px !important; border: 9px solid red !important; }
</style>"""


def test_other_people_s_styles_do_not_reach_it(new_page, hosts, site):
    boxes = []
    for path, style in (("/calm", ""), ("/hostile", HOSTILE)):
        page = new_page()
        page.goto(hosts.put(path, f"<head>{style}</head><body><h1>A</h1>{line(site)}"))
        page.get_by_role("button", name="Help and advice").click()
        page.locator("iframe").wait_for()
        boxes.append([page.get_by_role("link", name="Leave this site").bounding_box(), page.locator("iframe").bounding_box()])
        styles = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.fontSize, s.opacity, s.transform]; }"
        boxes[-1].append(page.get_by_role("link", name="Leave this site").evaluate(styles))
        page.get_by_role("link", name="Leave this site").click()
        left(page)
    assert boxes[0] == boxes[1]


BANNERS = {
    "fixed": "<div id=banner style='position:fixed;inset:0;z-index:2147483647;background:#fff'>Cookies</div>",
    "popover": "<div id=banner popover=manual style='inset:0;width:100vw;height:100vh'>Cookies</div>",
    "dialog": "<dialog id=banner style='width:100vw;max-width:100vw;height:100vh;max-height:100vh'>Cookies</dialog>",
}
SHOW = {"fixed": "() => {}", "popover": "() => banner.showPopover()", "dialog": "() => banner.showModal()"}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("banner", BANNERS)
def test_the_exit_stays_above_banners_and_can_be_tapped(new_page, hosts, site, banner, size):
    page = new_page(size)
    page.goto(hosts.put(f"/{banner}", f"<body><h1>A</h1>{line(site)}<p style='height:3000px'>Long</p>{BANNERS[banner]}"))
    exit_link = page.get_by_role("link", name="Leave this site")
    exit_link.wait_for()
    page.evaluate(SHOW[banner])
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(100)
    box = exit_link.bounding_box()
    assert 0 <= box["y"] <= size["height"] - box["height"]
    shot = page.screenshot(clip=box)
    assert len(shot) > 600, "there is nothing but the banner where the exit should be"
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    left(page)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_host_page_chooses_side_colour_and_label(page, hosts, site, side):
    page.goto(hosts.put(f"/{side}", f"<body><h1>A</h1>{line(site, position=side, colour='#ffd500', label='Talk to us', language='en')}"))
    launcher = page.get_by_role("button", name="Talk to us")
    box = launcher.bounding_box()
    assert (box["x"] < 100) == (side == "left")
    colours = launcher.evaluate("e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color]; }")
    assert colours == ["rgb(255, 213, 0)", "rgb(0, 0, 0)"]
    launcher.click()
    chat = page.frame_locator("iframe")
    assert chat.locator("#send").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 213, 0)"
    assert page.locator("iframe").get_attribute("title") == "Talk to us"


def test_who_may_not_embed_it_gets_999_and_the_exit_instead(page, hosts, server):
    page.goto(hosts.put("/stranger", f"<body><h1>A</h1>{line(server, exit=f'{hosts.origin}/weather')}"))
    page.get_by_role("button", name="Help and advice").click()
    wait = page.locator(".wait")
    expect(wait).to_contain_text("The chat can't be reached just now", timeout=10_000)
    expect(wait).to_contain_text("press the Escape key or choose Leave this site")
    assert wait.get_by_role("link", name="Call 999").get_attribute("href") == "tel:999"
    wait.get_by_role("button", name="Hide").click()
    expect(page.get_by_role("button", name="Help and advice")).to_be_focused()
    page.get_by_role("link", name="Leave this site").click()
    left(page)


def test_one_setting_says_who_may_embed_it(hosts, site):
    mine = requests.get(f"{site.address}/chat", headers={"Origin": hosts.origin}, timeout=20)
    assert f"frame-ancestors 'self' {hosts.origin}" in mine.headers["Content-Security-Policy"]
    assert mine.headers["Access-Control-Allow-Origin"] == hosts.origin
    assert "Access-Control-Allow-Credentials" not in mine.headers
    stranger = requests.get(f"{site.address}/chat", headers={"Origin": "https://else.example"}, timeout=20)
    assert "Access-Control-Allow-Origin" not in stranger.headers


# What the host's scripts see

READS = """() => {
    const everything = (root) => (root.textContent || "") + [...root.querySelectorAll("*")].map((element) =>
        (element.value || "") + (element.shadowRoot ? everything(element.shadowRoot) : "") +
        (element.contentDocument ? everything(element.contentDocument) : "")).join("");
    const rest = [document.documentElement.outerHTML, window.length, Object.keys(localStorage), document.cookie];
    return everything(document.documentElement) + rest.join(" ");
}"""


def open_unseen(page, address):
    """Opens the chat where not even the test can look inside the loader."""
    page.goto(address)
    page.locator("help-widget").wait_for(state="attached")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_event("frameattached") if len(page.frames) == 1 else None
    chat = page.frames[1]
    expect(chat.locator("#log")).to_contain_text("automated guide")
    return chat


@pytest.mark.parametrize("where", ["own", "other"])
def test_a_script_that_reads_the_whole_page_sees_nothing_of_the_talk(new_page, hosts, site, where):
    page = new_page(roots_open=False)
    spy = """<script>window.heard = []; for (const kind of ["message", "keydown", "input", "focusin", "click"])
        addEventListener(kind, (e) => heard.push([kind, String(e.data), e.key, e.target && e.target.tagName]), true);</script>"""
    address = site.address if where == "own" else hosts.put("/spy", f"<head>{spy}</head><body><h1>A</h1>{line(site)}")
    chat = open_unseen(page, address)
    say(chat, "zebrafinch my boyfriend hits me")
    seen = page.evaluate(READS)
    assert "zebrafinch" not in seen and "Emerald" not in seen and "automated guide to help" not in seen
    assert page.evaluate("document.querySelector('help-widget').shadowRoot") is None
    assert page.evaluate("window.length") == 0
    if where == "other":
        heard = page.evaluate("heard.flat().join(' ')")
        assert "zebrafinch" not in heard and "message" not in heard and "IFRAME" not in heard


def test_the_demo_page_shows_that_it_sees_nothing(new_page, site):
    page = new_page(roots_open=False)
    chat = open_unseen(page, site.address)
    say(chat, "zebrafinch my boyfriend hits me")
    page.get_by_role("button", name="Read the whole page").click()
    expect(page.locator("#seen")).to_contain_text("It can't see anything of the chat.")
    line_to_copy = page.locator("#line").text_content()
    assert line_to_copy == f'<script src="{site.address}/widget.js" async></script>'
    assert page.failures == []


def test_a_message_counts_only_from_the_page_and_the_origin_that_opened_the_chat(page, hosts, site):
    def framed(named: str) -> str:
        return f"<body><h1>A</h1><iframe src='{site.address}/chat#host={named}' width=400 height=700></iframe>"

    greet = """() => { const c = new MessageChannel(); window.ready = false; c.port1.onmessage = () => { window.ready = true; };
        frames[0].postMessage("hello", "*", [c.port2]); return new Promise((done) => setTimeout(() => done(window.ready), 400)); }"""
    page.goto(hosts.put("/wrong", framed("https://else.example")))
    assert page.evaluate(greet) is False
    page.goto(hosts.put("/right", framed(hosts.origin)))
    assert page.evaluate(greet) is True
    page.evaluate("frames[0].postMessage('leave', '*')")
    page.wait_for_timeout(200)
    assert page.url == f"{hosts.origin}/right"
