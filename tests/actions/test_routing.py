"""Routing: the contract's table, row by row, and what holds for everything that a person can tell at once."""

import itertools

import pytest
import yaml

from actions.routing import Routing, load_routing
from bot.directory import load_directory
from bot.errors import SentencesError, StartError
from bot.sentences import Sentences
from bot.settings import ROOT
from bot.understanding.labels import EMERGENCY, HARM, NONE, SUPPORT

FILE = ROOT / "data/routing/routing.yml"


@pytest.fixture(scope="module")
def routing() -> Routing:
    return load_routing(FILE)


@pytest.fixture(scope="module")
def directory():
    return load_directory(ROOT / "data/contacts/bedfordshire.yml")


@pytest.fixture(scope="module")
def sentences() -> Sentences:
    return Sentences(ROOT / "data/responses")


def ids(routes) -> list[str]:
    return [route.id for route in routes]


def named(signpost) -> list[str]:
    """Everything a reply names, in the order to try."""
    return ids(signpost.first) + ids(signpost.contacts)


# The contract's table. A list is the whole of what is named, in the order to try.
@pytest.mark.parametrize(
    ("told", "contacts"),
    [
        (["domestic_abuse"], ["emerald", "101"]),
        (["sexual_violence"], ["rasso", "101"]),
        (["sexual_violence", "domestic_abuse"], ["rasso", "emerald", "101"]),
        (["domestic_abuse", "sexual_violence"], ["rasso", "emerald", "101"]),
        (["stalking_harassment"], ["101"]),
        (["stalking_harassment", "domestic_abuse"], ["emerald", "101"]),
        (["honour_based_abuse"], ["emerald", "101"]),
        (["culturally_aware_support"], ["be_heard"]),
        (["culturally_aware_support", "domestic_abuse"], ["be_heard", "emerald", "101"]),
        (["honour_based_abuse", "culturally_aware_support"], ["be_heard", "emerald", "101"]),
        (["report_crime"], ["101"]),
        (["report_anonymously"], ["crimestoppers"]),
        (["suicidal"], ["samaritans", "999"]),
        (["perpetrator_seeking_help"], ["respect"]),
    ],
)
def test_a_row_of_the_contract_s_table(routing, told, contacts):
    signpost = routing.signpost(told, SUPPORT)
    assert named(signpost) == contacts
    assert signpost.urgency == SUPPORT


def test_what_is_only_hinted_at_is_answered_and_does_not_lead(routing):
    signpost = routing.signpost(["stalking_harassment", "domestic_abuse"], SUPPORT, hinted={"domestic_abuse"})
    assert named(signpost) == ["emerald", "101"] and signpost.responses == ("utter_stalking_harassment",)
    signpost = routing.signpost(["domestic_abuse", "sexual_violence"], SUPPORT, hinted={"sexual_violence"})
    assert named(signpost) == ["emerald", "rasso", "101"]
    assert [bool(route.hint) for route in signpost.contacts] == [False, True, False]


def test_where_all_is_hinted_at_the_likeliest_leads_and_is_not_doubted(routing):
    signpost = routing.signpost(["domestic_abuse", "sexual_violence"], SUPPORT, hinted={"domestic_abuse", "sexual_violence"})
    assert signpost.responses == ("utter_domestic_abuse",)
    assert [(route.id, bool(route.hint)) for route in signpost.contacts] == [("emerald", False), ("rasso", True), ("101", False)]


def test_in_danger_what_was_only_hinted_at_is_left_out(routing):
    told = ["immediate_danger", "domestic_abuse", "sexual_violence"]
    signpost = routing.signpost(told, EMERGENCY, hinted={"sexual_violence"})
    assert named(signpost) == ["999", "emerald", "101"]
    assert named(routing.signpost(told, EMERGENCY, hinted={"domestic_abuse", "sexual_violence"})) == ["999"]


def test_who_is_harmed_by_an_officer_is_sent_to_crimestoppers_and_101(routing):
    contacts = named(routing.signpost(["police_perpetrator"], SUPPORT))
    assert contacts[0] == "crimestoppers"
    assert "101" in contacts


@pytest.mark.parametrize(("offence", "team"), [("domestic_abuse", "emerald"), ("sexual_violence", "rasso")])
def test_an_officer_who_does_it_brings_the_team_for_the_offence_too(routing, offence, team):
    for told in ([offence, "police_perpetrator"], ["police_perpetrator", offence]):
        contacts = named(routing.signpost(told, SUPPORT))
        assert contacts[0] == "crimestoppers"
        assert {"101", team} <= set(contacts)


