"""Replies as Telegram shows them: escaped, neutral on a locked screen, within the limits, with numbers that can be tapped."""

import re

import pytest

from bot.app import RESPONSES
from bot.channels.telegram import NAME
from bot.channels.telegram.rendering import Part, Renderer, split
from bot.directory import load_directory
from bot.errors import SentencesError
from bot.reply import NamedContact, QuickExit, Reply, ReplyWriter
from bot.sentences import WORDINGS, Choice, Sentences
from bot.settings import read_settings
from tests.telegram.bot_api import LONGEST_TEXT, problems, visible
from tests.telegram.neutral import telling

EXIT = QuickExit("Leave & go", "https://example.org/")
SENTENCES = Sentences(RESPONSES)
DIRECTORY = load_directory(read_settings({}).contacts)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(SENTENCES)


def render(renderer: Renderer, body: str, **more) -> list[Part]:
    parts = renderer.render(Reply(body, EXIT, **more))
    for part in parts:
        markup = {"inline_keyboard": [[{"text": label, "callback_data": value}] for label, value in part.buttons]}
        fields = {"chat_id": 1, "text": part.text, "parse_mode": "HTML", "reply_markup": markup}
        assert problems("sendMessage", fields) == []
        assert visible(part.text, "HTML").endswith(EXIT.text)
        assert part.plain == visible(part.text, "HTML")
    return parts


WRITER = ReplyWriter(SENTENCES, DIRECTORY, NAME, "https://example.org/")


@pytest.mark.parametrize("name", sorted(SENTENCES.names()))
def test_every_sentence_in_every_wording_begins_neutrally_on_a_locked_screen(renderer, name):
    said = {SENTENCES.get(name, NAME, wording).text for wording in WORDINGS}
    for reply in (*(WRITER.write([{"text": text}]) for text in said), WRITER.fault(name)):
        [part] = renderer.render(reply)
        assert telling(part.plain, DIRECTORY) == []


@pytest.mark.parametrize("name", sorted({name for name, channel, _, _ in SENTENCES.every() if channel == NAME}))
def test_what_was_written_for_telegram_is_neutral_as_it_stands(name):
    assert [telling(SENTENCES.get(name, NAME, wording).text, DIRECTORY) for wording in WORDINGS] == [[]] * len(WORDINGS)


@pytest.mark.parametrize("contact", sorted(DIRECTORY))
@pytest.mark.parametrize("field", ["hours", "cost", "when_you_call"])
def test_every_contact_begins_neutrally_on_a_locked_screen(renderer, contact, field):
    entry = {"id": contact, "why": "x"}
    for said in ({"contacts": [entry]}, {"details": contact}, {"numbers": [contact]}, {"facts": {"contacts": [contact], "field": field}}):
        parts = renderer.render(WRITER.write([{"custom": said}]))
        assert [telling(part.plain, DIRECTORY) for part in parts] == [[]] * len(parts)


def test_the_list_of_telling_words_tells():
    assert "999" in telling("Call 999 now.", DIRECTORY)
    assert "samaritans" in telling("Samaritans: call them", DIRECTORY)
    assert telling("Here is an answer to what you just sent. Call 999", DIRECTORY) == []


def test_what_html_would_read_is_escaped(renderer):
    [part] = render(renderer, 'a < b & "c" <script>x</script> &lt;')
    assert "<script>" not in part.text
    assert '"c" <script>x</script> &lt;' in part.plain


def test_a_contact_stands_out_and_its_short_number_can_be_copied(renderer):
    contact = NamedContact("x", "people & you (116 123)", "Call 116 123, day or night.", "why", "116 123")
    [part] = render(renderer, f"Here.\n{contact.line}", contacts=(contact,))
    assert "- <b>People &amp; you (116 123)</b>: Call <code>116 123</code>, day or night." in part.text


def test_a_long_number_can_be_tapped(renderer):
    contact = NamedContact("x", "people", "Call 0808 2000 247, or text 0786 007 7333.", "why", "0808 2000 247")
    [part] = render(renderer, contact.line, contacts=(contact,))
    assert "<b>People</b>: Call 0808 2000 247 (+44 808 2000 247), or text 0786 007 7333 (+44 786 007 7333)." in part.text


@pytest.mark.parametrize("text", ["Call 18001 101.", "on 101.", "In 2024, 90 of 120.", "+44 808 2000 247", "116 123"])
def test_other_figures_stay_as_they_are(renderer, text):
    [part] = render(renderer, text)
    assert text in part.plain


def test_choices_are_buttons_one_a_row_with_the_exit_last(renderer):
    [part] = render(renderer, "Here.", choices=(Choice("One", "one"), Choice("Two", "two:x")))
    assert part.buttons == (("One", "one"), ("Two", "two:x"), ("Exit", "leave_now"))


def test_a_long_reply_is_split_between_paragraphs_and_each_part_keeps_the_promises(renderer):
    paragraphs = [f"Paragraph {number}. " + "Some words & more. " * 40 for number in range(16)]
    parts = render(renderer, "\n\n".join(paragraphs), choices=(Choice("One", "one"),))
    assert len(parts) > 2
    assert [len(part.buttons) for part in parts] == [0] * (len(parts) - 1) + [2]
    whole = "\n".join(part.plain for part in parts)
    for paragraph in paragraphs:
        assert paragraph.strip() in whole
    for part in parts:
        assert telling(part.plain, DIRECTORY) == []
        assert len(part.plain) <= LONGEST_TEXT


@pytest.mark.parametrize("unit", ["x" * 9_000, "word " * 3_000, "é" * 9_000, "😭" * 5_000, "line\n" * 3_000, "<&>" * 4_000])
def test_no_part_is_longer_than_telegram_allows(renderer, unit):
    parts = render(renderer, unit)
    assert len(parts) > 1
    assert sum(part.plain.count(unit[0]) for part in parts) >= unit.count(unit[0])


def test_split_keeps_every_word():
    text = "\n\n".join(f"{number} is a paragraph of some words" for number in range(50))
    pieces = split(text, 100)
    assert all(len(piece) <= 100 for piece in pieces)
    assert re.findall(r"\w+", " ".join(pieces)) == re.findall(r"\w+", text)


def test_a_button_that_is_too_long_for_telegram_stops_the_start(tmp_path):
    for path in RESPONSES.glob("*.yml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "more.yml").write_text(
        f'responses:\n  utter_x:\n  - text: "x"\n    buttons:\n    - title: "y"\n      payload: /{"y" * 65}\n', encoding="utf-8"
    )
    with pytest.raises(SentencesError, match="longer than Telegram allows"):
        Renderer(Sentences(tmp_path))


def test_an_opening_that_hides_too_little_stops_the_start(tmp_path):
    for path in RESPONSES.glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("Here is an answer to what you just sent.", "Here.")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(SentencesError, match="utter_telegram_opening"):
        Renderer(Sentences(tmp_path))
