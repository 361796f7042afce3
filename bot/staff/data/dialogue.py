"""Whether intents, rules, actions, responses and slots fit together: nothing named that is not there, nothing there that nobody names.

In: Sources. Out: findings. Pure, but for reading the directory's ids.
"""

import re
from typing import Iterator

from bot.staff.data.sources import Sources
from bot.staff.findings import Finding
from bot.staff.places import Placed
from bot.understanding.labels import HARM, SITUATIONS, URGENCIES

# What Rasa brings itself.
_DEFAULT_ACTIONS = re.compile(
    r"action_(listen|restart|session_start|default_fallback|deactivate_loop|revert_fallback_events|default_ask_affirmation"
    r"|default_ask_rephrase|two_stage_fallback|back|unlikely_intent|extract_slots|send_text|clean_stack)\Z"
)
_DEFAULT_SLOTS = {"requested_slot", "session_started_metadata"}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def check_dialogue(sources: Sources) -> Iterator[Finding]:
    """Everything about the dialogue."""
    yield from _intents(sources)
    yield from _actions(sources)
    yield from _responses(sources)
    yield from _slots(sources)
    yield from _routing(sources)


def check_labels(sources: Sources) -> Iterator[Finding]:
    """A block of messages without its labels, or with wrong ones."""
    for block in sources.blocks:
        if not isinstance(block.value, dict) or "intent" not in block.value:
            continue  # look-ups, synonyms and regexes have no labels
        intent, metadata = str(block.value["intent"]), block.value.get("metadata")
        if intent not in SITUATIONS:
            continue  # learnt for other questions than what the situation is
        labels = metadata if isinstance(metadata, dict) else {}
        situations, urgency = labels.get("situations"), labels.get("urgency")
        if not situations or not urgency:
            yield _found(
                block, f"this block of {intent} has no labels.",
                "Write situations and urgency into its metadata, as docs/labels.md says.",
            )  # fmt: skip
        elif set(situations) - set(SITUATIONS) or urgency not in URGENCIES:
            yield _found(block, f"this block of {intent} has a label that nobody knows.", "Use the labels of docs/labels.md.")
        elif situations[0] != intent:
            what_to_do = "Move it to that intent, or put its own situation first."
            yield _found(block, f"this block of {intent} is labelled {situations[0]} first.", what_to_do)


def _intents(sources: Sources) -> Iterator[Finding]:
    taught = {str(block.value["intent"]): block for block in sources.blocks if isinstance(block.value, dict) and "intent" in block.value}
    ruled = {str(step.value["intent"]): step for step in _steps(sources) if "intent" in step.value}
    tapped = {button.intent: button.place for button in sources.buttons()}
    for name, place in sources.intents.items():
        if name not in ruled:
            yield _found(place, f"no rule says what follows the intent {name}.", "Write a rule for it in data/rules, or take it out.")
        if name not in taught and name not in tapped and not sources.names_in_code(name):
            yield _found(
                place, f"nobody can reach the intent {name}: no message teaches it, no button sends it.",
                "Add messages to data/nlu or a button to data/responses, or take it out.",
            )  # fmt: skip
    for kind, named in (("these messages teach", taught), ("this rule begins with", ruled), ("this button sends", tapped)):
        for name, place in named.items():
            if name.split("/")[0] not in sources.intents:
                yield _found(place, f"{kind} the intent {name}, which domain.yml lacks.", "Add it to domain.yml, or correct the name.")
    for button in sources.buttons():
        for entity in set(button.entities) - set(sources.entities):
            yield _found(button.place, f"this button sends the entity {entity}, which domain.yml lacks.", "Correct the name.")


