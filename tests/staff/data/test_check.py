"""A broken copy of the data for each kind of finding: the check has to find it, name its file and line, and find nothing else."""

import re
import shutil
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.staff.data.check import check_data
from bot.staff.findings import Finding
from bot.understanding import phrases

HAIL = "- intent: hail\n  metadata: {situations: [greeting], urgency: none}\n  examples: |\n    - ahoy\n"
FEW = 3  # messages of each block: enough for the checks, and quick


@pytest.fixture(scope="module", autouse=True)
def phrases_read_once():
    """The same danger phrases are the same for every copy; a file that differs is read anew."""
    read, known = phrases.DangerPhrases, {}

    def once(path: Path) -> phrases.DangerPhrases:
        words = path.read_bytes()
        if words not in known:
            known[words] = read(path)
        return known[words]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "DangerPhrases", once)
        yield


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A copy of the project with few messages, in which nothing is wrong."""
    copy = tmp_path_factory.mktemp("sound") / "project"
    for folder in ("actions", "bot", "data/contacts", "data/danger", "data/responses", "data/routing", "data/rules"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.npz", "telegram.yml"))
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, copy / name)
    for path in (ROOT / "data/nlu").rglob("*.yml"):
        short = copy / path.relative_to(ROOT)
        short.parent.mkdir(parents=True, exist_ok=True)
        short.write_text(shortened(path.read_text(encoding="utf-8")), encoding="utf-8")
    return copy


def shortened(text: str) -> str:
    """The first few messages of each block, and everything else."""
    kept, messages = [], 0
    for line in text.splitlines():
        messages = messages + 1 if line.startswith("    - ") else 0
        if messages <= FEW:
            kept.append(line)
    return "\n".join(kept) + "\n"


@pytest.fixture()
def copy(sound, tmp_path) -> Path:
    """A copy to break."""
    broken = tmp_path / "project"
    shutil.copytree(sound, broken)
    return broken


def change(copy: Path, name: str, old: str, new: str) -> int:
    """Replaces the first `old` in a file; returns the line where it stood."""
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text, (name, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def append(copy: Path, name: str, text: str) -> int:
    """Adds lines to a file; returns the first one's number."""
    path = copy / name
    before = path.read_text(encoding="utf-8")
    path.write_text(before.rstrip("\n") + "\n" + text, encoding="utf-8")
    return before.rstrip("\n").count("\n") + 2


def only(copy: Path, file: str, line: int, what: str) -> Finding:
    """The one finding of a broken copy, which has to stand there and say that, and what to do."""
    findings, _ = check_data(copy)
    assert [(finding.file, finding.line) for finding in findings] == [(file, line)], findings
    assert re.search(what, findings[0].what), findings[0].what
    assert findings[0].what_to_do and findings[0].part == "data"
    return findings[0]


def test_the_copy_is_sound(sound):
    findings, looked_at = check_data(sound)
    assert findings == [] and looked_at > 50


def test_an_intent_without_a_rule(copy):
    append(copy, "data/nlu/greeting.yml", HAIL)
    change(copy, "domain.yml", "- thanks:\n", "- hail:\n    use_entities: []\n- thanks:\n")
    only(copy, "domain.yml", line_of(copy, "domain.yml", "- hail:"), "no rule says what follows the intent hail")


def test_an_intent_that_nobody_can_reach(copy):
    change(copy, "domain.yml", "- thanks:\n", "- hail:\n    use_entities: []\n- thanks:\n")
    append(copy, "data/rules/conversation.yml", "- rule: Hail\n  steps:\n  - intent: hail\n  - action: utter_greeting\n")
    only(copy, "domain.yml", line_of(copy, "domain.yml", "- hail:"), "nobody can reach the intent hail")


def test_messages_that_teach_an_unknown_intent(copy):
    line = append(copy, "data/nlu/greeting.yml", HAIL)
    only(copy, "data/nlu/greeting.yml", line, "teach the intent hail, which domain.yml lacks")


def test_a_rule_that_begins_with_an_unknown_intent(copy):
    line = append(copy, "data/rules/conversation.yml", "- rule: Hail\n  steps:\n  - intent: hail\n  - action: utter_greeting\n")
    only(copy, "data/rules/conversation.yml", line + 2, "begins with the intent hail, which domain.yml lacks")


def test_a_button_to_an_unknown_intent(copy):
    line = change(copy, "data/responses/help.yml", "payload: /ask_more_help", "payload: /ask_more_cake")
    finding = only(copy, "data/responses/help.yml", line - 1, "sends the intent ask_more_cake")
    assert "correct the name" in finding.what_to_do


