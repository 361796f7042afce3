"""Replies: none without the way out, none without 999 where there is harm, all in few and plain words."""

import asyncio
import dataclasses
import itertools
import json
import re
import unicodedata

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.following import ActionServiceInfo
from actions.signposting import OTHER_NATIONS, ActionLeave, ActionMoreHelp, ActionSignpost, ActionWhatNow
from bot.directory import load_directory
from bot.errors import DirectoryError, SentencesError, StartError, VisitorError
from bot.reply import QuickExit, Reply, ReplyWriter
from bot.sentences import Choice, Sentences, value_of
from bot.settings import ROOT
from bot.understanding.labels import EMERGENCY, HARM, SUPPORT

FOLDER = ROOT / "data/responses"
EXIT_URL = "https://www.example.org/weather"

# As they are written, file by file; a channel's own words for a response may stand in another file than those for all.
WRITTEN = {path.name: yaml.safe_load(path.read_text(encoding="utf-8"))["responses"] for path in sorted(FOLDER.glob("*.yml"))}
RESPONSES: dict[str, list[dict]] = {}
for responses in WRITTEN.values():
    for response, written in responses.items():
        RESPONSES.setdefault(response, []).extend(written)
CHANNELS = [variation["channel"] for variation in RESPONSES["utter_quick_exit"]]
# Each response in each channel in which it can be said.
SPOKEN = [
    (name, channel)
    for name, variations in sorted(RESPONSES.items())
    for channel in CHANNELS
    if name != "utter_quick_exit" and {None, channel} & {variation.get("channel") for variation in variations}
]
MOST_FOR_TWO = 95
# Longer than a reply may be, because nobody gets them who did not ask: behind a choice or a command.
ON_REQUEST = {"utter_telegram_help"}
INTENTS = {
    name for entry in yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"] for name in entry
}  # fmt: skip
FAULTS = sorted(WRITTEN["faults.yml"])


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return Sentences(FOLDER)


@pytest.fixture(scope="module")
def directory():
    return load_directory(ROOT / "data/contacts/bedfordshire.yml")


@pytest.fixture(scope="module")
def writers(sentences, directory):
    return {channel: ReplyWriter(sentences, directory, channel, EXIT_URL) for channel in CHANNELS}


def exit_of(channel: str) -> str:
    return next(variation["text"] for variation in RESPONSES["utter_quick_exit"] if variation["channel"] == channel)


def uttered(name: str, channel: str) -> dict:
    """A response as Rasa hands it to a channel."""
    by_channel = {variation.get("channel"): variation for variation in RESPONSES[name] if "condition" not in variation}
    chosen = by_channel.get(channel) or by_channel[None]
    return {"text": chosen["text"], "buttons": chosen.get("buttons", []), "custom": chosen.get("custom")}


