"""What an update is, for the bot."""

import pytest
from telegram import Bot, Update

from bot.channels.telegram.incoming import COMMANDS, Incoming, Kind, essence, read

BOT = Bot("1:x")
SAM = {"id": 5, "first_name": "Sam", "is_bot": False}
PRIVATE = {"id": 5, "type": "private", "first_name": "Sam"}
GROUP = {"id": -7, "type": "supergroup", "title": "Friends"}


def message(chat=PRIVATE, **content) -> dict:
    return {"message_id": 9, "date": 1_700_000_000, "chat": chat, "from": SAM, **content}


def incoming(**update) -> Incoming | None:
    read_update = Update.de_json({"update_id": 3, **update}, BOT)
    assert read_update is not None
    return read(read_update)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("he hits me", Kind.WORDS, "he hits me"),
        ("/start", Kind.COMMAND, "start"),
        ("/start anything-from-a-link", Kind.COMMAND, "start"),
        ("/HELP@SomeBot", Kind.COMMAND, "help"),
        ("/forget", Kind.COMMAND, "forget"),
        ("/help he has a knife", Kind.WORDS, "/help he has a knife"),
        ("/unheard_of", Kind.WORDS, "/unheard_of"),
        ("/exit", Kind.EXIT, ""),
        ("/exit now please", Kind.EXIT, ""),
        ("exit", Kind.EXIT, ""),
        (" EXIT! ", Kind.EXIT, ""),
        ("exit exit", Kind.EXIT, ""),
        ("there is no exit", Kind.WORDS, "there is no exit"),
    ],
)
def test_text(text, kind, words):
    assert incoming(message=message(text=text)) == Incoming(3, 5, kind, words, 9)


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 3, "height": 3}]},
        {"sticker": {"file_id": "a", "file_unique_id": "b", "width": 3, "height": 3, "is_animated": False, "is_video": False,
                     "type": "regular"}},
        {"location": {"latitude": 52.1, "longitude": -0.4}},
        {"contact": {"phone_number": "1", "first_name": "Sam"}},
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"video_note": {"file_id": "a", "file_unique_id": "b", "duration": 3, "length": 3}},
        {"dice": {"emoji": "x", "value": 3}},
        {"of_a_later_version": {"x": 1}},
    ],
)  # fmt: skip
def test_what_is_no_text(content):
    assert incoming(message=message(**content)) == Incoming(3, 5, Kind.NOT_TEXT, "", 9)


def test_words_below_a_picture_are_words_and_its_album_is_known():
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 3, "height": 3}]
    found = incoming(message=message(photo=photo, caption="look at this", media_group_id="77"))
    assert found == Incoming(3, 5, Kind.NOT_TEXT, "look at this", 9, album="77")


@pytest.mark.parametrize(
    "content", [{"pinned_message": message(text="x")}, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}}]
)
def test_notices_of_telegram_itself(content):
    assert incoming(message=message(**content)) == Incoming(3, 5, Kind.NOTICE, "", 9)


@pytest.mark.parametrize(
    ("update", "found"),
    [
        ({"message": message(text="he hits me", poll=7)}, Incoming(3, 5, Kind.WORDS, "he hits me", 9)),
        ({"message": message(poll=7)}, Incoming(3, 5, Kind.NOT_TEXT, "", 9)),
        ({"message": message(photo=7, caption="look", media_group_id="77")}, Incoming(3, 5, Kind.NOT_TEXT, "look", 9, album="77")),
        ({"message": message(GROUP, poll=7)}, Incoming(3, -7, Kind.NOT_PRIVATE)),
        ({"callback_query": {"id": "8", "data": "leave_now", "message": message()}}, Incoming(3, 5, Kind.EXIT, "leave_now", 9, tap_id="8")),
    ],
)
def test_the_essence_of_an_update_of_a_later_version(update, found):
    assert read(Update.de_json(essence({"update_id": 3, **update}), BOT)) == found


def test_an_edited_message_is_nothing_new():
    assert incoming(edited_message=message(text="he hits me", edit_date=1_700_000_001)) is None
    assert incoming(channel_post=message(GROUP, text="x")) is None


@pytest.mark.parametrize(("data", "kind"), [("domestic_abuse", Kind.TAP), ("leave_now", Kind.EXIT), ("never offered", Kind.TAP)])
def test_a_tap(data, kind):
    query = {"id": "8", "from": SAM, "chat_instance": "1", "data": data, "message": message(text="x")}
    assert incoming(callback_query=query) == Incoming(3, 5, kind, data, 9, tap_id="8")


def test_a_tap_below_a_message_that_telegram_lost():
    query = {"id": "8", "from": SAM, "chat_instance": "1", "data": "greeting", "message": {"chat": PRIVATE, "message_id": 9, "date": 0}}
    assert incoming(callback_query=query) == Incoming(3, 5, Kind.TAP, "greeting", 9, tap_id="8")


def test_a_tap_of_no_chat_is_nothing():
    assert incoming(callback_query={"id": "8", "from": SAM, "chat_instance": "1", "data": "x", "inline_message_id": "1"}) is None


@pytest.mark.parametrize("text", ["hello", "/start", "exit"])
def test_groups_are_no_place_to_talk(text):
    assert incoming(message=message(GROUP, text=text)) == Incoming(3, -7, Kind.NOT_PRIVATE)


def test_leaving_a_group_is_not_told_again():
    assert incoming(message=message(GROUP, left_chat_member=SAM)) is None


@pytest.mark.parametrize(
    ("chat", "status", "kind"),
    [
        (PRIVATE, "kicked", Kind.BLOCKED),
        (PRIVATE, "member", None),
        (GROUP, "member", Kind.NOT_PRIVATE),
        (GROUP, "administrator", Kind.NOT_PRIVATE),
        (GROUP, "left", None),
        (GROUP, "kicked", None),
    ],
)
def test_membership(chat, status, kind):
    me = {"id": 1, "first_name": "Bot", "is_bot": True}
    new = {"user": me, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    if status == "administrator":
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
            "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
        )
        new.update(dict.fromkeys(rights.split(), False))
    change = {"chat": chat, "from": SAM, "date": 1_700_000_000, "old_chat_member": {"user": me, "status": "left"}, "new_chat_member": new}
    found = incoming(my_chat_member=change)
    assert found == (None if kind is None else Incoming(3, chat["id"], kind))


def test_words_and_chats_are_no_part_of_a_repr():
    shown = repr(Incoming(3, 123456789, Kind.WORDS, "zebrafinch"))
    assert "zebrafinch" not in shown and "123456789" not in shown


def test_exit_is_among_the_commands():
    assert COMMANDS == ("start", "help", "contacts", "exit", "forget", "language")
