"""Faults, figures and floors, on answers made up for the purpose; and the pictures and the page that show them."""

import json
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from actions.routing import load_routing
from bot.errors import StartError
from bot.settings import ROOT
from bot.staff.places import Placed, read_placed
from bot.staff.understanding import pictures, report
from bot.staff.understanding.asking import Asked, Followed, Swapped
from bot.staff.understanding.faults import (
    ALARM_FOR_NOTHING,
    ALARM_FOR_SUPPORT,
    HELP_FOR_NOTHING,
    MISSED,
    NOT_FIRST,
    NOT_NAMED,
    WRONG_SITUATION,
    fault_of,
    worst,
)  # fmt: skip
from bot.staff.understanding.figures import figures
from bot.staff.understanding.floors import below
from bot.staff.understanding.learning import Learnt
from bot.staff.understanding.messages import FollowUp, Labelled
from bot.staff.understanding.promises import first_contacts, required_contacts

PLACE = ("tests/understanding/held_out.jsonl", 7)


def answer(is_, urgency, understood, answered, contacts=(), danger=0.1, **more) -> Asked:
    message = Labelled(more.pop("text", f"<b>{is_[0]}</b> & more"), tuple(is_), urgency, *PLACE, styles=more.pop("styles", ("plain",)))
    return Asked(message, tuple(understood), answered, tuple(contacts), dict.fromkeys(understood, 0.9), danger, **more)


GOOD = answer(["domestic_abuse"], "support", ["domestic_abuse"], "support", ["emerald", "101"])
MISS = answer(["immediate_danger"], "emergency", ["domestic_abuse"], "support", ["emerald", "101"], danger=0.2)
FOUND = answer(["immediate_danger"], "emergency", ["immediate_danger"], "emergency", ["999"], danger=0.3, phrases=("knife",))
JOKE = answer(["out_of_scope"], "none", ["immediate_danger"], "emergency", ["999"], danger=0.8)
CALM = answer(["out_of_scope"], "none", ["out_of_scope"], "none", danger=0.0)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (GOOD, None), (FOUND, None), (CALM, None), (MISS, MISSED), (JOKE, ALARM_FOR_NOTHING),
        (answer(["sexual_violence"], "support", ["sexual_violence"], "support", ["101"]), NOT_NAMED),
        (answer(["sexual_violence"], "support", ["sexual_violence"], "support", ["101", "rasso"]), NOT_FIRST),
        (answer(["domestic_abuse"], "support", ["domestic_abuse"], "emergency", ["999", "emerald", "101"]), ALARM_FOR_SUPPORT),
        (answer(["greeting"], "none", ["report_crime"], "support", ["101"]), HELP_FOR_NOTHING),
        (answer(["greeting"], "none", ["goodbye"], "none"), WRONG_SITUATION),
    ],
)  # fmt: skip
def test_the_worst_that_is_wrong_is_named(asked, kind):
    fault = fault_of(asked)
    assert (fault.kind if fault else None) == kind


def test_a_missed_emergency_is_worse_than_anything_and_the_surest_comes_first():
    surer = answer(["immediate_danger"], "emergency", ["out_of_scope"], "none", danger=0.01)
    assert [fault.asked for fault in worst([JOKE, GOOD, MISS, surer])] == [surer, MISS, JOKE]
    assert len(worst([JOKE, MISS, surer], count=1)) == 1


@pytest.mark.parametrize(
    ("situations", "urgency", "required", "first"),
    [
        (["domestic_abuse", "immediate_danger"], "emergency", {"999"}, {"999"}),
        (["report_anonymously"], "support", {"crimestoppers"}, {"crimestoppers"}),
        (["domestic_abuse", "sexual_violence"], "support", {"emerald", "101", "rasso"}, {"rasso"}),
        (["perpetrator_seeking_help", "domestic_abuse"], "support", {"respect"}, {"respect"}),
        (["out_of_scope"], "none", set(), set()),
    ],
)
def test_what_has_to_be_named_and_what_has_to_lead(situations, urgency, required, first):
    message = Labelled("x", tuple(situations), urgency, *PLACE)
    assert (required_contacts(message), first_contacts(message)) == (required, first)


def test_the_routing_keeps_every_promise_to_who_is_understood_rightly():
    routing = load_routing(ROOT / "data/routing/routing.yml")
    for message in report.kept_messages(final=False)[0]:
        if message.urgency != "none":
            signpost = routing.signpost(list(message.situations), message.urgency)
            named = [route.id for route in (*signpost.first, *signpost.contacts)]
            assert required_contacts(message) <= set(named), message
            assert not first_contacts(message) or named[0] in first_contacts(message), message


@pytest.fixture(scope="module")
def measured():
    asked = [GOOD, MISS, FOUND, JOKE, CALM]
    swapped = [Swapped(GOOD, "other", "support", ("emerald", "101")), Swapped(MISS, "other", "emergency", ("999",))]
    followed = [
        Followed(follow_up("ask_cost"), "ask_cost", ("service_info",), "none"),
        Followed(follow_up("ask_cost"), "immediate_danger", ("immediate_danger",), "emergency"),
        Followed(follow_up("immediate_danger"), "immediate_danger", ("immediate_danger",), "emergency"),
    ]
    learnt = [Learnt(100, 0.5, 0.4), Learnt(200, 0.7, 0.6)]
    return figures(asked, swapped, learnt, lambda whole, window: window >= 0.9, followed)


def follow_up(*right: str) -> FollowUp:
    return FollowUp("x", ("domestic_abuse",), right, *PLACE)