def as_routed(action, writer: ReplyWriter, told=(), urgency=SUPPORT, slot=(), services=(), **slots) -> Reply:
    """The reply that an action gives, without a model or an agent: what was understood is put in its hands."""
    latest = {
        "intent": {"name": told[0] if told else "service_info"}, "situations": list(told), "urgency": urgency,
        "entities": [{"entity": "service", "value": service} for service in services],
    }  # fmt: skip
    tracker = Tracker("sender", {"situations": list(slot), **slots}, latest, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    asyncio.run(action.run(dispatcher, tracker, {}))
    messages = []
    for message in dispatcher.messages:
        if message.get("response"):
            messages.append(uttered(message["response"], writer.channel))
        if message.get("custom"):
            messages.append({"custom": message["custom"]})
    return writer.write(messages, told, urgency)


def words(text: str) -> int:
    return len(text.split())


# The way out


def test_there_is_a_way_out_for_the_web_and_the_terminal():
    assert {"web", "terminal"} <= set(CHANNELS)


def test_the_web_names_the_escape_key_and_the_link():
    assert "Escape" in exit_of("web")
    assert "Leave this site" in exit_of("web")


@pytest.mark.parametrize(("name", "channel"), SPOKEN)
def test_whatever_is_said_ends_with_the_way_out(writers, channel, name):
    reply = writers[channel].write([uttered(name, channel)])
    assert reply.text.endswith("\n\n" + exit_of(channel))
    assert reply.text.count(exit_of(channel)) == 1
    assert reply.quick_exit == QuickExit(exit_of(channel), EXIT_URL)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_with_the_way_out_and_names_999_and_101(writers, channel, name):
    reply = writers[channel].fault(name)
    assert reply.text.endswith("\n\n" + exit_of(channel))
    assert "999" in reply.text
    assert [(contact.id, contact.phone) for contact in reply.contacts] == [("999", "999"), ("101", "101")]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_fault_without_a_name_is_something_that_went_wrong(writers, channel):
    assert writers[channel].fault() == writers[channel].fault("utter_something_went_wrong")


@pytest.mark.parametrize("brief", [True, False])
def test_a_hint_stands_before_the_contact_it_is_for(writers, brief):
    entry = {"id": "rasso", "why": "Because.", "hint": "If it was sexual"}
    reply = writers["web"].write([{"custom": {"contacts": [entry], "brief": brief}}])
    assert reply.contacts[0].why == "If it was sexual. Because."
    assert reply.text.startswith("- If it was sexual: the police team for rape and sexual offences (RASSO): ")


def test_what_is_offered_stands_before_the_other_choices_in_words_that_are_used_for_it(writers):
    buttons = [{"title": "Do I need proof?", "payload": "/ask_evidence"}]
    reply = writers["web"].write([{"text": "Yes.", "buttons": buttons}], offered=["ask_secret", "ask_evidence", "no_such_question"])
    assert [(choice.label, choice.value) for choice in reply.choices] == [
        ("Can they keep it secret?", "ask_secret"), ("Do I need proof?", "ask_evidence")
    ]  # fmt: skip
    buttons.insert(0, {"title": "Someone is in danger now", "payload": "/immediate_danger"})
    reply = writers["web"].write([{"text": "Yes.", "buttons": buttons}], offered=["ask_secret"])
    assert [choice.value for choice in reply.choices] == ["immediate_danger", "ask_secret", "ask_evidence"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_leaving_is_the_way_out_and_nothing_else_to_read(writers, channel):
    reply = writers[channel].leaving()
    assert reply.text == exit_of(channel)
    assert reply.situations == ("leave_now",)
    assert (reply.contacts, reply.choices) == ((), ())


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{}],
        [{"text": ""}],
        [{"text": "Words.\n\n"}],
        [{"text": "Words."}, {"text": "More."}],
        [{"custom": {"contacts": [{"id": "emerald", "why": "Because."}]}}],
        [{"custom": {"contacts": []}}],
        [{"custom": {"details": "crimestoppers"}}],
        [{"text": "Words.", "buttons": [{"title": "Hello", "payload": "/greeting"}]}],
        [{"text": "Words."}, {"custom": {"leave": True}}],
        [{"text": "Words."}, {"custom": {"fault": "utter_busy"}}],
        [{"text": "Words.", "custom": None, "buttons": None}],
    ],
    ids=str,
)
def test_however_a_reply_is_put_together_it_ends_with_the_way_out(writers, channel, messages):
    assert writers[channel].write(messages).text.endswith(exit_of(channel))


@pytest.mark.parametrize("arguments", [(), ("Words.",)])
def test_no_reply_can_be_built_without_a_way_out(arguments):
    with pytest.raises(TypeError):
        Reply(*arguments)


@pytest.mark.parametrize("nothing", [None, "", QuickExit("", EXIT_URL), QuickExit("  ", EXIT_URL), QuickExit("Leave.", "")], ids=str)
def test_no_reply_can_be_built_with_an_empty_way_out(nothing):
    with pytest.raises((TypeError, ValueError)):
        Reply("Words.", nothing)


def test_a_reply_cannot_be_changed_afterwards(writers):
    with pytest.raises(dataclasses.FrozenInstanceError):
        writers["web"].leaving().body = "Words."
    with pytest.raises(AttributeError):
        writers["web"].leaving().text = "Words."


def test_there_is_no_writer_for_a_channel_without_a_way_out(sentences, directory):
    with pytest.raises(SentencesError, match="utter_quick_exit"):
        ReplyWriter(sentences, directory, "carrier pigeon", EXIT_URL)


