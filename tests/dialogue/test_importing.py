"""The quick reader of training messages gives what Rasa's own gives."""

import copy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from bot.dialogue.importing import SupportImporter, Told
from bot.settings import ROOT

MESSAGES = """version: "3.1"
nlu:
- intent: domestic_abuse
  metadata: {situations: [domestic_abuse], urgency: support}
  examples: |
    - he hits me
    -  she says "leave": 'now'
    - he hits me
    - ça fait mal, 他打我
- intent: greeting
  examples: |
    - hi
"""
OTHERS = {
    "an entity": "nlu:\n- intent: service_info\n  examples: |\n    - who are [Emerald](service)\n",
    "a synonym": "nlu:\n- synonym: emerald\n  examples: |\n    - emrald\n",
    "a lookup": "nlu:\n- lookup: town\n  examples: |\n    - Luton\n",
    "messages as a list": "nlu:\n- intent: thanks\n  examples:\n  - text: |\n      ta\n",
    "rules": "rules:\n- rule: hello\n  steps:\n  - intent: greeting\n  - action: utter_greet\n",
}


def both(folder: Path):
    return [reader(None, None, [str(folder)]).get_nlu_data() for reader in (RasaFileImporter, SupportImporter)]


def told(data):
    return [message.data for message in data.training_examples]


def test_plain_messages_are_read_as_rasa_reads_them(tmp_path):
    (tmp_path / "nlu.yml").write_text(MESSAGES, encoding="utf-8")
    rasas, ours = both(tmp_path)
    assert told(ours) == told(rasas) and len(told(ours)) == 4


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_what_is_more_than_messages_is_left_to_rasa(tmp_path, name):
    (tmp_path / "nlu.yml").write_text(MESSAGES, encoding="utf-8")
    (tmp_path / "other.yml").write_text(OTHERS[name], encoding="utf-8")
    rasas, ours = both(tmp_path)
    assert sorted(map(str, told(ours))) == sorted(map(str, told(rasas)))
    assert (ours.entity_synonyms, ours.lookup_tables) == (rasas.entity_synonyms, rasas.lookup_tables)


def test_a_file_of_this_project_is_read_as_rasa_reads_it():
    rasas, ours = both(ROOT / "data/nlu/leave_now.yml")
    assert told(ours) == told(rasas) and len(told(ours)) > 300


def test_rasa_trains_with_this_reader():
    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data/rules")])
    while hasattr(importer, "importer") or hasattr(importer, "_importer"):
        importer = getattr(importer, "importer", None) or importer._importer
    assert [type(inner) for inner in importer._importers] == [SupportImporter]


def test_a_copy_changes_nothing_of_what_was_copied():
    message = Told({"text": "he hits me", "intent": "domestic_abuse"})
    other = copy.deepcopy(message)
    assert other == message and hash(other) == hash(message)
    other.set("text", "she hits me")
    assert message.get("text") == "he hits me" and other != message


def test_setting_what_is_set_already_keeps_what_is_known():
    message = Told({"text": "he hits me", "intent": "domestic_abuse"})
    known = message.fingerprint()
    message.set("intent", "domestic_abuse")
    assert message.fingerprint() == known
    message.set("intent", "greeting")
    assert message.fingerprint() != known
