"""The channel itself: what came in is answered, shown, and, when the person leaves, deleted.

In: updates. Out: calls of the Bot API. Whatever fails inside, the person gets 999, 101 and the way out. Keeps message ids and
nothing else, under a name that tells nobody which chat it is.
"""

import asyncio
import base64
import hashlib
import hmac
import html
import logging
from contextlib import suppress

from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot.channels.telegram import NAME
from bot.channels.telegram.answers import Answers
from bot.channels.telegram.client import Abandoned, TelegramClient
from bot.channels.telegram.incoming import COMMANDS, EXIT_VALUE, Incoming, Kind, read
from bot.channels.telegram.lanes import Lane, Lanes
from bot.channels.telegram.memory import DONE, EXITED, GROUP, Memory
from bot.channels.telegram.rendering import Part, Renderer
from bot.dialogue.engine import Engine
from bot.errors import Busy
from bot.settings import TelegramSettings
from bot.understanding.danger import PHRASES
from bot.understanding.phrases import DangerPhrases
from bot.understanding.text import clean

log = logging.getLogger(__name__)

# The sign that an answer is being written may not hold the answer up.
TYPING_SECONDS = 0.3


class TelegramChannel:
    """One bot on Telegram, whichever way its updates come."""

    def __init__(self, engine: Engine, client: TelegramClient, settings: TelegramSettings) -> None:
        """Raises SentencesError where a sentence does not fit Telegram."""
        self._engine = engine
        self._client = client
        self._memory = Memory(engine.keeper)
        self._answers = Answers(engine, self._memory)
        self._renderer = Renderer(engine.sentences)
        self._key = settings.token.encode("utf-8")
        self._bot = self.conversation(0)
        line = engine.sentences.get("utter_telegram_exit_line", NAME).text if settings.exit_line is None else settings.exit_line
        self._exit_line = Part(html.escape(line, quote=False)) if line else None
        self._phrases = DangerPhrases(PHRASES)
        self.lanes = Lanes(self._handle, self._is_urgent)

    async def prepare(self) -> None:
        """Tells Telegram the commands. To be called once the client is open."""
        describe = self._engine.sentences
        await self._client.set_commands([(name, describe.get(f"utter_telegram_command_{name}", NAME).text) for name in COMMANDS])

    def accept(self, update: Update) -> bool:
        """Takes an update on, and returns at once. False where it came before."""
        return self.lanes.accept(update.update_id, read(update))

    def conversation(self, chat_id: int) -> str:
        """The id under which a chat's conversation is kept, from which nobody without the token can tell the chat."""
        digest = hmac.new(self._key, f"{NAME}:{chat_id}".encode("ascii"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:24]).decode("ascii")

    def _is_urgent(self, incoming: Incoming) -> bool:
        """Whether it is danger by its very words, which is quick to know."""
        try:
            return bool(incoming.words) and bool(self._phrases.find(clean(incoming.words)))
        except Exception as problem:  # noqa: BLE001 - it then keeps its place
            log.error("telegram_urgency_unknown kind=%s", type(problem).__name__)
            return False

    async def _handle(self, incoming: Incoming, lane: Lane) -> None:
        # Several bots may share a store.
        update = f"{self._bot}:{incoming.update_id}"
        if await self._memory.is_marked(DONE, update):
            return
        conversation = self.conversation(incoming.chat_id)
        try:
            await self._act(incoming, conversation, lane)
        except Forbidden:
            # The person blocked the bot.
            await self._forget(conversation)
        await self._memory.mark(DONE, update)

    async def _act(self, incoming: Incoming, conversation: str, lane: Lane) -> None:
        if incoming.kind is Kind.BLOCKED:
            await self._forget(conversation)
        elif incoming.kind is Kind.NOT_PRIVATE:
            await self._leave_group(incoming.chat_id, conversation)
        elif incoming.kind is Kind.EXIT:
            await self._exit(incoming, conversation, lane)
        elif incoming.kind is Kind.NOTICE:
            await self._remember(conversation, incoming.message_id)
        else:
            await self._answer(incoming, conversation, lane)

    async def _answer(self, incoming: Incoming, conversation: str, lane: Lane) -> None:
        if incoming.tap_id is not None:
            await self._client.answer_tap(incoming.tap_id)
        else:
            await self._remember(conversation, incoming.message_id)
        slowed = await self._answers.is_too_fast(conversation)
        # What is not going to be answered is not announced.
        typing = None if slowed else asyncio.create_task(self._client.typing(incoming.chat_id))
        try:
            await self._open(conversation)
            reply = await self._answers.reply(incoming, conversation, slowed)
            parts = self._renderer.render(reply) if reply is not None else []
        except Exception as problem:  # noqa: BLE001 - silence is the worst answer of all
            log.error("telegram_answer_failed kind=%s", type(problem).__name__)
            reply = self._answers.fault()
            parts = self._renderer.render(reply)
        if typing is not None:
            await asyncio.wait({typing}, timeout=TYPING_SECONDS)
            typing.cancel()
        if reply is not None and reply.situations == (EXIT_VALUE,):
            await self._exit(incoming, conversation, lane)
            return
        for part in parts:
            if lane.leaving.is_set():
                return
            await self._show(incoming.chat_id, conversation, part, lane)

    async def _show(self, chat_id: int, conversation: str, part: Part, lane: Lane) -> None:
        try:
            message = await self._client.send(chat_id, part, unless=lane.leaving)
        except Abandoned:
            return
        except Forbidden:
            raise
        except TelegramError as problem:
            log.error("telegram_reply_lost kind=%s", type(problem).__name__)
            return
        await self._remember(conversation, message)

    async def _remember(self, conversation: str, message: int | None) -> None:
        if message is not None:
            await self._memory.add(conversation, [message])

    async def _exit(self, incoming: Incoming, conversation: str, lane: Lane) -> None:
        """Forgets first, then deletes what can be deleted; what was not shown yet is not shown any more."""
        lane.leaving.set()
        await self._leave(conversation)
        if incoming.tap_id is not None:
            await self._client.answer_tap(incoming.tap_id)
        await self._memory.add(conversation, [message for message in (*lane.overtaken, incoming.message_id) if message is not None])
        lane.overtaken.clear()
        messages = await self._memory.messages(conversation)
        left = await self._client.delete(incoming.chat_id, messages)
        is_again = await self._memory.is_marked(EXITED, conversation)
        if not left:
            # Otherwise the ids stay, so that a later exit can try again.
            await self._memory.forget(conversation)
        if self._exit_line is not None and not is_again:
            await self._memory.mark(EXITED, conversation)
            try:
                # The next exit takes it away, so that no more than one is ever left.
                await self._remember(conversation, await self._client.send(incoming.chat_id, self._exit_line))
            except Forbidden:
                raise
            except TelegramError as problem:
                log.warning("telegram_exit_line_lost kind=%s", type(problem).__name__)

    async def _leave_group(self, chat_id: int, conversation: str) -> None:
        if not await self._memory.is_marked(GROUP, conversation):
            await self._memory.mark(GROUP, conversation)
            try:
                await self._client.send(chat_id, Part(self._engine.sentences.get("utter_telegram_private_only", NAME).text))
            except TelegramError as problem:
                # In many channels no bot may write.
                log.info("telegram_group_not_told kind=%s", type(problem).__name__)
        await self._client.leave(chat_id)

    async def _forget(self, conversation: str) -> None:
        await self._leave(conversation)
        await self._memory.forget(conversation)

    async def _open(self, conversation: str) -> None:
        """Without room or store, a conversation is answered all the same; it is only not remembered."""
        with suppress(Busy):
            await self._engine.open(conversation)

    async def _leave(self, conversation: str) -> None:
        """A store out of reach may not keep the messages from being deleted."""
        try:
            await self._engine.leave(conversation)
            await self._answers.forget(conversation)
        except Busy as problem:
            log.error("telegram_not_forgotten kind=%s", type(problem).__name__)
