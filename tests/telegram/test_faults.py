"""When Telegram, the network, the store or the bot itself fails: nothing is lost, nothing is said twice, nobody waits for others."""

import dataclasses
import threading
import time

import pytest

from bot.channels.telegram import polling
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.incoming import Incoming, Kind
from bot.errors import SettingsError, StoreUnreachable
from tests.telegram.conftest import Person, buttons


def tried(proxy, person) -> list:
    return [call for call in proxy.calls if call.method == "sendMessage" and call.chat == person.chat]


def test_telegram_asks_to_wait_and_is_obeyed_while_others_are_answered(bot, proxy):
    slow, other = Person(proxy), Person(proxy)
    proxy.fail("sendMessage", chat=slow.chat, status=429, retry_after=1)
    slow.say("/language")
    proxy.wait(lambda: tried(proxy, slow))
    assert "English" in other.ask("/language")
    assert slow.received == []
    slow.wait()
    first, second = tried(proxy, slow)
    assert second.at - first.at >= 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502}, {"status": None}], ids=str)
def test_what_fails_on_the_way_is_tried_again_and_said_once(bot, proxy, person, fault):
    proxy.fail("sendMessage", chat=person.chat, times=2, **fault)
    assert "English" in person.ask("/language")
    bot.settle(person)
    assert len(tried(proxy, person)) == 3 and len(person.received) == 1


def test_patience_has_an_end_and_the_next_message_is_answered(start_bot, own_proxy, caplog):
    start_bot(patience=0.6)
    person = Person(own_proxy)
    own_proxy.fail("sendMessage", chat=person.chat, times=2, status=502)
    person.say("/language")
    own_proxy.wait(lambda: len(tried(own_proxy, person)) == 2)
    assert "automated" in person.ask("/start")
    assert "telegram_reply_lost kind=NetworkError" in caplog.text


def test_a_form_that_telegram_refuses_still_brings_the_words(bot, proxy, person):
    proxy.fail("sendMessage", chat=person.chat, status=400, description="Bad Request: can't parse entities")
    text = person.ask("/contacts")
    assert "0800 555 111" in text and "<" not in text
    assert "parse_mode" not in person.received[0].fields and "reply_markup" not in person.received[0].fields


@pytest.mark.parametrize("what", ["sendChatAction", "answerCallbackQuery", "setMyCommands"])
def test_what_only_adorns_may_fail(bot, proxy, person, what):
    proxy.fail(what, status=400)
    person.tap("domestic_abuse")
    assert "Emerald" in person.wait()[0]
    proxy._faults[what].clear()


def test_who_blocks_the_bot_is_forgotten(bot, proxy, person):
    person.ask("my husband hits me")
    assert bot.is_open(person) and bot.kept(person)
    proxy.fail("sendMessage", chat=person.chat, status=403, description="Forbidden: bot was blocked by the user")
    person.say("/language")
    proxy.wait(lambda: len(tried(proxy, person)) == 2)
    assert not bot.is_open(person) and bot.kept(person) == []


def test_telegram_tells_of_a_block_and_the_chat_is_forgotten(bot, proxy, person):
    person.ask("my husband hits me")
    me = {"id": 666, "first_name": "Bot", "is_bot": True}
    sam = {"id": person.chat, "first_name": "Sam", "is_bot": False}
    change = {
        "chat": {"id": person.chat, "type": "private"}, "from": sam, "date": 1_700_000_000,
        "old_chat_member": {"user": me, "status": "member"}, "new_chat_member": {"user": me, "status": "kicked", "until_date": 0},
    }  # fmt: skip
    proxy.inject("my_chat_member", change)
    proxy.wait(lambda: not bot.is_open(person))
    assert bot.kept(person) == []


def test_the_network_goes_and_comes_back(bot, proxy):
    people = [Person(proxy) for _ in range(4)]
    people[0].ask("/language")
    proxy.down = True
    for person in people:
        person.say("/help")
        person.say("/language")
    time.sleep(1.2)
    proxy.down = False
    for person in people[1:]:
        assert ["/forget" in text for text in person.wait(2, 60)] == [True, False]
    people[0].wait(3, 60)
    bot.settle(people[0])
    assert [len(person.received) for person in people] == [3, 2, 2, 2]


def test_the_network_goes_just_when_updates_were_on_their_way(bot, proxy, person):
    proxy.fail("getUpdates", status=None, after=True, times=2)
    assert "English" in person.ask("/language")
    person.ask("/help")
    assert len(person.received) == 2


def test_the_very_same_update_again_is_not_answered_again(bot, proxy, person):
    person.say("/language")
    person.wait()
    update = {"message": {"message_id": 5, "date": 1_700_000_000, "chat": {"id": person.chat, "type": "private"}, "text": "/language"}}
    proxy.repeat(update)
    person.wait(2)
    person.ask("/help")
    assert len(person.received) == 3