def test_a_directory_that_loads_is_enough_for_the_reply_to_a_fault(tmp_path, sentences):
    path = tmp_path / "force.yml"
    entry = {
        "id": "helper", "name": "a helper", "for_whom": "Anyone.", "how": "Go there.", "aliases": ["helper"],
        "sources": [{"url": "https://example.org/", "dated": "2026"}], "checked": "2026-11-24",
    }  # fmt: skip
    path.write_text(yaml.safe_dump({"force": "A", "area": "B", "contacts": [entry]}), encoding="utf-8")
    try:
        directory = load_directory(path)
    except DirectoryError:
        return  # refused at start, which is as good
    assert "999" in ReplyWriter(sentences, directory, "web", EXIT_URL).fault().text


@pytest.mark.parametrize("kind", VisitorError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_sentence(writers, kind):
    assert "999" in writers["web"].fault(f"utter_{kind.code}").text


# What a reply holds


def test_a_reply_holds_the_contract_s_fields(writers):
    reply = writers["web"].write(
        [
            {"text": "Words.", "buttons": [{"title": "Hello", "payload": "/greeting"}]},
            {"custom": {"contacts": [{"id": "crimestoppers", "why": "Because."}]}},
        ],
        ["domestic_abuse"], SUPPORT,
    )  # fmt: skip
    fields = json.loads(json.dumps(reply.to_dict()))
    assert fields == {
        "text": f"Words.\n- {reply.contacts[0].line[2:]}\n\n{exit_of('web')}",
        "situations": ["domestic_abuse"],
        "urgency": "support",
        "contacts": [{
            "id": "crimestoppers", "name": reply.contacts[0].name, "phone": "0800 555 111", "url": "https://crimestoppers-uk.org",
            "how": reply.contacts[0].how, "why": "Because.",
        }],
        "choices": [{"label": "Hello", "value": "greeting"}],
        "quick_exit": {"text": exit_of("web"), "url": EXIT_URL},
    }  # fmt: skip


def test_what_is_not_known_of_a_contact_is_left_out(writers, directory):
    for contact in directory.values():
        [fields] = writers["web"].write([{"custom": {"details": contact.id}}]).to_dict()["contacts"]
        assert None not in fields.values(), contact.id
        assert {"id", "name", "how", "why"} <= set(fields) <= {"id", "name", "phone", "url", "how", "why"}, contact.id
        assert ("url" in fields) == (contact.url is not None), contact.id


def test_a_contact_that_is_reached_through_another_brings_the_other_s_number(writers):
    [contact] = writers["web"].write([{"custom": {"contacts": [{"id": "emerald", "why": "Because."}]}}]).contacts
    assert contact.phone == "101"
    assert "101" in contact.line


def test_changing_the_fields_that_were_given_out_changes_no_reply(writers):
    reply = writers["web"].write([{"text": "Words.", "buttons": [{"title": "Hello", "payload": "/greeting"}]}])
    before = json.dumps(reply.to_dict())
    given = reply.to_dict()
    given["quick_exit"]["text"] = ""
    given["choices"][0]["label"] = ""
    try:
        assert json.dumps(reply.to_dict()) == before
        assert writers["web"].leaving().text == exit_of("web")
    finally:
        given["quick_exit"]["text"] = exit_of("web")


def test_contacts_stand_in_the_order_in_which_they_were_named(writers):
    entries = [{"id": contact, "why": "Because."} for contact in ("rasso", "emerald", "101")]
    reply = writers["web"].write([{"text": "Words."}, {"custom": {"contacts": entries}}])
    assert [contact.id for contact in reply.contacts] == ["rasso", "emerald", "101"]
    assert reply.text.index("RASSO") < reply.text.index("Emerald") < reply.text.index("(101)")


def test_a_contact_that_the_text_told_of_is_not_told_of_twice(writers):
    reply = writers["web"].write([{"text": "Call 999."}, {"custom": {"contacts": [{"id": "999", "why": "Now."}], "already_told": ["999"]}}])
    assert [contact.id for contact in reply.contacts] == ["999"]
    assert reply.body == "Call 999."


def test_a_contact_that_the_directory_lacks_is_no_quiet_mistake(writers):
    with pytest.raises(KeyError):
        writers["web"].write([{"custom": {"contacts": [{"id": "nobody", "why": "Because."}]}}])


def test_whoever_asks_about_a_service_is_told_its_hours_and_its_cost(writers):
    text = writers["web"].write([{"custom": {"details": "crimestoppers"}}]).text
    assert "Hours: 24 hours a day, every day." in text
    assert "Cost: Free." in text


def test_leaving_and_faults_win_over_everything_else_that_was_said(writers):
    contacts = {"custom": {"contacts": [{"id": "emerald", "why": "Because."}]}}
    assert writers["web"].write([{"text": "Words."}, contacts, {"custom": {"leave": True}}]) == writers["web"].leaving()
    assert writers["web"].write([{"text": "Words."}, contacts, {"custom": {"fault": "utter_busy"}}]) == writers["web"].fault("utter_busy")


# Choices


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        ("/greeting", "greeting"),
        ('/service_info{"service": "emerald"}', "service_info:emerald"),
        ('/service_info{"service": "101"}', "service_info:101"),
        ("greeting", None),
        ("", None),
        ("/", None),
        ("/Greeting", None),
        ("/greeting now", None),
        ("/service_info{}", None),
        ("/service_info{service}", None),
        ('/service_info{"service": "a", "other": "b"}', None),
        ('/service_info{"other": "b"}', None),
        ('/service_info["service"]', None),
    ],
)
def test_a_button_s_payload_becomes_the_value_of_a_choice(payload, value):
    assert value_of(payload) == value


