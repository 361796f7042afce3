"""The base of every action: whatever goes wrong inside one, the person still gets a reply."""

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

log = logging.getLogger(__name__)


class SafeAction(Action, ABC):
    """Subclasses answer; this one makes sure that there is an answer."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Rasa's entry. Never raises: an exception becomes `utter_something_went_wrong` with 999 and 101."""
        said = CollectingDispatcher()
        try:
            events = await self.answer(said, tracker)
        except Exception as problem:  # noqa: BLE001 - a broad catch on purpose: silence is the worst answer of all
            # The exception's words may hold what the person typed; its kind cannot.
            log.error("action_failed action=%s kind=%s", self.name(), type(problem).__name__)
            dispatcher.utter_message(json_message={"fault": "utter_something_went_wrong"})
            return []
        dispatcher.messages.extend(said.messages)
        return events

    @abstractmethod
    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """What this action says, uttered into `dispatcher`; returns Rasa events."""
