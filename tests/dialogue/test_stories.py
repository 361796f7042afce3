"""Plays the test stories (Rasa's own format) through the loaded engine: every intent and every action has to be as written."""

from bot.reply import Reply
from bot.settings import ROOT
from bot.staff.coverage import read_rules, unreached
from bot.staff.stories import Story, Turn, read_stories
from bot.understanding.labels import EMERGENCY
from tests.dialogue.conftest import STORIES

# Said where something fails, or by one channel only: their own tests say them.
ELSEWHERE = ("faults.yml", "telegram.yml")


def test_there_are_enough_conversations():
    assert len([story for story in STORIES if 2 <= len(story.steps) <= 12]) >= 120
    assert len({story.name for story in STORIES}) == len(STORIES)


def test_a_story_goes_as_written(played, story):
    assert [(turn.step.typed, turn.intent, turn.actions) for turn in played[story.name]] == [
        (step.typed, step.intent, step.actions) for step in story.steps
    ]


def test_every_reply_ends_with_the_way_out(played, story):
    for turn in played[story.name]:
        assert turn.reply.text.endswith(turn.reply.quick_exit.text)
        assert "Something went wrong" not in turn.reply.text


def test_no_reply_is_longer_than_a_glance(played, story):
    for turn in played[story.name]:
        assert len(turn.reply.body.split()) <= 110, turn.reply.body


def test_nobody_gets_the_very_same_words_a_third_time(played, story):
    bodies = [turn.reply.body for turn in played[story.name] if turn.reply.body]
    assert all(bodies.count(body) < 3 for body in bodies)


def test_an_emergency_names_999_first(played, story):
    for turn in played[story.name]:
        if turn.reply.urgency == EMERGENCY:
            assert turn.reply.contacts[0].id == "999"
            assert "999" in turn.reply.text.splitlines()[0] or "999" in turn.reply.text.splitlines()[1]


def test_every_rule_response_and_action_is_reached(engine, played):
    turns = [turn for turns in played.values() for turn in turns]
    responses = engine.sentences.names() - engine.sentences.names_in(*ELSEWHERE) - {"utter_quick_exit"}
    missing = unreached(turns, read_rules(ROOT / "data/rules"), responses, engine.agent.action_endpoint.names - {"action_follow"})
    assert missing.lines() == []


# The checks themselves


def turn(intent="ask", actions=("utter_a",), said=("utter_a",), slots=None) -> Turn:
    from bot.reply import QuickExit
    from bot.staff.stories import Step

    return Turn(Step(intent, "x", None, actions), intent, actions, Reply("x", QuickExit("y", "z")), slots or {}, said)


def test_what_no_story_reaches_is_named(tmp_path):
    (tmp_path / "a.yml").write_text(
        "rules:\n- rule: One\n  steps: [{intent: ask}, {action: utter_a}]\n"
        "- rule: Two\n  condition: [{slot_was_set: [{last: harm}]}]\n  steps: [{intent: ask}, {action: utter_b}]\n",
        encoding="utf-8",
    )
    rules = read_rules(tmp_path)
    missing = unreached([turn()], rules, ["utter_a", "utter_b"], ["action_c"])
    assert missing.lines() == [
        "no test story reaches the rule Two",
        "no test story reaches the response utter_b",
        "no test story reaches the action action_c",
    ]
    reached = [turn(), turn(actions=("utter_b",), said=("utter_b",), slots={"last": "harm"}), turn(actions=("action_c",))]
    assert unreached(reached, rules, ["utter_a", "utter_b"], ["action_c"]).lines() == []


def test_a_rule_with_a_condition_is_not_reached_without_it(tmp_path):
    (tmp_path / "a.yml").write_text(
        "rules:\n- rule: Two\n  condition: [{slot_was_set: [{last: harm}]}]\n  steps: [{intent: ask}, {action: utter_a}]\n",
        encoding="utf-8",
    )
    assert unreached([turn(slots={"last": "answer"})], read_rules(tmp_path), [], []).rules == ("Two",)


def test_a_story_that_goes_otherwise_is_seen():
    assert turn().as_written
    assert not Turn(turn().step, "other", ("utter_a",), turn().reply, {}).as_written


def test_rasa_s_own_format_is_read(tmp_path):
    (tmp_path / "test_a.yml").write_text(
        "stories:\n- story: A\n  steps:\n  - user: hello there\n    intent: greeting\n  - action: utter_a\n  - action: utter_b\n"
        "  - intent: service_info\n    entities: [{service: '101'}]\n  - action: action_c\n",
        encoding="utf-8",
    )
    [story] = read_stories(tmp_path)
    assert isinstance(story, Story)
    assert [(step.typed, step.tapped, step.intent, step.actions) for step in story.steps] == [
        ("hello there", None, "greeting", ("utter_a", "utter_b")),
        (None, "service_info:101", "service_info", ("action_c",)),
    ]