@pytest.mark.parametrize(("name", "channel"), [spoken for spoken in SPOKEN if uttered(*spoken)["buttons"]])
def test_every_button_that_is_written_becomes_a_choice_that_can_be_sent_back(writers, sentences, name, channel):
    message = uttered(name, channel)
    choices = writers[channel].write([message]).choices
    assert choices == tuple(Choice(button["title"], value_of(button["payload"])) for button in message["buttons"])
    assert choices == sentences.get(name, channel).choices
    assert {choice.value for choice in choices} <= sentences.values()


def test_every_choice_leads_to_something_that_the_bot_understands(sentences, directory):
    for value in sentences.values():
        intent, _, service = value.partition(":")
        assert intent in INTENTS, value
        assert not service or service in directory, value


# Harm


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("urgency", [SUPPORT, EMERGENCY])
def test_every_reply_that_is_about_harm_names_999_and_ends_with_the_way_out(writers, channel, urgency):
    for told in [*((situation,) for situation in HARM), *itertools.permutations(HARM, 2)]:
        reply = as_routed(ActionSignpost(), writers[channel], told, urgency)
        assert "999" in reply.text, told
        assert reply.text.endswith(exit_of(channel)), told
        assert reply.body.replace("- ", "").strip(), told


def test_an_emergency_begins_with_999_whatever_else_was_told(writers):
    for told in [*((situation,) for situation in HARM), *itertools.permutations(HARM, 2)]:
        reply = as_routed(ActionSignpost(), writers["web"], told, EMERGENCY)
        assert reply.text.startswith("Call 999 now"), told
        assert reply.contacts[0].id == "999", told
        assert reply.urgency == EMERGENCY, told


def test_a_reply_to_an_emergency_tells_what_to_do_where_speaking_is_not_safe(writers):
    reply = as_routed(ActionSignpost(), writers["web"], ["immediate_danger"], EMERGENCY)
    assert "press 55" in reply.text
    assert "mobile" in reply.text
    assert "does not tell them where you are" in reply.text


def test_the_reply_to_abuse_believes_and_leaves_the_choice(writers):
    text = as_routed(ActionSignpost(), writers["web"], ["domestic_abuse"]).text
    assert "I'm sorry" in text
    assert "You don't have to report" in text


def test_the_reply_to_one_thing_is_at_most_90_words(writers):
    for situation in HARM:
        for urgency in (SUPPORT, EMERGENCY):
            reply = as_routed(ActionSignpost(), writers["web"], [situation], urgency)
            assert words(reply.body) <= 90, (situation, urgency, words(reply.body))


def test_the_reply_to_two_things_is_hardly_longer(writers):
    long = {
        told: words(as_routed(ActionSignpost(), writers["web"], told, urgency).body)
        for told in itertools.combinations(HARM, 2)
        for urgency in (SUPPORT, EMERGENCY)
    }
    assert [(told, count) for told, count in long.items() if count > MOST_FOR_TWO] == []


@pytest.mark.parametrize("topic", HARM)
def test_who_asks_what_to_do_gets_a_step_and_a_contact_in_few_words(writers, topic):
    reply = as_routed(ActionWhatNow(), writers["web"], slot=[topic], topic=topic, repeat="first")
    again = as_routed(ActionWhatNow(), writers["web"], slot=[topic], topic=topic, repeat="again")
    for said in (reply, again):
        assert said.contacts and "999" in said.text
        assert words(said.body) <= 90, (topic, words(said.body))
    assert reply.body != again.body


