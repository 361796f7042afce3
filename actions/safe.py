"""The base of every action: whatever goes wrong inside one, the person still gets a reply."""

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

log = logging.getLogger(__name__)


class SafeAction(Action, ABC):
    """Subclasses answer; this one makes sure that there is an answer."""

    # What is said where the action fails; None where another action answers all the same.
    fault: str | None = "utter_something_went_wrong"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Rasa's entry. Never raises: an exception becomes `fault`, with 999 and 101."""
        said = CollectingDispatcher()
        try:
            events = await self.answer(said, tracker)
        except Exception as problem:  # noqa: BLE001 - a broad catch on purpose: silence is the worst answer of all
            # The exception's words may hold what the person typed; its kind cannot.
            log.error("action_failed action=%s kind=%s", self.name(), type(problem).__name__)
            if self.fault is not None:
                dispatcher.utter_message(json_message={"fault": self.fault})
            return []
        dispatcher.messages.extend(said.messages)
        return events

    @abstractmethod
    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """What this action says, uttered into `dispatcher`; returns Rasa events."""
