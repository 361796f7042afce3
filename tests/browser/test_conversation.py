"""A conversation in the widget, as a person holds it, on a desk and on a phone."""

from playwright.sync_api import expect

from tests.browser.conftest import open_chat, say


def test_a_person_gets_help(any_page, site):
    chat = open_chat(any_page, site.address)
    say(chat, "my husband takes all my money and hits me")
    log = chat.locator("#log")
    expect(log.locator(".card", has_text="Emerald").first).to_be_visible()
    expect(log.locator('a[href="tel:101"]').first).to_be_visible()
    expect(log.locator(".hint").last).to_contain_text("press the Escape key")
    assert any_page.failures == []


def test_danger_shows_one_large_call_and_is_said_at_once(any_page, site):
    chat = open_chat(any_page, site.address)
    say(chat, "he is breaking in with a hammer right now")
    call = chat.locator(".alarm").get_by_role("link", name="Call 999")
    expect(call).to_be_in_viewport()
    assert call.get_attribute("href") == "tel:999"
    assert call.bounding_box()["height"] >= 44
    expect(chat.get_by_role("alert")).to_have_text("Call 999 now.")
    assert chat.locator("#log").get_attribute("aria-live") in (None, "polite")


def test_every_choice_of_the_greeting_gets_an_answer(page, site):
    chat = open_chat(page, site.address)
    labels = chat.locator(".choices button").all_text_contents()
    assert len(labels) >= 4
    for label in labels:
        chat.get_by_role("button", name=label, exact=True).click()
        expect(chat.locator("#log .you")).to_have_text(f"You: {label}")
        expect(chat.locator("#log .reply")).to_have_count(2, timeout=20_000)
        expect(chat.locator("#log .reply").last.locator(".card, .alarm, .choices button").first).to_be_attached()
        chat.get_by_role("button", name="Start again").click()
        expect(chat.locator("#log .reply")).to_have_count(1)


def test_a_card_tells_what_happens_when_you_call(page, site):
    chat = open_chat(page, site.address)
    say(chat, "i want to report a crime without my name")
    card = chat.locator(".card", has_text="Crimestoppers")
    told = card.locator("details p").first
    expect(told).not_to_be_visible()
    card.get_by_text("What happens when you call").click()
    expect(told).to_be_visible()


def test_a_number_is_copied(new_page, site):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    button = chat.locator(".copy").first
    number = button.get_attribute("value")
    button.click()
    expect(button).to_contain_text("Copied")
    expect(chat.locator("#status")).to_have_text(f"Copied: {number}")
    assert chat.evaluate("navigator.clipboard.readText()") == number


def test_a_double_tap_is_sent_once(page, site):
    chat = open_chat(page, site.address)
    sent = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/chat/message") else None)
    chat.locator(".choices button").nth(1).dblclick()
    expect(chat.locator("#log .reply")).to_have_count(2, timeout=20_000)
    chat.locator("#text").fill("hello")
    chat.locator("#send").dblclick()
    expect(chat.locator("#log .reply")).to_have_count(3, timeout=20_000)
    page.wait_for_timeout(300)
    assert len(sent) == 2
    assert chat.locator("#log .you").count() == 2


def test_a_double_tap_that_opens_the_chat_sends_nothing(any_page, site):
    sent = []
    any_page.on("request", lambda request: sent.append(request) if request.url.endswith("/chat/message") else None)
    chat = open_chat(any_page, site.address)
    chat.get_by_role("button", name="Hide").click()
    any_page.get_by_role("button", name="Help and advice").dblclick()  # the second lands on what has just opened
    expect(any_page.locator("iframe")).to_be_visible()
    say(chat, "hello")
    assert len(sent) == 1
    expect(chat.locator("#log .reply")).to_have_count(2)


def test_the_limit_is_shown_before_it_bites(page, site):
    chat = open_chat(page, site.address)
    text, count = chat.locator("#text"), chat.locator("#count")
    text.fill("a" * 1799)
    expect(count).to_be_empty()
    text.fill("a" * 1990)
    expect(count).to_have_text("You can write 10 more letters.")
    text.fill("a" * 2003)
    expect(count).to_have_text("3 letters too many. Please send it in two parts.")
    text.press("Enter")
    assert chat.locator("#log .you").count() == 0
    assert len(text.input_value()) == 2003


def test_enter_sends_and_shift_enter_makes_a_line(page, site):
    chat = open_chat(page, site.address)
    text = chat.locator("#text")
    text.fill("my ex")
    text.press("Shift+Enter")
    text.press_sequentially("follows me")
    assert text.input_value() == "my ex\nfollows me"
    text.press("Enter")
    expect(chat.locator("#log .reply")).to_have_count(2, timeout=20_000)


def test_nothing_typed_gets_the_calm_menu(page, site):
    chat = open_chat(page, site.address)
    chat.locator("#text").press("Enter")
    expect(chat.locator("#log .reply")).to_have_count(2, timeout=20_000)
    assert chat.locator("#log .reply").last.locator(".choices button").count() >= 4


def test_hiding_keeps_the_talk_and_the_place_in_it(page, site):
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    talk = chat.locator("#talk")
    talk.evaluate("talk => talk.scrollTop = 37")
    chat.get_by_role("button", name="Hide").click()
    launcher = page.get_by_role("button", name="Help and advice")
    expect(launcher).to_be_focused()
    expect(page.locator("iframe")).not_to_be_visible()
    launcher.click()
    expect(page.locator("iframe")).to_be_visible()
    assert talk.evaluate("talk => talk.scrollTop") == 37
    expect(chat.locator("#log .reply")).to_have_count(2)


def test_who_has_scrolled_up_is_left_there(page, site):
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    chat.locator("#text").fill("hello")
    page.route("**/chat/message", lambda route: (page.wait_for_timeout(300), route.continue_()))
    chat.locator("#text").press("Enter")
    chat.locator("#talk").evaluate("talk => talk.scrollTop = 0")
    expect(chat.locator("#log .reply")).to_have_count(3, timeout=20_000)
    assert chat.locator("#talk").evaluate("talk => talk.scrollTop") == 0


def test_starting_again_forgets_here_and_on_the_server(page, site):
    chat = open_chat(page, site.address)
    say(chat, "my husband hits me")
    with page.expect_request("**/chat/leave"):
        chat.get_by_role("button", name="Start again").click()
    expect(chat.locator("#log .you")).to_have_count(0)
    expect(chat.locator("#log .choices button").first).to_be_visible()


def test_what_leaving_hides_is_offered_before_the_first_message(any_page, site):
    chat = open_chat(any_page, site.address)
    entries = any_page.evaluate("history.length")
    chat.get_by_role("link", name="What leaving hides").click()
    expect(chat.get_by_role("heading", name="What leaving doesn't hide")).to_be_visible()
    expect(chat.locator("#back")).to_be_focused()
    expect(chat.get_by_text("In danger now?").first).to_be_visible()
    chat.locator("#back").click()
    expect(chat.locator("#traces")).to_be_focused()
    assert any_page.evaluate("history.length") == entries
