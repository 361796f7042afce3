"""The workbench, the map and the document of all sentences in a real browser, as staff use them: by keyboard first."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.staff.running import Workbench

ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Light and dark differ in nothing but their colours.
RULES = {"light": {"type": "tag", "values": ALL}, "dark": {"type": "rule", "values": ["color-contrast"]}}
DANGER = "my husband came home drunk, and he says he will kill me tonight"


@pytest.fixture(scope="module")
def workbench(engine, tmp_path_factory):
    running = Workbench(engine, tmp_path_factory.mktemp("workbench"))
    yield running
    running.stop()


def begin(page: Page, workbench: Workbench) -> None:
    page.goto(workbench.address)
    expect(page.locator("#log .reply")).to_have_count(1)


def say(page: Page, words: str) -> None:
    before = page.locator("#log .reply").count()
    page.locator("#text").fill(words)
    page.locator("#text").press("Enter")
    expect(page.locator("#log .reply")).to_have_count(before + 1, timeout=20_000)


def violations(page: Page, axe: str, scheme: str) -> list[str]:
    page.evaluate(axe)
    run = "options => axe.run(document, options).then(found => [found.violations, found.passes.length])"
    found, passed = page.evaluate(run, {"runOnly": RULES[scheme], "resultTypes": ["violations"]})
    assert passed, "no rule had anything to look at"
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def test_a_message_is_laid_open(page, workbench):
    begin(page, workbench)
    expect(page.locator("#text")).to_be_focused()
    say(page, DANGER)
    why = page.locator("#inspector")
    expect(why.locator("mark").first).to_contain_text("kill me tonight")
    for part in ("Clause by clause", "Nearest training messages", "action_signpost", "Someone is in danger now.", "data/rules/"):
        expect(why).to_contain_text(part)
    expect(why.locator(".telegram")).to_contain_text("tap Exit")
    expect(why.locator(".terminal")).to_contain_text("type exit and press Enter")
    page.locator("#text").press("ArrowUp")
    expect(page.locator("#text")).to_have_value(DANGER)
    assert page.failures == []


def test_a_conversation_becomes_a_flow_test_that_can_be_stepped_through(page, workbench):
    begin(page, workbench)
    say(page, "hello")
    page.get_by_role("button", name="Sexual assault or rape").first.click()
    expect(page.locator("#log .reply")).to_have_count(3, timeout=20_000)
    page.get_by_role("button", name="Save as a flow test").click()
    page.get_by_label("What the flow shows").fill("Hello, then a choice")
    expect(page.get_by_label(re.compile("^File name"))).to_have_value("hello_then_a_choice")
    page.get_by_label(re.compile("^File name")).fill("hello_choice")
    page.get_by_label(re.compile("^File name")).press("Enter")
    expect(page.locator("#status")).to_contain_text("saved/test_hello_choice.yml")
    assert (workbench.flows / "saved/test_hello_choice.yml").is_file()
    page.get_by_role("tab", name="Flows").click()
    expect(page.locator("#status")).to_be_empty()
    page.get_by_label("Find").fill("nothing like it")
    expect(page.locator("#flow-list")).to_have_text("None fits.")
    page.get_by_label("Find").fill("HELLO greeting sexual_violence")
    page.get_by_role("button", name="Play Hello, then a choice").click()
    expect(page.locator(".outcome.right")).to_have_text("goes as written", timeout=20_000)
    page.get_by_role("button", name="Step through Hello, then a choice").click()
    page.get_by_role("button", name="Next step").press("Enter")
    expect(page.locator("#steps")).to_contain_text("As written. Next, step 2 of 2", timeout=20_000)
    page.get_by_role("button", name="Next step").press("Enter")
    expect(page.locator("#steps")).to_contain_text("As written. That was the last step.", timeout=20_000)
    assert page.failures == []


def test_what_was_wrong_is_proposed(page, workbench):
    begin(page, workbench)
    say(page, "he is quite near")
    page.get_by_role("button", name="This was wrong").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("emergency").check()
    for box in dialog.get_by_role("checkbox").all():
        box.uncheck()
    dialog.get_by_role("button", name="Propose").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose at least one situation.")
    dialog.get_by_label("immediate_danger").check()
    dialog.get_by_role("button", name="Propose").click()
    expect(page.locator("#status")).to_contain_text("data/review/proposals.yml")
    assert "he is quite near" in workbench.proposals.read_text(encoding="utf-8")


def test_phrases_are_tried_at_once(page, workbench):
    begin(page, workbench)
    page.get_by_role("tab", name="Talk").press("ArrowRight")
    expect(page.get_by_role("tab", name="Phrases")).to_be_focused()
    page.locator("#lines").fill("my husband has a knife => emergency\nhello => thanks\n")
    page.locator("#lines").press("Control+Enter")
    report = page.locator("#tried-report")
    expect(report).to_contain_text("Expectations: 1 of 2 met, 1 missed. Swapped genders: 1 asked again", timeout=20_000)
    expect(report.get_by_role("table", name="Missed").get_by_role("row").last).to_contain_text("hellothanksthanks")


def test_two_models_are_compared(page, workbench, monkeypatch):
    monkeypatch.setattr("bot.staff.compare.read_kept_apart", lambda *_: [])
    monkeypatch.setattr("bot.staff.compare.read_stories", list)
    begin(page, workbench)
    page.get_by_role("tab", name="Compare").click()
    expect(page.locator("#two option:checked")).to_have_text("support.tar.gz")
    page.get_by_role("tabpanel").get_by_role("button", name="Compare").click()
    expect(page.locator("#compare-report")).to_contain_text("Nothing changed.", timeout=60_000)


def test_the_map_shows_what_leads_where(page, workbench):
    page.goto(f"{workbench.address}/map")
    page.get_by_role("link", name="greeting, intent").click()
    expect(page.locator("#part")).to_contain_text("domain.yml, line")
    expect(page.locator("g.node.near", has_text="Hello").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#part")).to_be_empty()
    page.locator("#find").fill("emerald")
    page.locator("#find").press("Enter")
    expect(page.locator("#part")).to_contain_text("emerald")
    assert page.failures == []


def test_all_sentences_can_be_printed(page, workbench):
    page.goto(f"{workbench.address}/sentences")
    page.emulate_media(media="print")
    expect(page.locator("body")).to_contain_text("Take care of yourself.")
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_map_is_one_page_on_paper(page, workbench):
    page.goto(f"{workbench.address}/map")
    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_rules_find_nothing(new_page, workbench, axe, scheme):
    page = new_page(color_scheme=scheme)
    begin(page, workbench)
    say(page, DANGER)
    assert violations(page, axe, scheme) == []
    page.get_by_role("button", name="This was wrong").click()
    assert violations(page, axe, scheme) == []
    page.keyboard.press("Escape")
    for tab in ("Phrases", "Flows", "Compare"):
        page.get_by_role("tab", name=tab).click()
        assert violations(page, axe, scheme) == [], tab
    for document in ("map", "sentences"):
        page.goto(f"{workbench.address}/{document}")
        assert violations(page, axe, scheme) == [], document


def test_it_fits_a_narrow_window(new_page, workbench):
    page = new_page(PHONE)
    begin(page, workbench)
    say(page, DANGER)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.locator("#log .reply").last).to_be_in_viewport()
    page.get_by_role("button", name="Why?").last.click()
    expect(page.get_by_role("heading", name="Why it answered so")).to_be_in_viewport()