def test_a_button_with_an_unknown_entity(copy):
    name = next(path for path in (copy / "data/responses").glob("*.yml") if '{"service": "' in path.read_text(encoding="utf-8"))
    line = change(copy, name.relative_to(copy).as_posix(), '{"service": "', '{"servant": "')
    findings, _ = check_data(copy)
    # The sentences cannot be read with it either, which is told as well.
    assert [finding.line for finding in findings if "sends the entity servant" in finding.what] == [line - 1]
    assert len(findings) == 2


def test_an_action_without_code(copy):
    line = append_action(copy, "action_sing")
    append(copy, "data/rules/conversation.yml", "- rule: Sing\n  steps:\n  - intent: thanks\n  - action: action_sing\n")
    change(copy, "data/rules/conversation.yml", "- rule: Thanks\n  steps:\n  - intent: thanks\n  - action: utter_thanks\n", "")
    change(copy, "data/rules/conversation.yml", "  - action: utter_goodbye\n", "  - action: utter_goodbye\n  - action: utter_thanks\n")
    only(copy, "domain.yml", line, "the action action_sing has no code")


def append_action(copy: Path, name: str) -> int:
    change(copy, "domain.yml", "- action_signpost\n", f"- action_signpost\n- {name}\n")
    return line_of(copy, "domain.yml", f"- {name}")


def line_of(copy: Path, name: str, text: str) -> int:
    lines = (copy / name).read_text(encoding="utf-8").splitlines()
    return next(place for place, line in enumerate(lines, start=1) if line.startswith(text))


ACTION = '''

class ActionSing(SafeAction):
    """Sings."""

    def name(self) -> str:
        return "action_sing"

    async def answer(self, dispatcher, tracker):
        return []
'''


def test_an_action_that_no_rule_uses(copy):
    append(copy, "actions/signposting.py", ACTION)
    line = append_action(copy, "action_sing")
    only(copy, "domain.yml", line, "no rule uses the action action_sing")


def test_an_action_that_the_domain_lacks(copy):
    line = append(copy, "actions/signposting.py", ACTION)
    only(copy, "actions/signposting.py", line + ACTION.splitlines().index('        return "action_sing"'), "domain.yml lacks it")


def test_a_rule_with_an_unknown_action(copy):
    line = change(copy, "data/rules/conversation.yml", "  - action: action_leave\n", "  - action: action_leave\n  - action: action_sing\n")
    only(copy, "data/rules/conversation.yml", line + 1, "uses the action action_sing, which domain.yml lacks")


def test_a_response_that_nothing_says(copy):
    line = append(copy, "data/responses/conversation.yml", '  utter_song:\n  - text: "La la la."\n')
    only(copy, "data/responses/conversation.yml", line + 1, "nothing ever says utter_song")


def test_a_response_that_stands_nowhere(copy):
    line = change(copy, "data/rules/conversation.yml", "  - action: utter_thanks\n", "  - action: utter_thanks\n  - action: utter_song\n")
    only(copy, "data/rules/conversation.yml", line + 1, "utter_song is said here, but stands nowhere")


def test_a_gap_that_nothing_fills(copy):
    line = change(copy, "data/responses/conversation.yml", "You're welcome.", "You're welcome, {visitor}.")
    only(copy, "data/responses/conversation.yml", line, r"utter_thanks has a gap \{visitor\}")


def test_a_slot_that_nothing_uses(copy):
    change(copy, "domain.yml", "slots:\n", "slots:\n  mood:\n    type: text\n    mappings:\n    - type: custom\n")
    only(copy, "domain.yml", line_of(copy, "domain.yml", "  mood:"), "nothing reads or fills the slot mood")


def test_rules_that_contradict_one_another(copy):
    append(copy, "data/rules/conversation.yml", "- rule: Thanks in another way\n  steps:\n  - intent: thanks\n  - action: utter_goodbye\n")
    findings, _ = check_data(copy)
    assert [finding.file for finding in findings] == ["data/rules/conversation.yml"]
    assert "contradict one another" in findings[0].what and "Thanks" in findings[0].what and findings[0].line > 1


