"""Runs the custom actions in this process, over the wire format of `rasa run actions`, so that the same actions do for both."""

from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExtractSlots, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.dialogue.events import event_of
from bot.dialogue.graph import load_graph


class LocalActions(EndpointConfig):
    """Stands where Rasa expects an action server's address."""

    def __init__(self, package: str = "actions") -> None:
        # Without the selective domain, Rasa would write out the whole domain for every call.
        super().__init__(url="local", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    @property
    def names(self) -> set[str]:
        return set(self._executor.actions)

    async def request(
        self, method: str = "post", subpath: str | None = None, content_type: str | None = "application/json",
        compress: bool = False, **kwargs: Any,
    ) -> Any:  # fmt: skip
        return await self._executor.run(kwargs["json"])


class LocalAction(RemoteAction):
    """A remote action that is not remote: what our own code answered need not be held to a JSON schema on every turn."""

    async def run(self, output_channel: OutputChannel, nlg: Any, tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
        answer = await self.action_endpoint.request(json=self._action_call_format(tracker, domain))
        uttered = await self._utter_responses(answer.get("responses", []), output_channel, nlg, tracker)
        return [*uttered, *map(event_of, answer.get("events", []))]


class LocalExtractSlots(ActionExtractSlots):
    """Rasa's filling of slots at the beginning of a turn, with a local action for those that are filled by our own code."""

    async def _run_custom_action(self, custom_action: str, output_channel: Any, nlg: Any, tracker: Any, domain: Any) -> list[Event]:
        events = await LocalAction(custom_action, self._action_endpoint).run(output_channel, nlg, tracker, domain)
        return [event for event in events if isinstance(event, SlotSet)]


class SupportProcessor(MessageProcessor):
    """Rasa's processor, with local actions at the two places where a turn runs any, and a graph that is run straight."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        return Path(model_path).name, *load_graph(Path(model_path))

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        # `python -m bot check` finds an intent that domain.yml lacks; here Rasa would make an empty domain on every turn to look for it.
        pass

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        if type(action) is RemoteAction:
            action = LocalAction(action.name(), self.action_endpoint)
        return action, prediction

    async def run_action_extract_slots(self, output_channel: OutputChannel, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = await LocalExtractSlots(self.action_endpoint).run(output_channel, self.nlg, tracker, self.domain)
        tracker.update_with_events(events, self.domain)
        return tracker