def _actions(sources: Sources) -> Iterator[Finding]:
    done = {str(step.value["action"]): step for step in _steps(sources) if step.value.get("action")}
    # These fill slots before each answer; no rule names them.
    filling = {str(mapping.value.get("action")) for slot in sources.slots.values() for mapping in slot.at("mappings").items()}
    for name, place in sources.actions.items():
        if name not in sources.coded_actions and not name.startswith("utter_"):
            yield _found(place, f"the action {name} has no code.", "Write it in actions/, or take it out of domain.yml.")
        elif name not in done and name not in filling:
            yield _found(place, f"no rule uses the action {name}.", "Use it in data/rules, or take it out.")
    for name, place in sources.coded_actions.items():
        if name not in sources.actions:
            yield _found(place, f"the action {name} is written, but domain.yml lacks it.", "Add it there, or take the code out.")
    for name, place in done.items():
        if name not in sources.actions and not name.startswith("utter_") and not _DEFAULT_ACTIONS.match(name):
            yield _found(place, f"this rule uses the action {name}, which domain.yml lacks.", "Add it there, or correct the name.")


def _responses(sources: Sources) -> Iterator[Finding]:
    steps = {str(step.value["action"]): step for step in _steps(sources) if str(step.value.get("action") or "").startswith("utter_")}
    routed = {str(place.value): place for place in _routed_responses(sources.routing)}
    for name, variations in sources.responses.items():
        if name not in steps and name not in routed and not sources.names_in_code(name):
            yield _found(variations[0], f"nothing ever says {name}.", "Use it in a rule or in data/routing, or take it out.")
        for variation in variations:
            text = variation.value.get("text") if isinstance(variation.value, dict) else None
            if not str(text or "").strip():
                yield _found(variation, f"{name} has no text.", "Write what is to be said.")
            for placeholder in _PLACEHOLDER.findall(str(text or "")):
                if placeholder not in sources.slots:
                    yield _found(variation, f"{name} has a gap {{{placeholder}}} that nothing fills.", "Write a slot's name, or the words.")
    for name, place in {**routed, **steps}.items():
        if name not in sources.responses:
            yield _found(place, f"{name} is said here, but stands nowhere.", "Write it in data/responses, or correct the name.")


def _slots(sources: Sources) -> Iterator[Finding]:
    conditions = str([rule.value for rule in sources.rules])
    for name, place in sources.slots.items():
        if name not in _DEFAULT_SLOTS and name not in sources.code and f"'{name}'" not in conditions:
            yield _found(place, f"nothing reads or fills the slot {name}.", "Use it in a rule or an action, or take it out.")
        for mapping in place.at("mappings").items():
            entity = mapping.value.get("entity") if isinstance(mapping.value, dict) else None
            if entity and entity not in sources.entities:
                yield _found(mapping, f"the slot {name} is filled from {entity}, which is no entity.", "Correct the entity's name.")


def _routing(sources: Sources) -> Iterator[Finding]:
    contacts = {str(entry.value.get("id")) for entry in sources.contacts.at("contacts").items() if isinstance(entry.value, dict)}
    routed = {str(entry.value.get("id")): entry for entry in sources.routing.at("situations").items() if isinstance(entry.value, dict)}
    for name, entry in routed.items():
        if name not in HARM:
            yield _found(entry, f"{name} is no situation of harm.", "Use the ids of docs/labels.md.")
    for name in HARM:
        if name not in routed:
            yield _found(sources.routing.at("situations"), f"{name} leads to no help.", "Add an entry for it.")
    for entry in _routes(sources.routing):
        if str(entry.value.get("id")) not in contacts:
            yield _found(entry, f"the directory has no contact {entry.value.get('id')}.", "Add it to data/contacts, or correct the id.")


def _steps(sources: Sources) -> Iterator[Placed]:
    for rule in sources.rules:
        for step in rule.at("steps").items():
            if isinstance(step.value, dict):
                yield step


def _routed_responses(place: Placed) -> Iterator[Placed]:
    """Every name of a response in the routing file, however deep."""
    if isinstance(place.value, str) and place.value.startswith("utter_"):
        yield place
    for _, part in place.entries():
        yield from _routed_responses(part)
    for part in place.items():
        yield from _routed_responses(part)


def _routes(place: Placed) -> Iterator[Placed]:
    """Every contact with its why in the routing file, however deep."""
    if isinstance(place.value, dict) and {"id", "why"} <= set(place.value):
        yield place
    for _, part in place.entries():
        yield from _routes(part)
    for part in place.items():
        yield from _routes(part)


def _found(place: Placed, what: str, what_to_do: str) -> Finding:
    return Finding("data", place.file, place.line, what, what_to_do)
