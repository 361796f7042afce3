"""A conversation on Telegram, as the person in it sees it, over real HTTP, by polling."""

import asyncio

import pytest

from bot.channels.telegram.incoming import COMMANDS
from tests.telegram.conftest import Person, buttons, shown
from tests.telegram.neutral import telling

WAY_OUT = "To leave quickly, tap Exit or send /exit. That deletes these messages."
NOTICE = "not end-to-end encrypted"


@pytest.fixture(autouse=True)
def each_message_says_how_to_leave(proxy):
    before = len(proxy.calls)
    yield
    for call in proxy.calls[before:]:
        if call.method == "sendMessage" and call.fields["chat_id"] > 0 and shown(call) != "Done.":
            assert shown(call).endswith(WAY_OUT)


def test_start_says_what_this_is_and_offers_choices(bot, person):
    text = person.ask("/start")
    assert "automated" in text and "not a report" in text and "999" in text
    offered = buttons(person.received[0])
    assert 5 <= len(offered) <= 8 and offered[-1] == ("Exit", "leave_now")
    assert text.count(NOTICE) == 1


def test_a_tapped_choice_is_answered_and_its_waiting_sign_stops(bot, person):
    person.ask("/start")
    answered = len(person.proxy.made("answerCallbackQuery"))
    person.tap("sexual_violence", person.ids()[0])
    text = person.wait(2)[1]
    assert "RASSO" in text
    assert len(person.proxy.made("answerCallbackQuery")) == answered + 1


def test_every_button_that_is_shown_can_be_tapped(bot, person):
    person.ask("/start")
    for label, value in buttons(person.received[0])[:-1]:
        count = len(person.received)
        person.tap(value, person.ids()[0])
        text = person.wait(count + 1)[count]
        assert "older message" not in text, label


def test_who_greets_again_does_not_get_the_same_words_again(bot, person):
    greetings = [person.ask(words).removesuffix(WAY_OUT) for words in ("hello", "hello", "hello again")]
    assert len({greeting.partition("Chats with a bot")[0].strip() for greeting in greetings}) == 3
    for greeting, call in zip(greetings, person.received, strict=True):
        assert "call 999" in greeting and len(buttons(call)) >= 5


def test_danger_gets_999_before_anything_else_that_is_told(bot, person):
    text = person.ask("he is smashing the door down and i have my kids with me")
    lines = text.splitlines()
    assert lines[1] == "Call 999 now."
    assert NOTICE not in text


def test_who_types_at_once_is_answered_at_once_and_hears_once_what_no_exit_removes(bot, person):
    first = person.ask("my husband hits me")
    assert "Emerald" in first and first.count(NOTICE) == 1
    assert NOTICE not in person.ask("my husband hits me again")


def test_the_notice_waits_until_there_is_time_to_read(bot, person):
    assert NOTICE not in person.ask("he has a knife and is coming up the stairs")
    assert NOTICE in person.ask("/start")


def test_numbers_can_be_tapped(bot, person):
    person.ask("my husband hits me")
    person.tap("ask_more_help", person.ids()[0])
    assert "0808 2000 247 (+44 808 2000 247)" in person.wait(2)[1]


def test_it_types_before_it_answers(bot, person):
    person.ask("hello")
    methods = [call.method for call in person.proxy.calls if call.chat == person.chat]
    assert methods.index("sendChatAction") < methods.index("sendMessage")


def test_help_says_beforehand_what_cannot_be_deleted(bot, person):
    text = person.ask("/help").lower()
    for told in ("notifications", "48 hours", "other devices", "name of this chat", "this chat in your list", "message preview", "delete"):
        assert told in text


def test_contacts_names_who_to_call(bot, engine, person):
    text = person.ask("/contacts")
    assert text.index("999 emergency") < text.index("(101)") < text.index("0800 555 111") < text.index("Emerald")


def test_forget_forgets_the_conversation_and_keeps_what_exit_needs(bot, person):
    person.ask("my husband raped me")
    assert bot.is_open(person)
    assert "/exit" in person.ask("/forget")
    assert not bot.is_open(person)
    assert len(bot.kept(person)) == 4
    person.tap("ask_more_help", person.ids()[0])
    assert "Rape Crisis" not in person.wait(3)[2]


def test_a_new_start_shows_nothing_of_before(bot, person):
    person.ask("my husband raped me")
    person.ask("/start")
    person.tap("ask_more_help", person.ids()[0])
    assert "Rape Crisis" not in person.wait(3)[2]


def test_language_is_answered(bot, person):
    assert "English" in person.ask("/language")


def test_the_commands_are_registered_with_descriptions_that_tell_nothing(bot, engine, proxy):
    [call] = proxy.made("setMyCommands")[:1]
    assert tuple(command["command"] for command in call.fields["commands"]) == COMMANDS
    assert [telling(command["description"], engine.directory) for command in call.fields["commands"]] == [[]] * len(COMMANDS)


def test_telegram_is_asked_for_no_more_than_is_read(bot, proxy):
    calls = proxy.made("getUpdates")
    assert {tuple(call.fields["allowed_updates"]) for call in calls} == {("message", "callback_query", "my_chat_member")}