def test_killed_in_the_middle_of_an_update_it_answers_after_the_restart(start_bot, own_proxy):
    person, go = Person(own_proxy), threading.Event()
    killed = start_bot()
    own_proxy.fail("sendMessage", until=go, status=None)
    person.say("/language")
    own_proxy.wait(lambda: tried(own_proxy, person))
    killed.kill()
    go.set()
    assert person.received == []
    start_bot()
    assert "English" in person.wait()[0]
    person.ask("/help")
    assert len(person.received) == 2


def test_killed_in_the_middle_of_an_exit_it_deletes_after_the_restart(start_bot, own_proxy):
    person, go = Person(own_proxy), threading.Event()
    killed = start_bot()
    person.ask("my husband hits me")
    own_proxy.fail("deleteMessages", until=go, status=None)
    person.say("/exit")
    own_proxy.wait(lambda: any(call.method == "deleteMessages" for call in own_proxy.calls))
    killed.kill()
    go.set()
    start_bot()
    own_proxy.wait(lambda: "Done." in person.texts())
    assert person.history() == [person.ids()[-1]]


def test_killed_before_an_answer_is_confirmed_it_does_not_answer_again_where_the_store_lives_on(start_bot, own_proxy):
    person, slow, go = Person(own_proxy), Person(own_proxy), threading.Event()
    killed = start_bot()
    own_proxy.fail("sendMessage", chat=slow.chat, until=go, status=None)
    slow.say("/language")
    own_proxy.wait(lambda: tried(own_proxy, slow))
    # Worked off, but not confirmed: an earlier update is not done yet.
    person.ask("/language")
    own_proxy.wait(lambda: len(killed.channel.lanes.unfinished()) == 1)
    killed.kill()
    go.set()
    start_bot()
    slow.wait()
    person.ask("/help")
    assert (len(slow.received), len(person.received)) == (1, 2)


def test_stopped_in_the_middle_it_finishes_what_it_began(start_bot, own_proxy):
    person, go = Person(own_proxy), threading.Event()
    stopped = start_bot()
    own_proxy.fail("sendMessage", until=go, status=502)
    person.say("/language")
    own_proxy.wait(lambda: tried(own_proxy, person))
    threading.Timer(0.3, go.set).start()
    stopped.stop()
    assert len(person.received) == 1
    start_bot()
    person.ask("/help")
    assert len(person.received) == 2


def test_one_chat_that_telegram_holds_back_holds_back_no_other(start_bot, own_proxy, monkeypatch):
    monkeypatch.setattr(polling, "STUCK_SECONDS", 0.2)
    stuck, others = Person(own_proxy), [Person(own_proxy) for _ in range(5)]
    start_bot()
    own_proxy.fail("sendMessage", chat=stuck.chat, status=429, retry_after=50)
    stuck.say("/language")
    own_proxy.wait(lambda: tried(own_proxy, stuck))
    for _ in range(25):
        for person in others:
            person.say("/language")
    for person in others:
        person.wait(25, 60)
    assert [len(person.received) for person in others] == [25] * 5


def test_what_comes_again_because_it_is_not_confirmed_is_read_once(start_bot, own_proxy, monkeypatch):
    seen, read = [], TelegramClient.read

    def watched(client, update):
        seen.append(update["update_id"])
        return read(client, update)

    monkeypatch.setattr(TelegramClient, "read", watched)
    person, go = Person(own_proxy), threading.Event()
    start_bot()
    own_proxy.fail("sendMessage", until=go, status=502)
    person.say("/language")
    own_proxy.wait(lambda: len([call for call in own_proxy.made("getUpdates") if call.answer["result"]]) >= 3)
    go.set()
    person.wait()
    assert len(seen) == 1


def test_an_update_that_cannot_be_read_holds_back_no_other(bot, proxy, person, caplog):
    proxy.inject("message", {"zebrafinch": True})
    assert "English" in person.ask("/language")
    assert "telegram_update_unreadable" in caplog.text and "zebrafinch" not in caplog.text


@pytest.fixture()
def strict(engine, monkeypatch):
    """Five messages a minute."""
    monkeypatch.setattr(engine, "settings", dataclasses.replace(engine.settings, messages_per_minute=5))


def test_a_flood_is_slowed_with_one_kind_sentence_and_nobody_else_is(strict, start_bot, own_proxy):
    start_bot()
    flooder, other = Person(own_proxy), Person(own_proxy)
    for _ in range(20):
        flooder.say("/language")
    own_proxy.wait(lambda: len(flooder.received) == 6)
    assert "English" in other.ask("/language")
    texts = flooder.texts()
    assert [("English" in text) for text in texts] == [True] * 5 + [False]
    assert "wait" in texts[5] and "999" in texts[5]


def test_emergencies_are_never_slowed(strict, start_bot, own_proxy):
    bot = start_bot()
    person = Person(own_proxy)
    for _ in range(8):
        person.say("/language")
    # Danger goes ahead of what waits in its chat: said before the flood is answered, it would be one of the five.
    person.wait(6)
    person.say("he has a knife and is coming up the stairs")
    person.say("/language")
    person.tap("immediate_danger")
    texts = person.wait(8)
    bot.settle(person)
    assert "Call 999 now." in texts[6] and "call 999" in texts[7].lower()
    assert len(person.received) == 8