def test_nearly_the_same_message_under_two_situations(copy):
    change(copy, "data/nlu/stalking_harassment.yml", "    - ", "    - he parks outside my work every single evening\n    - ")
    change(copy, "data/nlu/out_of_scope.yml", "    - ", "    - he parks outside my work, every single evening!\n    - ")
    line = line_of(copy, "data/nlu/out_of_scope.yml", "    - he parks")
    finding = only(copy, "data/nlu/out_of_scope.yml", line, "is out_of_scope, none, and the same is stalking_harassment")
    other = line_of(copy, "data/nlu/stalking_harassment.yml", "    - he parks")
    assert f"data/nlu/stalking_harassment.yml:{other}" in finding.what


def test_a_block_without_labels(copy):
    text = (copy / "data/nlu/thanks.yml").read_text(encoding="utf-8")
    stripped = re.sub(r"  metadata:\n(?:    .*\n)+?(?=  examples)", "", text, count=1)
    assert stripped != text
    (copy / "data/nlu/thanks.yml").write_text(stripped, encoding="utf-8")
    only(copy, "data/nlu/thanks.yml", line_of(copy, "data/nlu/thanks.yml", "- intent: thanks"), "this block of thanks has no labels")


def test_a_label_that_nobody_knows(copy):
    change(copy, "data/nlu/thanks.yml", "urgency: none", "urgency: slight")
    only(copy, "data/nlu/thanks.yml", line_of(copy, "data/nlu/thanks.yml", "- intent: thanks"), "a label that nobody knows")


def test_a_block_under_the_wrong_intent(copy):
    change(copy, "data/nlu/thanks.yml", "situations: [thanks]", "situations: [goodbye]")
    only(copy, "data/nlu/thanks.yml", line_of(copy, "data/nlu/thanks.yml", "- intent: thanks"), "is labelled goodbye first")


def test_a_channel_whose_replies_do_not_say_how_to_leave(copy):
    change(copy, "data/responses/conversation.yml", "    channel: terminal\n", "    channel: telex\n")
    findings, _ = check_data(copy)
    assert ["the channel terminal do not say how to leave" in finding.what for finding in findings] == [True]


def test_a_way_out_that_does_not_name_the_key(copy):
    line = change(copy, *exit_of(copy, "Escape"), "Return")
    only(copy, exit_of(copy, "Return")[0], line, "the way out in the channel web does not name Escape")


def exit_of(copy: Path, word: str) -> tuple[str, str]:
    """The file in which the web's way out stands, and the word in it."""
    for path in sorted((copy / "data/responses").glob("*.yml")):
        if f"press the {word} key" in path.read_text(encoding="utf-8"):
            return path.relative_to(copy).as_posix(), word
    raise LookupError(word)


def test_a_number_outside_the_directory(copy):
    line = change(copy, "data/responses/conversation.yml", "You're welcome.", "You're welcome. Ring 0800 555 111.")
    only(copy, "data/responses/conversation.yml", line, "0800 555 111 stands outside the directory")


def test_a_kept_message_among_the_training_messages(copy):
    (copy / "tests/understanding").mkdir(parents=True)
    kept = '{"text": "he counts the miles on my car", "situations": ["domestic_abuse"], "urgency": "support", "style": ["indirect"]}\n'
    (copy / "tests/understanding/held_out.jsonl").write_text(kept, encoding="utf-8")
    line = change(copy, "data/nlu/domestic_abuse.yml", "    - ", "    - He counts the miles on my car.\n    - ")
    finding = only(copy, "data/nlu/domestic_abuse.yml", line, "is the same as the kept message")
    assert "tests/understanding/held_out.jsonl:1" in finding.what


def test_help_that_the_directory_lacks(copy):
    line = change(copy, "data/routing/routing.yml", "{id: respect,", "{id: disrespect,")
    only(copy, "data/routing/routing.yml", line, "the directory has no contact disrespect")


def test_a_file_that_is_no_yaml(copy):
    line = append(copy, "data/rules/services.yml", "- rule: [broken\n")
    findings, _ = check_data(copy)
    assert [finding.file for finding in findings] == ["data/rules/services.yml"]
    assert findings[0].line >= line and "not valid YAML" in findings[0].what and findings[0].what_to_do == "Correct it there."


def test_danger_phrases_that_cannot_be_read(copy):
    append(copy, "data/danger/phrases.yml", "nonsense: 1\n")
    findings, _ = check_data(copy)
    assert [finding.file for finding in findings] == ["data/danger/phrases.yml"]



def test_the_data_of_the_project_are_sound():
    findings, looked_at = check_data(ROOT)
    assert findings == [] and looked_at > 100
