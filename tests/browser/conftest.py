"""A real Chromium, Debian's, driven by Playwright: one browser and one server for the whole folder.

The server allows one other origin to embed it, which is the host server below; the neutral page that leaving leads to stands there
too. Nothing is played in the browser itself: what it sends while a page goes would then be lost.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright

from tests.conftest import Server

HERE = Path(__file__).resolve().parent
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
WEATHER = "**/weather"

# The widget's own shadow root is closed to every script of the page. Most tests look inside, so for them it is opened.
OPEN_ROOTS = """const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function () { return attach.call(this, { mode: "open" }); };"""


class Hosts:
    """Other people's pages, on another origin: what a test puts at an address is served there, `/slow` only once `gate` is open.
    What they send back is `told`."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.told: list[str] = []
        self.pages: dict[str, tuple[str, dict[str, str]]] = {"/weather": ("<!doctype html><title>Weather</title><h1>Weather</h1>", {})}
        hosts = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/slow":
                    hosts.gate.wait(60)
                page, headers = hosts.pages.get(self.path, ("", {}))
                self.send_response(200)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(ConnectionError):  # the browser went elsewhere
                    self.wfile.write(page.encode("utf-8"))

            def do_POST(self) -> None:
                hosts.told.append(self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, path: str, page: str, **headers: str) -> str:
        self.pages[path] = (f"<!doctype html><html lang=en><title>Host</title>{page}", {k.replace("_", "-"): v for k, v in headers.items()})
        return self.origin + path

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="package")
def hosts() -> Iterator[Hosts]:
    running = Hosts()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def site(engine, hosts, tmp_path_factory) -> Iterator[Server]:
    """The service, which the host server's origin may embed; no test has to wait for another's messages."""
    running = Server(
        tmp_path_factory.mktemp("site") / "output.log",
        {"SUPPORT_EMBED_ORIGINS": hosts.origin, "SUPPORT_EXIT_URL": f"{hosts.origin}/weather", "SUPPORT_MESSAGES_PER_MINUTE": "600"},
    )
    yield running
    running.stop()


def chromium() -> str:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("These tests need Chromium: run `make test`, which installs it, or apt-get install chromium.")
    return found


# For this folder only: Playwright runs an event loop in this thread, over which asyncio.run in other tests would trip.
@pytest.fixture(scope="package")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
    yield running
    running.close()


@pytest.fixture()
def new_page(browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own; `failures` is what went wrong on each."""
    contexts: list[BrowserContext] = []

    def make(size: dict[str, int] = DESK, roots_open: bool = True, **options) -> Page:
        context = browser.new_context(viewport=size, locale="en-GB", **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        if roots_open:
            context.add_init_script(OPEN_ROOTS)
        page = context.new_page()
        page.failures = []
        page.on("pageerror", lambda problem: page.failures.append(str(problem)))
        page.on("console", lambda line: page.failures.append(line.text) if line.type == "error" else None)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture()
def page(new_page) -> Page:
    return new_page()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def any_page(new_page, request) -> Page:
    return new_page(request.param)


def open_chat(page: Page, address: str) -> Frame:
    """Opens the chat on the host page at `address`, as a person does, and waits until it can be used."""
    page.goto(address)
    page.get_by_role("button", name="Help and advice").click()
    return chat_of(page)


def chat_of(page: Page) -> Frame:
    page.locator("iframe").wait_for(state="visible")
    [chat] = [frame for frame in page.frames if "/chat" in frame.url]
    expect(chat.locator("#log")).to_contain_text("automated guide")
    return chat


def say(chat: Frame | Page, words: str) -> None:
    """Says it, and waits for the answer."""
    replies = chat.locator("#log .reply")
    before = replies.count()
    chat.locator("#text").fill(words)
    chat.locator("#text").press("Enter")
    expect(replies).to_have_count(before + 1, timeout=20_000)


def left(page: Page) -> None:
    """The browser has left for the neutral page."""
    page.wait_for_url(WEATHER, timeout=10_000)


def until(so: Callable[[], object]) -> None:
    """Waits for what happens outside the browser's pages."""
    for _ in range(200):
        if so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to be")


def forgotten(site: Server, conversation: str) -> None:
    """The server comes to know nothing of the conversation: a beacon that is sent while a page goes is seen by the server alone."""
    body = {"conversation": conversation, "text": ""}
    until(lambda: requests.post(f"{site.address}/chat/message", json=body, timeout=20).status_code == 404)


@pytest.fixture(scope="package")
def axe() -> str:
    """The accessibility rules, as a script."""
    script = HERE / "node_modules/axe-core/axe.min.js"
    if not script.is_file():
        pytest.fail("These tests need the accessibility rules: run `make test`, which installs them.")
    return script.read_text(encoding="utf-8")