@pytest.mark.parametrize(
    ("right", "intent", "situations", "urgency", "understood"),
    [
        (["ask_cost", "ask_hours"], "ask_hours", ["service_info"], "none", True),
        (["ask_cost"], "ask_secret", ["service_info"], "none", False),
        (["sexual_violence"], "domestic_abuse", ["domestic_abuse", "sexual_violence"], "support", True),
        # What a question stands for is no reading of harm.
        (["domestic_abuse"], "ask_my_fault", ["domestic_abuse"], "support", False),
        (["tells_more"], "ask_what_now", ["domestic_abuse"], "support", True),
        (["ask_cost"], "ask_what_now", ["domestic_abuse"], "support", False),
        (["immediate_danger"], "immediate_danger", ["immediate_danger"], "emergency", True),
        (["immediate_danger"], "domestic_abuse", ["domestic_abuse"], "support", False),
        (["suicidal"], "suicidal", ["suicidal"], "emergency", True),
        (["safe_now"], "immediate_danger", ["immediate_danger"], "emergency", False),
    ],
)
def test_a_follow_up_is_understood_where_its_reading_is_a_right_one(right, intent, situations, urgency, understood):
    assert Followed(follow_up(*right), intent, tuple(situations), urgency).understood is understood


def test_the_figures_are_right(measured):
    counted = {name: (share.hits, share.of) for name, share in measured.shares.items()}
    assert counted == {
        "emergencies_found": (1, 2), "false_alarms_among_none": (1, 2), "false_alarms_among_support": (0, 1),
        "required_contacts_named": (2, 3), "first_contact_right": (2, 3), "out_of_scope_found": (1, 2),
        "nothing_named_for_nothing": (1, 2), "swap_same": (1, 2), "follow_ups_understood": (2, 3),
        "follow_up_emergencies_found": (1, 1), "follow_up_false_alarms": (1, 2),
    }  # fmt: skip
    # A danger phrase alone is certain, whatever the heads say.
    assert measured.with_phrases.recall_at(0.0) == 0.5 and measured.heads_alone.recall_at(0.0) == 0.0
    assert measured.styles[0].name == "plain" and measured.styles[0].count == 5
    assert json.loads(json.dumps(measured.to_dict()))["messages"] == 5


def floors(**wanted: float) -> Placed:
    import yaml

    text = "".join(f"{name}: {value}\n" for name, value in wanted.items())
    return Placed(wanted, "floors.yml", 1, yaml.compose(text, Loader=yaml.CSafeLoader))


def test_what_is_worse_than_its_floor_is_a_finding_with_its_line(measured):
    found = below(measured, floors(required_contacts_named=0.6, emergencies_found=0.99, false_alarms_among_none=0.03))
    assert [(finding.file, finding.line) for finding in found] == [("floors.yml", 2), ("floors.yml", 3)]
    assert "emergencies found is 0.500" in found[0].what and "at most 0.03" in found[1].what and all(f.what_to_do for f in found)


def test_a_floor_for_no_figure_stops_the_check(measured):
    with pytest.raises(StartError, match="there is no figure charm"):
        below(measured, floors(charm=1.0))


def test_the_floors_of_the_project_are_all_known(measured):
    below(measured, read_placed(ROOT / report.FLOORS, ROOT))


def test_pictures_are_the_same_each_time_and_follow_the_page(measured):
    draw = lambda: pictures.danger_curve(  # noqa: E731
        measured.heads_alone, measured.with_phrases, measured.shares["emergencies_found"], measured.shares["false_alarms_among_none"]
    )
    assert draw() == draw()
    for picture in (
        draw(), pictures.confusion_table(["a_b", "c"], np.array([[3, 1], [0, 0]])),
        pictures.reliability_diagram(measured.reliability, measured.danger_reliability), pictures.learning_picture(measured.learnt),
    ):  # fmt: skip
        ElementTree.fromstring(picture.encode("utf-8"))
        shown = pictures.for_a_page(picture)
        assert shown.startswith("<svg viewBox") and pictures.INK not in shown and "var(--ink)" in shown


class Page(HTMLParser):
    """What a reader without eyes relies on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


class NoMeanings:
    def nearest(self, text):
        return []


@pytest.fixture(scope="module")
def folder(measured, tmp_path_factory):
    made = tmp_path_factory.mktemp("report")
    found = tuple(below(measured, floors(emergencies_found=0.99)))
    report.write(report.Report(measured, found, (), tuple(worst([MISS, JOKE])), NoMeanings(), "kept.jsonl"), made)
    return made


def test_the_page_is_one_file_that_anybody_can_read(folder):
    text = (folder / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert len(page.all("h1")) == 1 and page.all("html") == [{"lang": "en"}] and len(page.all("main")) == 1
    assert all("scope" in cell for cell in page.all("th"))
    assert [region["aria-label"] for tag, region in page.tags if region.get("role") == "img"] and "prefers-color-scheme: dark" in text
    # Nothing is fetched, and what messages say is shown, never run.
    assert not page.all("script") and not page.all("img") and "<b>out_of_scope</b> &" not in text
    assert "&lt;b&gt;out_of_scope&lt;/b&gt; &amp; more" in text
    assert all(link["href"].startswith(("#", "data:")) for tag, link in page.tags if tag in ("a", "link"))


def test_json_and_pictures_lie_beside_it(folder):
    assert {path.name for path in folder.iterdir()} == {
        "index.html", "understanding.json", "danger.svg", "confusion.svg", "reliability.svg", "learning.svg",
    }  # fmt: skip
    content = json.loads((folder / "understanding.json").read_text(encoding="utf-8"))
    assert not content["passed"] and content["shares"]["emergencies_found"]["interval"][0] < 0.5
    assert [error["kind"] for error in content["worst_errors"]] == [MISSED, ALARM_FOR_NOTHING]
    assert content["swaps_answered_differently"][0]["after"]["urgency"] == "emergency"