def test_one_may_report_an_officer_is_said_plainly(routing, sentences):
    [response] = routing.signpost(["police_perpetrator", "domestic_abuse"], SUPPORT).responses
    assert "You can report someone who works for the police." in sentences.get(response, "web").text


def test_one_may_report_an_officer_is_said_plainly_also_to_who_would_not_give_a_name(routing, sentences):
    said = [
        sentences.get(response, "web").text
        for response in routing.signpost(["report_anonymously", "police_perpetrator"], SUPPORT).responses
    ]
    assert any("You can report someone who works for the police." in text for text in said)


def test_a_child_at_risk_brings_the_police_and_a_children_s_helpline(routing):
    assert {"101", "childline"} <= set(named(routing.signpost(["child_at_risk"], SUPPORT)))


def test_a_child_in_danger_now_brings_999_first_and_the_helpline_too(routing):
    contacts = named(routing.signpost(["immediate_danger", "child_at_risk"], EMERGENCY))
    assert contacts[0] == "999"
    assert "childline" in contacts


@pytest.mark.parametrize("other", [situation for situation in HARM if situation not in ("immediate_danger", "report_anonymously")])
def test_who_wants_to_stay_unnamed_gets_crimestoppers_first(routing, other):
    assert named(routing.signpost([other, "report_anonymously"], SUPPORT))[0] == "crimestoppers"


def test_danger_alone_brings_999_alone(routing):
    signpost = routing.signpost(["immediate_danger"], EMERGENCY)
    assert named(signpost) == ["999"]
    assert signpost.responses == ("utter_immediate_danger",)


@pytest.mark.parametrize(
    ("told", "after_999"),
    [
        (["domestic_abuse"], ["emerald", "101"]),
        (["sexual_violence", "domestic_abuse"], ["rasso", "emerald", "101"]),
        (["stalking_harassment"], ["101"]),
        (["honour_based_abuse"], ["emerald", "101"]),
        (["culturally_aware_support"], ["be_heard"]),
        (["report_crime"], ["101"]),
        (["perpetrator_seeking_help"], ["respect"]),
    ],
)
@pytest.mark.parametrize("danger", [["immediate_danger"], []])
def test_danger_brings_999_first_and_then_the_specialist_for_what_else_was_told(routing, danger, told, after_999):
    signpost = routing.signpost([*danger, *told], EMERGENCY)
    assert ids(signpost.first) == ["999"]
    assert ids(signpost.contacts) == after_999


@pytest.mark.parametrize("told", [["suicidal"], ["suicidal", "immediate_danger"], ["immediate_danger", "suicidal"]])
def test_a_life_at_risk_by_its_own_hand_brings_999_and_then_samaritans(routing, told):
    signpost = routing.signpost(told, EMERGENCY)
    assert named(signpost) == ["999", "samaritans"]
    assert signpost.responses == ("utter_life_at_risk",)


def test_a_life_at_risk_and_abuse_are_both_answered(routing):
    signpost = routing.signpost(["immediate_danger", "suicidal", "domestic_abuse"], EMERGENCY)
    assert named(signpost) == ["999", "samaritans", "emerald", "101"]
    assert signpost.responses == ("utter_immediate_danger",)


@pytest.mark.parametrize(
    "told",
    [
        list(told)
        for length in range(3)
        for told in itertools.permutations([situation for situation in HARM if situation != "perpetrator_seeking_help"], length)
    ],
)
@pytest.mark.parametrize("urgency", [SUPPORT, EMERGENCY])
def test_who_speaks_of_their_own_abuse_is_not_sent_to_the_teams_of_those_they_hurt(routing, told, urgency):
    contacts = named(routing.signpost(["perpetrator_seeking_help", *told], urgency))
    assert "respect" in contacts
    assert not {"emerald", "rasso"} & set(contacts)


@pytest.mark.parametrize("told", ["domestic_abuse", "sexual_violence", "stalking_harassment", "honour_based_abuse"])
def test_nor_where_they_are_about_to_do_it(routing, told):
    # As the danger detector hands it on: danger always stands first.
    contacts = named(routing.signpost(["immediate_danger", "perpetrator_seeking_help", told], EMERGENCY))
    assert contacts[0] == "999"
    assert "respect" in contacts
    assert not {"emerald", "rasso"} & set(contacts)


def test_who_is_hurt_by_somebody_who_seeks_help_still_gets_the_team(routing):
    contacts = named(routing.signpost(["domestic_abuse", "perpetrator_seeking_help"], SUPPORT))
    assert {"emerald", "respect"} <= set(contacts)


def test_suicide_beside_abuse_is_answered_with_both(routing):
    contacts = named(routing.signpost(["domestic_abuse", "suicidal"], SUPPORT))
    assert contacts[0] == "samaritans"
    assert {"999", "emerald", "101"} <= set(contacts)


