"""Answers one turn. The whole way of a message, from what a person typed to a Reply, goes through here, for every channel.

In: a conversation's id, and a text or a tapped choice. Out: always a Reply. Whatever fails inside, the person gets 999, 101 and
the quick exit. What was typed is read, and then dropped: Rasa's tracker only ever sees what was understood.
"""

import asyncio
import logging
import secrets
from typing import Any, Iterable

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import ActionExecuted

from bot.dialogue import thread
from bot.dialogue.conversations import ConversationLocks, ForgettingTrackerStore
from bot.dialogue.keeping import Keeper
from bot.dialogue.local_actions import LocalActions, SupportProcessor
from bot.directory import Directory
from bot.errors import BadRequest, ModelError
from bot.reply import Reply, ReplyWriter
from bot.sentences import Sentences
from bot.settings import LONGEST_MESSAGE, ROOT, Settings
from bot.understanding.labels import EMERGENCY, HARM, LEAVE_NOW, NONE, SITUATIONS, SUPPORT, UNCLEAR
from bot.understanding.questions import read_meanings
from bot.understanding.text import clean

log = logging.getLogger(__name__)

# At start, the model has to understand this, or the service does not open.
CANARY, CANARY_URGENCY = "he has a knife and he is coming up the stairs", EMERGENCY


class ReplyCollector(OutputChannel):
    """Takes what a turn utters, whole: Rasa's own collector would cut texts at blank lines."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(message)


class SupportAgent(Agent):
    """Rasa's agent, with local actions, and no second store behind the first (failures must be seen, not hidden)."""

    def load_model(self, model_path: Any, fingerprint: str | None = None) -> None:
        self.processor = SupportProcessor(
            model_path=model_path, tracker_store=self.tracker_store, lock_store=self.lock_store,
            action_endpoint=self.action_endpoint, generator=self.nlg,
        )  # fmt: skip
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses


