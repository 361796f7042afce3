"""Rasa's events from their fields. Rasa's own way goes through all kinds of events for every single one, half a millisecond of a turn.

In: fields, as `as_dict` wrote them or an action gave them. Out: the event.
"""

from functools import cache
from typing import Any

from rasa.shared.core.events import Event


def event_of(fields: dict[str, Any]) -> Event:
    """The event that `fields` tell of, "event" being its kind. Raises ValueError where there is no such kind."""
    event: Event = _kind(fields["event"])._from_parameters(fields)
    return event


@cache
def _kind(name: str) -> type[Event]:
    return Event.resolve_by_type(name)