@pytest.mark.parametrize(("place", "line"), OTHER_NATIONS.items())
def test_in_another_nation_the_line_there_is_named_and_no_team_of_the_force(writers, place, line):
    reply = as_routed(ActionSignpost(), writers["web"], ["domestic_abuse"], place=place)
    assert [contact.id for contact in reply.contacts] == ["101", line]
    assert "Emerald" not in reply.text


@pytest.mark.parametrize("place", ["england", "abroad"])
def test_elsewhere_the_police_there_are_named(writers, place):
    reply = as_routed(ActionSignpost(), writers["web"], ["domestic_abuse"], place=place)
    assert "where you are" in reply.text if place == "england" else "local emergency number" in reply.text


def test_many_contacts_are_named_by_their_numbers_alone(writers):
    entries = [{"id": contact, "why": "Because."} for contact in ("emerald", "101", "clares_law", "emerald_centre")]
    body = writers["web"].write([{"custom": {"contacts": entries, "brief": True}}]).body
    assert body.splitlines()[0].endswith("(Emerald): call 101 and ask for it.")
    assert body.splitlines()[1].endswith("(101): call 101.")
    assert "nhs.uk/sarcs" in body.splitlines()[3]


def test_nothing_is_said_twice_in_a_reply(writers):
    for told in [(situation,) for situation in HARM if situation != "immediate_danger"]:
        for urgency in (SUPPORT, EMERGENCY):
            lines = as_routed(ActionSignpost(), writers["web"], told, urgency).text.split("\n")
            spoken = [line for line in lines if line]
            assert len(spoken) == len(set(spoken)), told


@pytest.mark.parametrize("slot", [[], ["domestic_abuse"], ["suicidal", "sexual_violence"]])
def test_more_help_names_999_too(writers, slot):
    reply = as_routed(ActionMoreHelp(), writers["web"], slot=slot)
    assert "999" in reply.text
    assert reply.contacts
    assert reply.text.endswith(exit_of("web"))


def test_a_question_about_a_service_is_answered_from_the_directory(writers, directory):
    reply = as_routed(ActionServiceInfo(), writers["web"], services=["crimestoppers"])
    assert [contact.id for contact in reply.contacts] == ["crimestoppers"]
    assert directory["crimestoppers"].how in reply.text


def test_a_question_about_no_service_is_answered_with_choices(writers):
    reply = as_routed(ActionServiceInfo(), writers["web"])
    assert reply.choices
    assert reply.contacts == ()


def test_who_wants_to_leave_gets_the_way_out_alone(writers):
    assert as_routed(ActionLeave(), writers["web"]) == writers["web"].leaving()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_names_999(sentences, channel, name):
    assert "call 999" in sentences.get(name, channel).text.lower()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", ["utter_greeting", "utter_unclear", "utter_empty"])
def test_the_calm_menus_name_999_too(sentences, channel, name):
    assert "999" in sentences.get(name, channel).text


# The words


EVERY_TEXT = [
    pytest.param(name, text, id=f"{name}-{place}")
    for name, variations in RESPONSES.items()
    for place, text in enumerate(
        text for variation in variations for text in [variation["text"], *(button["title"] for button in variation.get("buttons", []))]
    )
]


@pytest.mark.parametrize(("name", "text"), EVERY_TEXT)
def test_what_is_said_is_short_calm_and_plain(name, text):
    assert name in ON_REQUEST or words(text) <= 90
    assert "!" not in text
    assert not [
        character for character in text if unicodedata.category(character) in ("So", "Sk", "Cs", "Co", "Cn") or ord(character) > 0xFFFF
    ]
    assert name in ON_REQUEST or "\n\n" not in text
    assert text == text.strip()


@pytest.mark.parametrize(("name", "text"), EVERY_TEXT)
def test_nothing_is_promised_that_the_bot_cannot_do(name, text):
    said = text.lower().replace("’", "'")
    for never in (
        "i understand how you feel", "confidential", "the police will", "welcome back", "invalid input", "risk score", "why did you",
        "what is your name", "i have told the police", "someone will call you",
    ):  # fmt: skip
        assert never not in said


