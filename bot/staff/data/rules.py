"""Whether the rules contradict one another, and what Rasa's own validation says: both by Rasa itself.

In: Sources that hold together as far as our own checks see. Out: findings. Trains the rules alone, which takes seconds.
"""

import re
import tempfile
import warnings
from pathlib import Path
from typing import Iterator

from rasa.core.policies.rule_policy import InvalidRule, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.utils.validation import YamlException
from rasa.validator import Validator

from bot.staff.data.sources import Sources
from bot.staff.findings import Finding

# Its checks of intents are left out: ours know that some intents are only ever tapped.
_RASAS_CHECKS = (
    "verify_domain_validity", "verify_actions_in_stories_rules", "verify_forms_in_stories_rules",
    "verify_form_slots", "verify_slot_mappings", "verify_story_structure",
)  # fmt: skip


def check_rules(sources: Sources) -> Iterator[Finding]:
    """The first contradiction between rules; and where there is none, what Rasa's validation warns of."""
    importer = TrainingDataImporter.load_from_config(
        str(sources.root / "config.yml"), str(sources.root / "domain.yml"), [str(sources.root / "data")]
    )
    try:
        domain, stories = importer.get_domain(), importer.get_stories()
    except (YamlException, ValueError) as problem:
        yield Finding("data", "domain.yml", 1, f"Rasa cannot read the rules: {_one_line(problem)}", "Correct it there.")
        return
    trackers = TrainingDataGenerator(stories, domain, augmentation_factor=0).generate()
    with tempfile.TemporaryDirectory() as scratch:
        storage = LocalModelStorage.create(Path(scratch))
        policy = RulePolicy(
            RulePolicy.get_default_config(), storage, Resource("rules"), ExecutionContext(GraphSchema({}), model_id="check")
        )
        try:
            policy.train(trackers, domain)
        except InvalidRule as problem:
            file, line = _place(sources, str(problem))
            yield Finding("data", file, line, f"rules contradict one another: {_one_line(problem)}", "Make one of them say when it holds.")
            return
    yield from _rasas_own(importer)


def _rasas_own(importer: TrainingDataImporter) -> Iterator[Finding]:
    validator = Validator.from_importer(importer)
    for name in _RASAS_CHECKS:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            passed = getattr(validator, name)()
        said = [_one_line(warning.message) for warning in heard if warning.category is UserWarning]
        if said or not passed:
            yield Finding("data", "domain.yml", 1, f"Rasa's {name}: {' '.join(said) or 'not passed.'}", "See `rasa data validate`.")


def _place(sources: Sources, problem: str) -> tuple[str, int]:
    """Where the rule that Rasa names first stands."""
    named = [(problem.index(f"'{name}'"), rule) for rule in sources.rules for name in [rule.value.get("rule")] if f"'{name}'" in problem]
    if not named:
        return "data/rules", 1
    rule = min(named, key=lambda pair: pair[0])[1]
    return rule.file, rule.line


def _one_line(problem: object) -> str:
    text = re.sub(r"\s+", " ", str(problem)).strip()
    return text[:400]