class Engine:
    """A loaded model, and the conversations it holds."""

    def __init__(self, settings: Settings, sentences: Sentences, directory: Directory, keeper: Keeper) -> None:
        """Loads the model; `keeper` holds the conversations. Raises ModelError where it cannot be loaded, or does not understand what
        it must."""
        self.settings = settings
        self.sentences = sentences
        self.directory = directory
        self.keeper = keeper
        self.store = ForgettingTrackerStore(keeper, idle_seconds=settings.idle_minutes * 60)
        self.agent = SupportAgent(
            tracker_store=self.store, lock_store=ConversationLocks(keeper), action_endpoint=LocalActions(),
            generator=TemplatedNaturalLanguageGenerator({}),
        )  # fmt: skip
        # Agent puts a store in memory behind ours, which would keep what ours forgets.
        self.agent.tracker_store = self.store
        try:
            self.agent.load_model(str(settings.model))
        except Exception as problem:
            raise ModelError(
                f"The model {settings.model.name} cannot be loaded ({type(problem).__name__}): delete it and start again."
            ) from problem
        missing = set(self.agent.domain.user_actions) - self.agent.action_endpoint.names - self.sentences.names()
        if missing:
            raise ModelError(f"domain.yml names actions that nobody wrote: {', '.join(sorted(missing))}.")
        self._writers: dict[str, ReplyWriter] = {}
        self._meanings = read_meanings(ROOT / "data/nlu/questions")

    async def check(self) -> None:
        """Raises ModelError where the model does not understand a plain cry for help, StoreUnreachable where nothing can be kept."""
        await self.keeper.check()
        if (await self.understand(CANARY)).get("urgency") != CANARY_URGENCY:
            raise ModelError("The model does not recognise danger: delete it and start again, so that it is trained anew.")

    def writer(self, channel: str) -> ReplyWriter:
        """The writer of a channel's replies, faults included."""
        if channel not in self._writers:
            self._writers[channel] = ReplyWriter(self.sentences, self.directory, channel, self.settings.exit_url)
        return self._writers[channel]

    async def open(self, conversation: str | None = None) -> str:
        """Opens a conversation: under an id of its own, which cannot be guessed, or under one that its channel has for it. Raises Busy."""
        conversation = conversation or secrets.token_urlsafe(24)
        await self.store.open(conversation)
        return conversation

    async def leave(self, conversation: str) -> None:
        """Forgets the conversation, at once."""
        await self.store.forget(conversation)

    async def start(self, conversation: str, channel: str) -> Reply:
        """The first words of a conversation."""
        return await self._turn(conversation, channel, self._chosen("greeting"))

    async def answer(self, conversation: str, text: str, channel: str) -> Reply:
        """The reply to a typed text. Never raises."""
        choice = self.sentences.typed_out(text)
        if choice is not None:
            return await self._turn(conversation, channel, self._chosen(choice))
        try:
            parse, slots = await self.understand(text), await self.store.slots(conversation)
            told, within = slots.get("situations") or [], thread.goes_on(slots.get("asked") or [])
            settled = thread.settle(parse, told, len(clean(text).split()), within)
            offered = thread.offers(parse, settled, within or bool(told))
        except Exception as problem:  # noqa: BLE001 - silence is the worst answer of all
            log.error("understanding_failed kind=%s", type(problem).__name__)
            return self.writer(channel).fault()
        return await self._turn(conversation, channel, settled, offered)

    async def choose(self, conversation: str, value: str, channel: str) -> Reply:
        """The reply to a tapped choice. Raises BadRequest where the bot never offered such a one."""
        if value not in self.sentences.values():
            raise BadRequest
        return await self._turn(conversation, channel, self._chosen(value))

    async def understand(self, text: str) -> dict[str, Any]:
        """What the message tells, as Rasa's parse data without the text, which are the fields below."""
        parse = await self._parse(text, everything=False)
        kept = ("intent", "intent_ranking", "entities", "situations", "urgency", "question", "nearby")
        return {key: value for key, value in parse.items() if key in kept}

    async def read(self, text: str) -> dict[str, Any]:
        """Everything that the model says of `text`, the text included, for staff who look at what they typed themselves."""
        return await self._parse(text, everything=True)

    async def is_in_danger(self, conversation: str) -> bool:
        """Whether one of the last two answers of the conversation was for danger now. Raises Busy."""
        tracker = await self.store.retrieve(conversation)
        if tracker is None:
            return False
        # The slot tells of the answer before the last one.
        latest = tracker.latest_message.parse_data if tracker.latest_message else {}
        return tracker.get_slot("last") == "emergency" or latest.get("urgency") == EMERGENCY

    async def explain(self, text: str, channel: str) -> dict[str, Any]:
        """Why the bot answers `text` as it does: what was understood and how surely, the danger phrases and where they stand,
        the rule's action, and the reply."""
        parse = thread.settle(await self.read(text), [])
        conversation = await self.open()
        try:
            reply = await self.answer(conversation, text, channel)
            tracker = await self.store.retrieve(conversation)
        finally:
            await self.leave(conversation)
        events = tracker.events if tracker else []
        actions = [
            event.action_name
            for event in events
            if isinstance(event, ActionExecuted) and event.action_name not in ("action_listen", "action_session_start")
        ]
        return {
            "text": clean(text),
            "intent": parse["intent"],
            "intent_ranking": parse.get("intent_ranking", []),
            "situations": parse.get("situations", []),
            "urgency": parse.get("urgency", NONE),
            "services": [entity["value"] for entity in parse.get("entities", []) if entity["entity"] == "service"],
            "question": parse.get("question"),
            "danger": parse.get("danger", {}),
            "actions": actions,
            "reply": reply.to_dict(),
        }

    async def _parse(self, text: str, everything: bool) -> dict[str, Any]:
        words = clean(text)[:LONGEST_MESSAGE]
        if not words:
            return self._chosen("empty")
        if "_" in words and words != LEAVE_NOW and words in self.agent.domain.intents:
            # The name of an intent, which nobody types who needs help.
            return self._chosen(UNCLEAR)
        message = UserMessage(words, output_channel=None)
        return await self.agent.processor.parse_message(message, only_output_properties=not everything)

    async def _turn(self, conversation: str, channel: str, parse: dict[str, Any], offered: Iterable[str] = ()) -> Reply:
        collector = ReplyCollector(channel)
        parse = {name: value for name, value in parse.items() if name != "nearby"}
        message = UserMessage("", collector, conversation, parse_data={"text": "", **parse}, input_channel=channel)
        try:
            await asyncio.wait_for(self.agent.handle_message(message), self.settings.turn_seconds)
            if not collector.messages:
                raise LookupError("a turn without a reply")
            return self.writer(channel).write(collector.messages, parse["situations"], parse["urgency"], offered)
        except Exception as problem:  # noqa: BLE001 - silence is the worst answer of all
            log.error("turn_failed kind=%s", type(problem).__name__)
            return self.writer(channel).fault()


    def _chosen(self, value: str) -> dict[str, Any]:
        """Parse data of a choice: what it means is certain."""
        intent, _, service = value.partition(":")
        if intent in SITUATIONS:
            situations = [intent]
            urgency = EMERGENCY if intent == "immediate_danger" else SUPPORT if intent in HARM else NONE
        else:
            situations, urgency = thread.chosen(intent, self._meanings)
        entities = [{"entity": "service", "value": service}] if service else []
        return {
            "intent": {"name": intent, "confidence": 1.0}, "entities": entities, "situations": situations, "urgency": urgency,
        }  # fmt: skip
