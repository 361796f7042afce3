"""The anatomy: every part of the bot, and what leads to what."""

import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest

from bot.directory import load_directory
from bot.errors import StartError
from bot.reply import details
from bot.sentences import Sentences
from bot.settings import ROOT, read_settings
from bot.staff.action_code import read_actions
from bot.staff.anatomy import CODE, read_anatomy
from bot.staff.documents import map_page, sentences_page, write_map, write_sentences

CONTACTS = read_settings({}).contacts
TODAY = date(2026, 2, 2)


@pytest.fixture(scope="module")
def anatomy():
    return read_anatomy(CONTACTS)


def names(anatomy, kind: str) -> set[str]:
    return {node.name for node in anatomy.nodes.values() if node.kind == kind}


def test_every_part_is_there(anatomy):
    assert names(anatomy, "contact") == set(load_directory(CONTACTS))
    assert names(anatomy, "response") == Sentences(ROOT / "data/responses").names()
    assert {"domestic_abuse", "empty"} <= names(anatomy, "intent") and "Hello" in names(anatomy, "rule")


def test_what_leads_to_what(anatomy):
    led = {(edge.start, edge.end, edge.kind) for edge in anatomy.edges}
    assert {
        ("intent:greeting", "rule:Hello", "rule"), ("rule:Hello", "response:utter_greeting", "rule"),
        ("intent:domestic_abuse", "response:utter_domestic_abuse", "routing"),
        ("response:utter_domestic_abuse", "contact:emerald", "names"), ("response:utter_greeting", "intent:domestic_abuse", "choice"),
        ("action:action_more_help", "response:utter_more_help", "says"),
    } <= led  # fmt: skip


def test_everything_is_led_to(anatomy):
    led_to = {edge.end for edge in anatomy.edges}
    alone = [node.id for node in anatomy.nodes.values() if node.kind not in ("intent", CODE) and node.id not in led_to]
    assert alone == []


def test_each_part_stands_where_it_says(anatomy):
    for node in anatomy.nodes.values():
        line = (ROOT / node.file).read_text(encoding="utf-8").splitlines()[node.line - 1]
        assert node.kind in (CODE,) or node.name in line.replace("class Action", "") or node.kind == "action", (node, line)


def test_the_rule_that_answered_is_found(anatomy):
    assert [rule.name for rule in anatomy.rules_for("greeting", ("utter_greeting",))] == ["Hello"]
    assert anatomy.rules_for("greeting", ("utter_goodbye",)) == []


def test_code_is_read_with_the_functions_that_it_calls(tmp_path):
    (tmp_path / "a.py").write_text(
        'def help(d, f):\n    d.utter(response="utter_a")\n    d.utter(response=f"utter_b_{d}")\n    d.utter(response=f"utter_{f}")\n\n'
        'class X:\n    def name(self):\n        return "action_x"\n    def answer(self, d):\n        help(d, "f")\n',
        encoding="utf-8",
    )
    [said] = read_actions(tmp_path, {"utter_a", "utter_b_x", "utter_b_y", "utter_c", "utter_f", "utter_g"})
    assert (said.name, said.line, said.responses) == ("action_x", 6, ("utter_a", "utter_b_x", "utter_b_y", "utter_f"))


def test_the_map_shows_every_part_and_what_is_not_reached(anatomy):
    page = map_page(anatomy, {"intent:greeting"})
    assert all(f'id="{node}"' in unescape(page) for node in anatomy.nodes)
    assert 'class="node intent reached"' in page and 'class="node intent unreached"' in page and 'class="node code aside"' in page
    assert "<style" not in page and " style=" not in page and "onclick" not in page


def test_without_graphviz_staff_are_told_what_to_do(anatomy, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(StartError, match="run `make tools`"):
        map_page(anatomy, set())


def test_the_document_holds_every_sentence_with_a_place_to_sign(anatomy):
    page = unescape(sentences_page(anatomy, TODAY))
    assert page.count("Agreed:") == len(names(anatomy, "response")) + len(names(anatomy, "contact"))
    for words in ("Take care of yourself.", "Call 999 now.", "type exit and press Enter"):
        assert words in page
    assert "nowhere yet" not in page and "2 February 2026" in page and "[when asked again]" in page


def test_the_document_holds_all_that_is_told_of_a_contact(anatomy):
    page = unescape(sentences_page(anatomy, TODAY))
    for contact in load_directory(CONTACTS).values():
        assert all(line in page for line in details(contact)[1:]), contact.id
        assert contact.phone is None or f"Phone: {contact.phone}" in page


def test_a_changed_word_changes_the_version(anatomy):
    before = sentences_page(anatomy, TODAY)
    first = anatomy.nodes["contact:999"]
    version = re.compile(r"version ([0-9a-f]{12})")

    def of(**changes: object) -> str:
        changed = replace(anatomy, nodes={**anatomy.nodes, first.id: replace(first, **changes)})
        return version.search(sentences_page(changed, TODAY + timedelta(days=1)))[1]

    assert of(words=["another word"]) != version.search(before)[1] == of(line=first.line + 1)


def test_both_are_written_with_what_they_need(anatomy, tmp_path):
    for page in (write_map(anatomy, set(), tmp_path), write_sentences(anatomy, tmp_path, TODAY)):
        assert "/pages/" not in page.read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {
        "map.html", "map.css", "map.js", "sentences.html", "sentences.css", "workbench.css",
    }  # fmt: skip