SUBSETS = [subset for length in range(5) for subset in itertools.combinations(HARM, length)]


@pytest.mark.parametrize("urgency", [NONE, SUPPORT, EMERGENCY])
def test_no_contact_is_named_twice_whatever_was_told(routing, urgency):
    for told in SUBSETS:
        contacts = named(routing.signpost(told, urgency))
        assert len(contacts) == len(set(contacts)), told


def test_an_emergency_puts_999_first_whatever_was_told(routing):
    for told in SUBSETS:
        signpost = routing.signpost(told, EMERGENCY)
        assert named(signpost)[0] == "999", told
        assert "999" not in ids(signpost.contacts), told
        assert signpost.urgency == EMERGENCY, told
        assert len(signpost.responses) == 1, told


@pytest.mark.parametrize("urgency", [SUPPORT, EMERGENCY])
def test_everything_that_was_told_is_answered_by_its_own_first_contact(routing, urgency):
    for told in SUBSETS:
        if "perpetrator_seeking_help" in told:
            continue
        contacts = named(routing.signpost(told, urgency))
        for situation in told:
            own = routing.by_id[situation].contacts
            assert not own or own[0].id in contacts, (told, situation)


@pytest.mark.parametrize("urgency", [NONE, SUPPORT, EMERGENCY])
def test_the_order_in_which_things_were_told_changes_nothing(routing, urgency):
    for told in SUBSETS:
        # Whoever speaks of their own behaviour says so first, or right after the danger; that alone makes a difference.
        leading = {order: next((one for one in order if one != "immediate_danger"), None) for order in itertools.permutations(told)}
        orders = [order for order, first in leading.items() if first != "perpetrator_seeking_help"]
        answers = {routing.signpost(order, urgency) for order in orders}
        assert len(answers) <= 1, told


def test_101_comes_after_those_who_are_reached_through_it(routing):
    for told in SUBSETS:
        contacts = named(routing.signpost(told, SUPPORT))
        assert "101" not in contacts[:-1], told


def test_something_harmful_never_goes_without_a_contact(routing):
    for told in SUBSETS:
        if set(told) - {"immediate_danger"}:
            assert named(routing.signpost(told, SUPPORT)), told


def test_what_is_no_harm_changes_nothing(routing):
    assert routing.signpost(["greeting", "domestic_abuse", "thanks", "never heard of"], SUPPORT) == routing.signpost(
        ["domestic_abuse"], SUPPORT
    )


def test_nothing_told_names_nobody_and_an_emergency_without_a_word_still_names_999(routing):
    assert named(routing.signpost([], SUPPORT)) == []
    assert named(routing.signpost([], EMERGENCY)) == ["999"]


def test_more_help_is_never_the_police(routing):
    for told in SUBSETS:
        more = ids(routing.more_help(told))
        assert more, told
        assert len(more) == len(set(more)), told
        assert not {"999", "101", "emerald", "rasso"} & set(more), told


@pytest.mark.parametrize(
    ("told", "helpline"),
    [
        ("domestic_abuse", "national_da_helpline"), ("domestic_abuse", "mens_advice_line"), ("domestic_abuse", "galop"),
        ("sexual_violence", "rape_crisis"), ("honour_based_abuse", "karma_nirvana"), ("police_perpetrator", "iopc"),
        ("stalking_harassment", "national_stalking_helpline"), ("suicidal", "nhs_111"),
    ],
)  # fmt: skip
def test_more_help_fits_what_was_told(routing, told, helpline):
    assert helpline in ids(routing.more_help([told]))


def test_every_situation_of_harm_has_its_place_in_the_file_once(routing):
    assert sorted(situation.id for situation in routing.situations) == sorted(HARM)


def test_every_contact_of_the_file_is_in_the_directory(routing, directory):
    for situation in (*routing.situations, routing.emergency, routing.life_at_risk):
        for route in (*situation.contacts, *situation.more_help):
            assert route.id in directory, f"{situation.id}: {route.id}"
    assert set(routing.after_the_others) <= set(directory)


def test_every_response_of_the_file_is_written(routing, sentences):
    for situation in (*routing.situations, routing.emergency, routing.life_at_risk):
        assert situation.response in sentences.names(), situation.id


def test_what_one_replaces_are_situations(routing):
    for situation in routing.situations:
        assert set(situation.replaces) <= set(HARM), situation.id


def test_every_reason_is_a_short_plain_sentence(routing):
    for situation in (*routing.situations, routing.emergency, routing.life_at_risk):
        for route in (*situation.contacts, *situation.more_help):
            assert route.why.endswith("."), route
            assert len(route.why.split()) <= 15, route
            assert "!" not in route.why, route


# A file of one's own.

