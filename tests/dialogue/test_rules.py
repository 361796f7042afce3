"""Rules that are found by the last intent and the last action are the rules that Rasa finds by trying all."""

import asyncio
import json
import random

import pytest
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphNode, GraphSchema
from rasa.shared.core.constants import SHOULD_NOT_BE_SET

from bot.dialogue.rules import IndexedRulePolicy
from bot.staff.playing import play
from tests.dialogue.conftest import STORIES

INTENTS, ACTIONS = ("greeting", "thanks", SHOULD_NOT_BE_SET, None), ("action_listen", "utter_thanks", None)


@pytest.fixture(scope="module")
def node(engine) -> GraphNode:
    """Where the model's graph holds its rules."""
    return next(node for node in engine.agent.processor.graph_runner._nodes.values() if isinstance(node._component, IndexedRulePolicy))


@pytest.fixture(scope="module")
def policy(node) -> IndexedRulePolicy:
    return node._component


@pytest.fixture(scope="module")
def rasa_s_own(policy) -> RulePolicy:
    return like(RulePolicy, policy, policy.lookup)


def like(kind: type[RulePolicy], policy: RulePolicy, lookup: dict) -> RulePolicy:
    context = ExecutionContext(GraphSchema({}), model_id="test")
    return kind(dict(policy.config), policy._model_storage, policy._resource, context, policy.featurizer, lookup)


@pytest.mark.parametrize("told", STORIES[::12], ids=lambda story: story.name)
def test_it_predicts_what_rasa_s_own_predicts(engine, node, rasa_s_own, monkeypatch, told):
    ours, predicted, expected = node._fn, [], []

    def both(policy, tracker, domain, **named):
        prediction, own = ours(policy, tracker, domain, **named), rasa_s_own.predict_action_probabilities(tracker, domain, **named)
        predicted.append((prediction.probabilities, prediction.events))
        expected.append((own.probabilities, own.events))
        return prediction

    monkeypatch.setattr(node, "_fn", both)
    asyncio.run(play(engine, told))
    assert predicted
    assert predicted == expected


def state(chance: random.Random) -> dict:
    intent, action = chance.choice(INTENTS), chance.choice(ACTIONS)
    slots = {"young": (1.0, 0.0)} if chance.random() < 0.3 else {}
    parts = {"user": {"intent": intent} if intent else {}, "prev_action": {"action_name": action} if action else {}, "slots": slots}
    return {name: part for name, part in parts.items() if part}


@pytest.mark.parametrize("seed", range(40))
def test_no_rule_that_could_hold_is_passed_over(policy, seed):
    chance = random.Random(seed)
    rules = {json.dumps([state(chance) for _ in range(chance.randrange(1, 4))]): "utter_thanks" for _ in range(60)}
    ours, theirs = (like(kind, policy, {RULES: rules}) for kind in (IndexedRulePolicy, RulePolicy))
    for _ in range(60):
        told = [state(chance) for _ in range(chance.randrange(1, 5))]
        assert ours._get_possible_keys(ours.lookup[RULES], told) == theirs._get_possible_keys(theirs.lookup[RULES], told)