@pytest.mark.parametrize(("name", "channel"), SPOKEN)
def test_sentences_are_short(sentences, name, channel):
    for sentence in re.split(r"(?<=[.?:])\s+|\n", sentences.get(name, channel).text):
        assert words(sentence) <= 30, sentence


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_first_greeting_is_at_most_60_words_with_the_way_out(writers, channel):
    assert words(writers[channel].write([uttered("utter_greeting", channel)]).text) <= 60


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_first_greeting_tells_what_the_bot_is_and_is_not(sentences, channel):
    text = sentences.get("utter_greeting", channel).text
    assert "automated" in text
    assert "No person reads this" in text
    assert "not a report to the police" in text
    assert "999" in text


# Files that are not fit to be said


def test_the_channel_s_own_words_win_over_those_for_all(tmp_path):
    (tmp_path / "a.yml").write_text("responses: {utter_a: [{text: for all}, {text: for one, channel: web}]}", encoding="utf-8")
    sentences = Sentences(tmp_path)
    assert sentences.get("utter_a", "web").text == "for one"
    assert sentences.get("utter_a", "terminal").text == "for all"


def test_all_files_of_the_folder_count(tmp_path):
    (tmp_path / "a.yml").write_text("responses: {utter_a: [{text: one}]}", encoding="utf-8")
    (tmp_path / "b.yml").write_text("responses: {utter_b: [{text: two}]}", encoding="utf-8")
    (tmp_path / "c.yml").write_text("", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("responses: {utter_c: []}", encoding="utf-8")
    assert Sentences(tmp_path).names() == {"utter_a", "utter_b"}


@pytest.mark.parametrize("channel", ["web", "terminal"])
def test_what_nobody_wrote_cannot_be_said(sentences, channel):
    with pytest.raises(SentencesError, match="utter_never_written"):
        sentences.get("utter_never_written", channel)


@pytest.mark.parametrize(
    "content",
    [
        "responses: {utter_a: [{text: one}, {text: two}]}",
        "responses: {utter_a: [{text: one, channel: web}, {text: two, channel: web}]}",
        "responses: {utter_a: [{text: ''}]}",
        "responses: {utter_a: [{text: '  '}]}",
        "responses: {utter_a: [{channel: web}]}",
        "responses: {utter_a: [{text: null}]}",
        "responses: {utter_a: [{text: a, buttons: [{payload: /greeting}]}]}",
        "responses: {utter_a: [{text: a, buttons: [{title: '', payload: /greeting}]}]}",
        "responses: {utter_a: [{text: a, buttons: [{title: Hello}]}]}",
        "responses: {utter_a: [{text: a, buttons: [{title: Hello, payload: greeting}]}]}",
        "responses: {utter_a: [{text: a, buttons: [{title: Hello, payload: '/greeting{'}]}]}",
    ],
)
def test_a_response_that_is_not_fit_to_be_said_is_named(tmp_path, content):
    (tmp_path / "broken.yml").write_text(content, encoding="utf-8")
    with pytest.raises(SentencesError, match="broken.yml, utter_a: .*\\.$"):
        Sentences(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"responses: [", b"a: *nobody", b"\xff\xfe", b"words", b"- a", b"responses: words", b"responses: [a]",
        b"responses: {utter_a: words}", b"responses: {utter_a: [words]}", b"responses: {utter_a: null}", b"responses: {utter_a: {text: a}}",
        b"responses: {utter_a: [{text: 999}]}", b"responses: {utter_a: [{text: [a]}]}", b"responses: {utter_a: [{text: a, buttons: null}]}",
        b"responses: {utter_a: [{text: a, buttons: [words]}]}", b"responses: {utter_a: [{text: a, buttons: words}]}",
    ],
)  # fmt: skip
def test_a_file_that_is_broken_is_named(tmp_path, content):
    (tmp_path / "broken.yml").write_bytes(content)
    with pytest.raises(SentencesError, match="broken.yml"):
        Sentences(tmp_path)


def test_a_response_that_stands_in_two_files_is_named(tmp_path):
    for file in ("a.yml", "b.yml"):
        (tmp_path / file).write_text("responses: {utter_a: [{text: one}]}", encoding="utf-8")
    with pytest.raises(SentencesError, match="b.yml, utter_a"):
        Sentences(tmp_path)


def test_broken_sentences_stop_the_start():
    assert issubclass(SentencesError, StartError)
