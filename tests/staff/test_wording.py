"""Every sentence of the bot is held to how it speaks, and the check itself finds what it is for."""

import pytest
import yaml

from bot.directory import load_directory
from bot.sentences import Sentences
from bot.settings import ROOT
from bot.staff.wording import check_wording, read_wording, reading_age

FOLDER = ROOT / "data/responses"
# Nobody gets these who did not ask for them.
LONGER = frozenset({"utter_telegram_help"})


@pytest.fixture(scope="module")
def directory():
    return load_directory(ROOT / "data/contacts/bedfordshire.yml")


@pytest.fixture(scope="module")
def wording():
    return read_wording(ROOT / "data/wording/wording.yml")


@pytest.fixture()
def findings(tmp_path, directory, wording):
    def find(text, **more):
        variation = {"text": text, **more}
        (tmp_path / "a.yml").write_text(yaml.safe_dump({"responses": {"utter_a": [variation]}}), encoding="utf-8")
        return [finding.what for finding in check_wording(Sentences(tmp_path), directory, wording)]

    return find


def test_every_sentence_is_as_it_should_be(directory, wording):
    assert [str(finding) for finding in check_wording(Sentences(FOLDER), directory, wording, LONGER)] == []


@pytest.mark.parametrize(
    "planted",
    [
        "You are at high risk.", "Your risk score is low.", "Try to talk to him about it.", "You could confront them.",
        "It is all confidential.", "The police will come and help you.", "You will be safe there.", "Someone will call you.",
        "I will tell the police.", "Don't worry.", "I know how you feel.", "Why did you stay?", "Please give me your address.",
        "Welcome back.", "As you said, he hit you.", "Clear your history.", "You may be deported.", "Good luck!", "Take care 🙂",
        "Please rephrase that.", "Ask the perpetrator.", "Try couples counselling.", "A loved one can help.",
    ],
)  # fmt: skip
def test_a_banned_word_is_found_with_the_reason(findings, planted):
    [found, *_] = findings(planted)
    assert "”. " in found and found.endswith(".")


@pytest.mark.parametrize(
    "harmless",
    [
        "You don't have to give your name.", "Talk to a helpline about him.", "You should have been listened to.",
        "You can talk to somebody who is not the police.", "It is not your fault.", "Call 999 and press 55.", "Call 101.",
        "It takes 28 days.", "That can take 48 hours.",
    ],
)  # fmt: skip
def test_what_is_harmless_is_left_alone(findings, harmless):
    assert findings(harmless) == []


def test_a_figure_that_the_directory_lacks_is_found(findings):
    assert findings("In all, 4711 people called.") == ["the figure 4711, which the directory lacks"]


def test_a_number_of_somebody_s_own_is_found(findings):
    assert any("the directory lacks" in what for what in findings("Call 0161 496 0000."))


def test_a_figure_of_the_force_needs_its_period_and_source(findings):
    assert findings("There were 4711 cases in 2021.") != []
    assert findings("There were 4711 cases in 2021. Source: Bedfordshire Police, March 2023.") == []


def test_a_figure_in_a_choice_is_found_too(findings):
    assert findings("Choose.", buttons=[{"title": "Room 4711", "payload": "/greeting"}]) != []


@pytest.mark.parametrize("planted", ["Ask RASSO.", "An ISVA can come.", "Go to the SARC.", "Ask the XYZ."])
def test_letters_that_nobody_knows_are_found(findings, planted):
    assert findings(planted) != []


def test_letters_beside_what_they_mean_are_fine(findings):
    assert findings("She is an ISVA (independent sexual violence adviser). She can help you. You can ask her to come.") == []


@pytest.mark.parametrize(
    "american",
    [
        "color", "behavior", "realize", "counselor", "center", "recognize", "dishonored", "unrecognizable", "kilometers", "unfavorable",
        "paralyzed", "fulfills", "grueling", "offense", "catalog", "anesthetic", "pediatrician",
    ],
)  # fmt: skip
def test_american_spelling_is_found(findings, american):
    assert findings(f"About {american}.") == [f"“{american}” is American spelling"]


@pytest.mark.parametrize(
    "british",
    [
        "colour", "behaviour", "please", "because", "going", "check", "realise", "their", "program", "size", "seizing", "prizes",
        "mirror", "honorary", "humorist", "sober", "expense", "controlled", "counsellor", "fulfil", "aesthetic", "license",
    ],
)  # fmt: skip
def test_british_spelling_is_not(findings, british):
    assert findings(f"About {british}.") == []


def test_a_hard_sentence_is_found(findings):
    hard = "Notwithstanding considerable organisational complexities, representatives systematically investigate allegations."
    assert any("reading age" in what for what in findings(hard))
    assert reading_age(hard) > 16
    assert reading_age("You can call them. They listen to you. You do not have to say who you are.") < 9


def test_a_long_reply_is_found_with_its_contacts(findings):
    assert any("words with its contacts" in what for what in findings("We can help. " * 40))
    contacts = [{"id": contact, "why": "Because."} for contact in ("999", "101", "crimestoppers", "emerald", "samaritans", "childline")]
    assert any("words with its contacts" in what for what in findings("We can help. " * 12, custom={"contacts": contacts}))


def test_two_wordings_that_are_the_same_are_found(tmp_path, directory, wording):
    again = [{"type": "slot", "name": "repeat", "value": "again"}]
    variations = [{"text": "Call them."}, {"text": "Call them.", "condition": again}]
    (tmp_path / "a.yml").write_text(yaml.safe_dump({"responses": {"utter_a": variations}}), encoding="utf-8")
    [finding] = check_wording(Sentences(tmp_path), directory, wording)
    assert str(finding) == "utter_a: two of its wordings are the same"


def test_every_reason_is_a_sentence(wording):
    for _, why, _ in wording.banned:
        assert why.endswith(".")
