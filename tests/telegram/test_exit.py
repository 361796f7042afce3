"""The quick exit: what can be deleted is deleted, everything is forgotten, and nothing shows what this was."""

import asyncio
import dataclasses
import threading

import pytest

from bot.channels.telegram import channel
from bot.channels.telegram.memory import EXITED, Memory
from tests.telegram.conftest import Person


def deleted(person) -> list[int]:
    return [message for call in person.proxy.made("deleteMessages", person.chat) for message in call.fields["message_ids"]]


def leave(person, bot, how: str) -> None:
    if how == "button":
        person.tap("leave_now", person.ids()[-1])
    else:
        person.say(how)
    person.proxy.wait(lambda: "Done." in person.texts())


@pytest.mark.parametrize("how", ["/exit", "exit", "Exit.", "button"])
def test_leaving_deletes_both_sides_and_forgets(bot, person, how):
    person.ask("/start")
    person.ask("my husband hits me & says sorry")
    person.ask("/help")
    own = 0 if how == "button" else 1
    sent = person.ids()
    leave(person, bot, how)
    assert set(sent) <= set(deleted(person))
    assert len(deleted(person)) == 2 * 3 + own
    assert deleted(person) == sorted(deleted(person), reverse=True)
    assert person.history() == [person.ids()[-1]]
    # Of all that was, only the neutral line is still there, and known, for the next exit to delete.
    assert bot.kept(person) == [person.ids()[-1]] and not bot.is_open(person)


def test_what_is_left_is_one_neutral_line(bot, person):
    person.ask("/start")
    leave(person, bot, "/exit")
    last = person.received[-1]
    assert last.fields["text"] == "Done."
    assert "reply_markup" not in last.fields and last.fields["disable_notification"] is True


def test_asking_in_words_to_be_gone_leaves_too(bot, person):
    person.ask("/start")
    person.say("leave now")
    person.proxy.wait(lambda: "Done." in person.texts())
    assert person.history() == [person.ids()[-1]]


def test_what_was_not_answered_is_deleted_too(bot, proxy, person):
    person.ask("/start")
    person.send(pinned_message={"message_id": 1, "date": 1_700_000_000, "chat": {"id": person.chat, "type": "private"}})
    leave(person, bot, "/exit")
    assert len(deleted(person)) == 4
    assert person.history() == [person.ids()[-1]]


def test_of_several_exits_one_line_is_left(start_bot, own_proxy, monkeypatch):
    monkeypatch.setattr(channel, "EXITED", dataclasses.replace(EXITED, seconds=0))
    bot = start_bot()
    person = Person(own_proxy)
    for count in (1, 2):
        person.ask("/start")
        person.say("/exit")
        own_proxy.wait(lambda count=count: person.texts().count("Done.") == count)
    bot.settle(person)
    assert person.history() == [person.ids()[-1]]


def test_two_taps_on_exit_are_one(bot, person):
    person.ask("/start")
    for _ in range(2):
        person.tap("leave_now", person.ids()[0])
    person.wait(2)
    person.ask("/language")
    assert person.texts().count("Done.") == 1


def test_after_leaving_a_new_beginning_shows_nothing_of_before(bot, person):
    person.ask("my husband raped me")
    leave(person, bot, "/exit")
    assert "automated" in person.ask("/start")
    person.tap("ask_more_help", person.ids()[-1])
    assert "Rape Crisis" not in person.wait(4)[3]


def test_an_exit_overtakes_answers_that_wait(bot, proxy):
    person = Person(proxy)
    go = threading.Event()
    proxy.fail("sendMessage", chat=person.chat, until=go, status=502)
    person.say("my husband hits me")
    proxy.wait(lambda: [call for call in proxy.calls if call.method == "sendMessage" and call.chat == person.chat])
    person.say("what is emerald")
    person.say("/exit")
    proxy.wait(lambda: bot.channel.lanes._lanes[person.chat].leaving.is_set())
    go.set()
    proxy.wait(lambda: "Done." in person.texts())
    assert person.texts() == ["Done."]
    assert len(deleted(person)) == 3


def test_an_exit_does_not_wait_until_telegram_takes_an_earlier_answer(bot, proxy):
    person = Person(proxy)
    proxy.fail("sendMessage", chat=person.chat, status=429, retry_after=30)
    person.say("hello")
    proxy.wait(lambda: [call for call in proxy.calls if call.method == "sendMessage" and call.chat == person.chat])
    person.say("/exit")
    proxy.wait(lambda: deleted(person), 10)


def test_hundreds_of_messages_are_deleted_in_batches(bot, proxy, person):
    conversation = bot.channel.conversation(person.chat)
    asyncio.run(Memory(bot._engine.keeper).add(conversation, range(100_001, 100_351)))
    leave(person, bot, "/exit")
    batches = [len(call.fields["message_ids"]) for call in proxy.made("deleteMessages", person.chat)]
    assert batches == [100, 100, 100, 51]


def test_what_telegram_will_not_delete_together_is_deleted_one_by_one(bot, proxy, person):
    person.ask("/start")
    proxy.fail("deleteMessages", chat=person.chat, status=400, description="Bad Request: message can't be deleted")
    leave(person, bot, "/exit")
    assert person.history() == [person.ids()[-1]]
    assert len(proxy.made("deleteMessage", person.chat)) == 3


def test_an_old_server_without_deletion_in_batches(bot, proxy, person):
    person.ask("/start")
    proxy.fail("deleteMessages", chat=person.chat, status=404, description="Not Found")
    leave(person, bot, "/exit")
    assert person.history() == [person.ids()[-1]]


def test_what_could_not_be_deleted_can_be_tried_again(start_bot, own_proxy):
    bot = start_bot(patience=0)
    person = Person(own_proxy)
    person.ask("/start")
    own_proxy.fail("deleteMessages", status=502)
    own_proxy.fail("deleteMessage", status=502)
    leave(person, bot, "/exit")
    assert len(bot.kept(person)) == 4 and not bot.is_open(person)
    person.say("/exit")
    own_proxy.wait(lambda: len(deleted(person)) == 5)
    person.ask("/language")
    assert len(bot.kept(person)) == 2


@pytest.mark.parametrize(("line", "left"), [("See you & <soon>", ["See you & <soon>"]), ("none", [])])
def test_the_line_that_is_left_can_be_changed(start_bot, own_proxy, line, left):
    start_bot(TELEGRAM_EXIT_LINE=line)
    person = Person(own_proxy)
    person.ask("/start")
    person.say("/exit")
    own_proxy.wait(lambda: deleted(person))
    assert person.wait(1 + len(left))[1:] == left
    person.ask("/language")
    assert person.texts()[1:-1] == left
