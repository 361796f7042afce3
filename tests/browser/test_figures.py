"""Bytes, requests and time, held to what was promised. The figures themselves are printed with `pytest -s`."""

import gzip

import requests
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, chat_of, open_chat, say

FRAME = ["/chat", "/chat.css", "/leave.js", "/chat.js", "/reply.js"]


def test_the_loader_is_small(site):
    script = requests.get(f"{site.address}/widget.js", headers={"Accept-Encoding": "identity"}, timeout=20).content
    print(f"\nloader: {len(script)} bytes, {len(gzip.compress(script))} gzipped")
    assert len(gzip.compress(script)) < 6_000


def test_the_chat_is_small(site):
    whole = packed = 0
    for address in FRAME:
        answer = requests.get(site.address + address, headers={"Accept-Encoding": "identity"}, timeout=20)
        whole += len(answer.content)
        packed += int(requests.get(site.address + address, headers={"Accept-Encoding": "gzip"}, timeout=20).headers["Content-Length"])
    print(f"\nchat: {whole} bytes, {packed} as sent to browsers that unpack gzip")
    assert whole < 40_000 and packed < 16_000


def test_only_this_service_is_asked_and_seldom(page, hosts, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    host = hosts.put("/asked", f'<body><h1>A</h1><script src="{site.address}/widget.js" async></script>')
    page.goto(host)
    page.get_by_role("button", name="Help and advice").wait_for()
    page.wait_for_load_state("networkidle")
    ours = [url for url in asked if not url.startswith((hosts.origin, "data:"))]
    assert ours == [f"{site.address}/widget.js"], "until it is opened, the loader is all"
    page.get_by_role("button", name="Help and advice").click()
    chat = chat_of(page)
    ours = [url.split("#")[0] for url in asked if not url.startswith((hosts.origin, "data:"))]
    assert sorted(ours) == sorted(site.address + address for address in ["/widget.js", *FRAME])
    say(chat, "my husband hits me")
    assert [url for url in asked if not url.startswith((hosts.origin, site.address, "data:"))] == []
    assert len([url for url in asked if url.startswith(site.address)]) == len(FRAME) + 3  # the loader, the start and the message


# A slow phone on a slow network: 1.6 Mbit/s, 150 ms there and back, a processor four times slower.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}


def test_a_slow_phone_can_use_it_soon(new_page, site):
    page = new_page(PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(f"{site.address}/chat", wait_until="commit")
    page.locator("#log .choices button").first.wait_for()
    expect(page.locator("html.scripted #text[rows='1']")).to_be_attached(timeout=15_000)
    painted, ready = page.evaluate("""() => [performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()]""")
    print(f"\nslow phone, /chat: first paint {painted:.0f} ms, can be used after {ready:.0f} ms")
    assert painted < 10_000 and ready < 10_000  # far above what an idle machine measures: the tests' own may be busy
    page.goto(site.address)
    launcher = page.get_by_role("button", name="Help and advice")
    launcher.wait_for()
    print(f"host page: exit and launcher after {page.evaluate('performance.now()'):.0f} ms")
    page.evaluate("performance.mark('tap')")
    launcher.click()
    chat_of(page)
    print(f"from the tap to the chat: {page.evaluate('performance.now() - performance.getEntriesByName(`tap`)[0].startTime'):.0f} ms")


def test_the_widget_moves_nothing_on_the_page(page, hosts, site):
    page.goto(hosts.put("/without", "<body><h1>A</h1><p>Words</p>"))
    places = """[...document.querySelectorAll("h1, p")].map((part) => part.getBoundingClientRect().toJSON())"""
    without = page.evaluate(places)
    open_chat(page, hosts.put("/with", f'<body><h1>A</h1><p>Words</p><script src="{site.address}/widget.js" async></script>'))
    assert page.evaluate(places) == without