def test_nobody_waits_for_a_chat_that_sends_more_than_telegram_gives_out_at_once(start_bot, own_proxy, monkeypatch):
    monkeypatch.setattr(polling, "STUCK_SECONDS", 600)
    flooder, other, go = Person(own_proxy), Person(own_proxy), threading.Event()
    start_bot()
    own_proxy.fail("sendMessage", chat=flooder.chat, until=go, status=502)
    for _ in range(250):
        flooder.say("/language")
    assert "English" in other.ask("/language")
    assert not flooder.received
    go.set()


def test_danger_does_not_wait_behind_a_flood(start_bot, own_proxy):
    bot = start_bot()
    person, go = Person(own_proxy), threading.Event()
    own_proxy.fail("sendMessage", chat=person.chat, until=go, status=502)
    for _ in range(12):
        person.say("/language")
    person.say("he has a knife and is coming up the stairs")
    own_proxy.wait(lambda: len(bot.channel.lanes.unfinished()) == 13)
    go.set()
    # Second after the one that is being answered, or first, where all came at once.
    assert any("Call 999 now." in text for text in person.wait(2)[:2])


def test_what_cannot_be_looked_at_quickly_keeps_its_place(bot, person, monkeypatch, caplog):
    def fail(_):
        raise ValueError("zebrafinch")

    monkeypatch.setattr(bot.channel._phrases, "find", fail)
    assert not bot.channel._is_urgent(Incoming(1, 1, Kind.WORDS, "he has a knife"))
    assert "telegram_urgency_unknown kind=ValueError" in caplog.text and "zebrafinch" not in caplog.text


def test_what_follows_an_emergency_is_never_slowed(strict, start_bot, own_proxy):
    start_bot()
    person = Person(own_proxy)
    for _ in range(8):
        person.say("he has a knife and is coming up the stairs")
    person.say("zebrafinch")
    last = person.wait(9)[8]
    assert "999" in last and "wait a minute" not in last


def test_what_is_too_much_is_read_and_not_announced(strict, start_bot, own_proxy):
    bot = start_bot()
    person = Person(own_proxy)
    for _ in range(7):
        person.say("what is crimestoppers")
    person.send(dice={"emoji": "x", "value": 3})
    person.wait(6)
    person.say("he has a knife and is coming up the stairs")
    assert "Call 999 now." in person.wait(7)[6]
    bot.settle(person)
    assert len(own_proxy.made("sendChatAction", person.chat)) == 5
    assert len(bot.kept(person)) == 9 + 7


@pytest.mark.parametrize("words", ["/exit", "leave now"])
def test_leaving_is_never_slowed(strict, start_bot, own_proxy, words):
    start_bot()
    person = Person(own_proxy)
    for _ in range(8):
        person.say("/language")
    person.wait(6)
    person.say(words)
    own_proxy.wait(lambda: "Done." in person.texts())
    assert person.history() == [person.ids()[-1]]


def test_a_refused_token_ends_it_with_one_sentence(start_bot, own_proxy):
    bot = start_bot()
    own_proxy.fail("getUpdates", status=401, description="Unauthorized", times=9)
    own_proxy.wait(lambda: bot.problem)
    assert isinstance(bot.problem, SettingsError)
    assert "TELEGRAM_BOT_TOKEN" in str(bot.problem) and own_proxy.token not in str(bot.problem)


def test_another_process_that_polls_is_named_and_waited_for(bot, proxy, person, caplog):
    proxy.fail("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    assert "English" in person.ask("/language")
    person.ask("/help")
    proxy.wait(lambda: "telegram_polled_elsewhere" in caplog.text)


def test_a_store_out_of_reach_costs_no_answer(engine, start_bot, own_proxy, monkeypatch, caplog):
    bot = start_bot()
    person = Person(own_proxy)

    async def fail(*_, **__):
        raise StoreUnreachable

    for name in ("put_new", "replace", "get", "forget", "admit", "add", "numbers"):
        monkeypatch.setattr(engine.keeper, name, fail)
    assert "999" in person.ask("my husband hits me")
    person.say("/exit")
    assert person.wait(2)[1] == "Done."
    bot.settle(person)
    assert "telegram_memory_failed kind=StoreUnreachable" in caplog.text


def test_whatever_breaks_inside_the_person_gets_999_and_the_way_out(bot, person, monkeypatch, caplog):
    async def fail(*_):
        raise ValueError("zebrafinch")

    monkeypatch.setattr(bot.channel._answers, "reply", fail)
    text = person.ask("my husband hits me")
    assert "999" in text and "101" in text and text.endswith("That deletes these messages.")
    assert buttons(person.received[0])[-1] == ("Exit", "leave_now")
    assert "telegram_answer_failed kind=ValueError" in caplog.text and "zebrafinch" not in caplog.text