SOUND = {
    "after_the_others": ["101"],
    "emergency": {"response": "utter_emergency", "contacts": [{"id": "999", "why": "Danger."}]},
    "life_at_risk": {"response": "utter_life", "contacts": [{"id": "999", "why": "Life."}]},
    "situations": [
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [{"id": "one", "why": "First."}, {"id": "101", "why": "A."}]},
        {"id": "sexual_violence", "response": "utter_b", "contacts": [{"id": "two", "why": "B."}, {"id": "101", "why": "B."}]},
        {"id": "report_crime", "response": "utter_c", "contacts": [{"id": "one", "why": "Later."}]},
    ],
}


@pytest.fixture()
def written(tmp_path):
    def write(content):
        path = tmp_path / "routes.yml"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return path

    return write


def test_a_sound_file_loads(written):
    routing = load_routing(written(SOUND))
    assert named(routing.signpost(["domestic_abuse"], SUPPORT)) == ["one", "101"]


def test_a_contact_of_two_situations_stands_where_the_first_puts_it_with_its_reason(written):
    routing = load_routing(written(SOUND))
    contacts = routing.signpost(["domestic_abuse", "sexual_violence", "report_crime"], SUPPORT).contacts
    assert ids(contacts) == ["one", "two", "101"]
    assert contacts[0].why == "First."


@pytest.mark.parametrize("missing", list(SOUND))
def test_a_file_that_lacks_a_part_is_refused(written, missing):
    with pytest.raises(SentencesError, match="routes.yml"):
        load_routing(written({key: value for key, value in SOUND.items() if key != missing}))


@pytest.mark.parametrize("content", ["", "words", "- a", "7", {**SOUND, "extra": 1}])
def test_a_file_of_another_shape_is_refused(written, content):
    with pytest.raises(SentencesError, match="routes.yml must hold"):
        load_routing(written(content))


@pytest.mark.parametrize(
    "broken",
    [
        {"response": "utter_a", "contacts": []},
        {"id": "domestic_abuse", "contacts": []},
        {"id": "domestic_abuse", "response": "utter_a"},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": None},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": ["101"]},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": "101"},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [{"id": "101"}]},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [{"why": "A."}]},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [], "more_help": [{"id": "x"}]},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [], "more_help": None},
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [], "replaces": None},
    ],
)
def test_a_broken_entry_is_named(written, broken):
    with pytest.raises(SentencesError, match=f"routes.yml, entry {broken.get('id', '')}"):
        load_routing(written({**SOUND, "situations": [broken]}))


@pytest.mark.parametrize(
    "broken",
    [
        # Written without quotes, 101 is a number, and no contact has a number for an id.
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [{"id": 101, "why": "A."}]},
        # A misspelt field would be lost without a word.
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [], "more_hlep": []},
        # A word where a list should be is no list of letters.
        {"id": "domestic_abuse", "response": "utter_a", "contacts": [], "replaces": "report_crime"},
        {"id": "domestic_abusee", "response": "utter_a", "contacts": []},
    ],
    ids=["number for an id", "misspelt field", "word for a list", "misspelt situation"],
)
def test_a_slip_that_would_go_unnoticed_is_named(written, broken):
    with pytest.raises(SentencesError, match="routes.yml, entry domestic_abuse"):
        load_routing(written({**SOUND, "situations": [broken]}))


def test_a_situation_that_stands_twice_is_named(written):
    with pytest.raises(SentencesError, match="routes.yml, entry domestic_abuse"):
        load_routing(written({**SOUND, "situations": [SOUND["situations"][0]] * 2}))


@pytest.mark.parametrize(
    "changes",
    [
        {"situations": None}, {"situations": "words"}, {"situations": ["domestic_abuse"]}, {"situations": [None]},
        {"emergency": None}, {"emergency": "utter_emergency"}, {"emergency": {"response": "utter_emergency"}},
        {"life_at_risk": []}, {"after_the_others": None}, {"after_the_others": "101"}, {"after_the_others": [101]},
    ],
    ids=str,
)  # fmt: skip
def test_a_broken_part_is_refused(written, changes):
    with pytest.raises(SentencesError, match="routes.yml"):
        load_routing(written({**SOUND, **changes}))


@pytest.mark.parametrize("content", ["situations: [", b"\xff\xfe", "a: *nobody"], ids=["yaml", "bytes", "alias"])
def test_a_file_that_is_no_yaml_is_refused(written, content):
    with pytest.raises(SentencesError, match="routes.yml"):
        load_routing(written(content))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SentencesError, match="routes.yml"):
        load_routing(tmp_path / "routes.yml")


def test_broken_routing_stops_the_start():
    assert issubclass(SentencesError, StartError)
