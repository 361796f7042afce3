"""Takes the pictures of the widget that README and docs/embedding.md show, from a running server; a developer's tool.

In: the server's address, and Chromium. Out: docs/pictures/widget-STATE-WIDTH-SCHEME.png, each small.
Example: python scripts/take_pictures.py http://127.0.0.1:8080
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs/pictures"
SIZES = {320: 640, 768: 900, 1280: 800}
SCHEMES = ("light", "dark")


def page(browser: Browser, width: int, scheme: str) -> Page:
    size = {"width": width, "height": SIZES[width]}
    return browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB").new_page()


def keep(shown: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(shown.screenshot(caret="hide"))).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(PICTURES / f"widget-{name}.png", optimize=True)


def say(shown: Page, words: str) -> None:
    [chat] = [frame for frame in shown.frames if "/chat" in frame.url]
    replies = chat.locator("#log .reply")
    before = replies.count()
    chat.locator("#text").fill(words)
    chat.locator("#text").press("Enter")
    expect(replies).to_have_count(before + 1, timeout=20_000)


def open_chat(shown: Page, address: str) -> None:
    shown.goto(address)
    shown.locator("help-widget").wait_for(state="attached")
    for key in ("Tab", "Tab", "Enter"):  # the launcher is in a closed shadow root, which keys reach
        shown.keyboard.press(key)
    shown.wait_for_event("frameattached", predicate=lambda _: True) if len(shown.frames) == 1 else None
    expect(shown.frames[-1].locator("#log")).to_contain_text("automated guide", timeout=20_000)


def main() -> None:
    [address] = sys.argv[1:]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width in SIZES:
            for scheme in SCHEMES:
                shown = page(browser, width, scheme)
                shown.goto(address)
                shown.locator("help-widget").wait_for(state="attached")
                keep(shown, f"closed-{width}-{scheme}")
                open_chat(shown, address)
                keep(shown, f"open-{width}-{scheme}")
                say(shown, "my husband hits me and takes all my money")
                keep(shown, f"contacts-{width}-{scheme}")
                say(shown, "he is at the door now with a knife")
                keep(shown, f"danger-{width}-{scheme}")
                shown.goto(f"{address}/leaving")
                keep(shown, f"leaving-{width}-{scheme}")
                shown.context.close()
        browser.close()


if __name__ == "__main__":
    main()