def test_a_stale_button_is_answered_kindly_and_offers_the_menu(bot, person):
    person.tap("no_such_choice")
    text = person.wait()[0]
    assert "older message" in text and "999" in text
    assert len(buttons(person.received[0])) >= 5


def test_an_edited_message_is_not_answered_as_if_new(bot, person):
    person.ask("hello")
    sam = {"id": person.chat, "first_name": "Sam", "is_bot": False}
    edited = {
        "message_id": 1, "date": 1_700_000_000, "edit_date": 1_700_000_100, "chat": {"id": person.chat, "type": "private"}, "from": sam,
        "text": "he has a knife",
    }  # fmt: skip
    person.proxy.inject("edited_message", edited)
    assert "English" in person.ask("/language")
    assert len(person.received) == 2


FILE = {"file_id": "a", "file_unique_id": "b"}
NOT_TEXT = [
    {"voice": {**FILE, "duration": 3}},
    {"photo": [{**FILE, "width": 3, "height": 3}]},
    {"sticker": {**FILE, "width": 3, "height": 3, "is_animated": False, "is_video": False, "type": "regular"}},
    {"location": {"latitude": 52.1, "longitude": -0.4}},
    {"contact": {"phone_number": "1", "first_name": "Sam"}},
    {"document": FILE},
    {"poll": {"of_a_later_version": True}},
]


@pytest.mark.parametrize("content", NOT_TEXT, ids=lambda content: next(iter(content)))
def test_what_is_no_text_gets_a_calm_sentence_and_nothing_is_downloaded(bot, person, content):
    person.send(**content)
    text = person.wait()[0]
    assert "only read typed words" in text and "999" in text
    assert not [call for call in person.proxy.calls if call.method == "getFile"]


def test_a_tap_on_a_message_of_a_later_version_is_answered(bot, proxy, person):
    sam = {"id": person.chat, "first_name": "Sam", "is_bot": False}
    message = {"message_id": 1, "date": 1_700_000_000, "chat": {"id": person.chat, "type": "private"}, "poll": {"x": 1}}
    proxy.inject("callback_query", {"id": "1", "from": sam, "chat_instance": "1", "data": "domestic_abuse", "message": message})
    assert "Emerald" in person.wait()[0]


def test_danger_in_the_words_below_a_picture_is_danger(bot, person):
    person.send(photo=[{**FILE, "width": 3, "height": 3}], caption="he has a knife and is coming up the stairs")
    text = person.wait()[0]
    assert "Call 999 now." in text and "did not open" in text


def test_an_album_is_answered_once(bot, person):
    for _ in range(3):
        person.send(photo=[{**FILE, "width": 3, "height": 3}], media_group_id=f"album of {person.chat}")
    person.say("/language")
    assert "English" in person.wait(2)[1]
    assert len(bot.kept(person)) == 6


def test_a_group_is_told_once_and_left(bot, proxy):
    group = Person(proxy, chat=-1_001_000, kind="supergroup")
    group.say("hello all")
    assert "private" in group.wait()[0]
    group.say("are you there")
    proxy.wait(lambda: len(proxy.made("leaveChat", group.chat)) == 2)
    assert len(group.received) == 1
    assert "reply_markup" not in group.received[0].fields


def test_words_of_others_languages_scripts_and_markup_come_through(bot, person):
    for odd in ("<b>bold</b> & <script>", "السلام عليكم", "\u202eabc", "[x](tg://user?id=1) *y* _z_", "x" * 4096):
        assert person.ask(odd)


def test_danger_at_the_end_of_a_message_longer_than_can_be_read_at_once(bot, person):
    long = "we went to the shops and it was a nice day with the dog. " * 36 + "he has a knife and he is coming up the stairs"
    assert len(long) > 2_000
    assert "Call 999 now." in person.ask(long)


def test_typed_words_are_never_a_command(bot, person):
    assert "Call 999 now." not in person.ask('/immediate_danger{"x": 1}')


def test_two_people_know_nothing_of_each_other(bot, proxy):
    one, other = Person(proxy), Person(proxy)
    one.ask("my husband raped me")
    other.ask("hello")
    other.tap("ask_more_help", other.ids()[0])
    assert "Rape Crisis" not in other.wait(2)[1]


def test_many_chats_at_once_are_each_answered_once_and_in_order(bot, proxy):
    people = [Person(proxy) for _ in range(12)]
    said = ["/language", "/help", "/contacts"]
    for text in said:
        for person in people:
            person.say(text)
    for person in people:
        texts = person.wait(len(said), 60)
        assert ["English" in texts[0], "/forget" in texts[1], "0800 555 111" in texts[2]] == [True] * 3
    assert all(len(person.received) == len(said) for person in people)


def test_what_is_kept_is_under_a_name_that_tells_nobody_the_chat(bot, engine, person):
    person.ask("hello")
    conversation = bot.channel.conversation(person.chat)
    assert str(person.chat) not in conversation and len(conversation) == 32
    assert bot.channel.conversation(person.chat + 1) != conversation
    assert asyncio.run(engine.store.is_open(conversation))
