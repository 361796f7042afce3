"""A real Chromium, Debian's, driven by Playwright; the neutral page that leaving leads to is played on the spot."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


# For this folder only: Playwright runs an event loop in this thread, over which asyncio.run in other tests would trip.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("These tests need Chromium: run `make test`, which installs it, or apt-get install chromium.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield running
        running.close()


@pytest.fixture(params=[{"width": 1280, "height": 800}, {"width": 320, "height": 640}], ids=["desk", "phone"])
def page(browser, request) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, locale="en-GB")
    context.route(
        re.compile("^https:"), lambda route: route.fulfill(body="<title>Weather</title><h1>Weather</h1>", content_type="text/html")
    )
    opened = context.new_page()
    opened.failures = []
    opened.on("pageerror", lambda problem: opened.failures.append(str(problem)))
    opened.on("console", lambda line: opened.failures.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
