"""The stock side's one custom action, run by `rasa run actions`: names the help for the situation that was understood, from a table in
memory, and remembers the situation. Out: two utterances and a slot, as the project's own action gives them."""

from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class ActionSignpost(Action):
    def name(self):
        return "action_signpost"

    async def run(self, dispatcher, tracker, domain):
        intent = tracker.latest_message["intent"]["name"]
        dispatcher.utter_message(response=f"utter_{intent}")
        dispatcher.utter_message(json_message={"contacts": [{"id": "101", "why": "to tell the police"}]})
        return [SlotSet("told", intent)]
