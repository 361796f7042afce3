"""What is said to one thing that came in: the words of the dialogue, and those few that only Telegram needs.

In: an Incoming and its conversation's id. Out: a Reply, or None where silence is right. Never asks Telegram for anything.
"""

import logging
import textwrap
from dataclasses import replace

from bot.channels.limits import MessageLimit
from bot.channels.telegram import NAME
from bot.channels.telegram.incoming import EXIT_VALUE, Incoming, Kind
from bot.channels.telegram.memory import ALBUM, SLOWED, TOLD, Memory
from bot.dialogue.engine import Engine
from bot.errors import BadRequest
from bot.reply import Reply
from bot.settings import LONGEST_MESSAGE
from bot.understanding.labels import EMERGENCY, SUPPORT

log = logging.getLogger(__name__)

# Who /contacts names, where the directory has them: the contract's own list, in the order to try.
NAMED_FIRST = ("999", "101", "crimestoppers", "emerald", "rasso", "be_heard")


class Answers:
    """The replies of this channel."""

    def __init__(self, engine: Engine, memory: Memory) -> None:
        self._engine = engine
        self._memory = memory
        self._writer = engine.writer(NAME)
        self._limit = MessageLimit(engine.keeper, engine.settings.messages_per_minute)

    async def reply(self, incoming: Incoming, conversation: str, slowed: bool) -> Reply | None:
        """The reply to anything but an exit. Where the conversation is `slowed`, only danger and the wish to leave get one."""
        if incoming.kind is Kind.NOT_TEXT and not incoming.words and await self._is_rest_of_album(incoming):
            return None
        if slowed and not await self._may_matter(incoming, conversation):
            return await self._slow_down(conversation)
        reply = await self._reply(incoming, conversation)
        if slowed and reply.urgency != EMERGENCY and reply.situations != (EXIT_VALUE,):
            return await self._slow_down(conversation)
        return reply

    async def is_too_fast(self, conversation: str) -> bool:
        """Counts one message. Whether too many came within a minute."""
        try:
            return await self._limit.wait(conversation) > 0
        except Exception as problem:  # noqa: BLE001 - who cannot be counted is not refused
            log.error("telegram_not_counted kind=%s", type(problem).__name__)
            return False

    def fault(self) -> Reply:
        return self._writer.fault()

    async def forget(self, conversation: str) -> None:
        await self._limit.forget(conversation)

    async def _may_matter(self, incoming: Incoming, conversation: str) -> bool:
        """Whether there may be danger in it, or the wish to leave. Quicker to know than the answer: in a flood, danger waits behind
        all that came before it."""
        if incoming.kind is Kind.COMMAND or incoming.kind is Kind.TAP or len(incoming.words) > LONGEST_MESSAGE:
            return True
        if not incoming.words:
            return False
        try:
            understood = await self._engine.understand(incoming.words)
            meant = {understood["intent"]["name"], (understood.get("question") or {}).get("name")}
            return understood["urgency"] == EMERGENCY or EXIT_VALUE in meant or await self._engine.is_in_danger(conversation)
        except Exception as problem:  # noqa: BLE001 - what cannot be understood may be anything
            log.error("understanding_failed kind=%s", type(problem).__name__)
            return True

    async def _reply(self, incoming: Incoming, conversation: str) -> Reply:
        if incoming.kind is Kind.COMMAND:
            return await self._command(incoming.words, conversation)
        if incoming.kind is Kind.TAP:
            try:
                return await self._with_notice(await self._engine.choose(conversation, incoming.words, NAME), conversation)
            except BadRequest:
                return self._say("utter_telegram_old_button", menu=True)
        if incoming.kind is Kind.NOT_TEXT and not incoming.words:
            return self._say("utter_telegram_only_text")
        reply = await self._with_notice(
            await self._engine.answer(conversation, await self._most_urgent_part(incoming.words), NAME), conversation
        )
        if incoming.kind is Kind.NOT_TEXT:
            return _add(reply, self._sentence("utter_telegram_only_caption"))
        return reply

    async def _command(self, name: str, conversation: str) -> Reply:
        if name == "start":
            # A new beginning shows nothing of what was before.
            await self._engine.leave(conversation)
            await self._engine.open(conversation)
            return await self._with_notice(await self._engine.start(conversation, NAME), conversation)
        if name == "help":
            return self._say("utter_telegram_help", "utter_telegram_help_exit", "utter_telegram_help_safer")
        if name == "contacts":
            named = [{"id": one, "why": self._engine.directory[one].for_whom} for one in NAMED_FIRST if one in self._engine.directory]
            return self._writer.write([{"text": self._sentence("utter_telegram_contacts")}, {"custom": {"contacts": named}}])
        if name == "forget":
            await self._engine.leave(conversation)
            return self._say("utter_telegram_forgotten")
        return self._say("utter_telegram_language")

    async def _most_urgent_part(self, words: str) -> str:
        """A message longer than can be read at once is read in parts, and the most urgent of them is answered."""
        parts = textwrap.wrap(words, LONGEST_MESSAGE, break_on_hyphens=False) if len(words) > LONGEST_MESSAGE else []
        if len(parts) < 2:
            return words
        found: dict[str | None, str] = {}
        try:
            for part in parts:
                found.setdefault((await self._engine.understand(part)).get("urgency"), part)
                if EMERGENCY in found:
                    break
        except Exception as problem:  # noqa: BLE001 - the engine's own answer copes with what cannot be understood
            log.error("understanding_failed kind=%s", type(problem).__name__)
        return found.get(EMERGENCY) or found.get(SUPPORT) or words

    async def _with_notice(self, reply: Reply, conversation: str) -> Reply:
        """Says once, early, what no exit removes; never in an emergency, which leaves no time to read."""
        if reply.urgency == EMERGENCY or reply.situations == (EXIT_VALUE,) or await self._was_told(conversation):
            return reply
        return _add(reply, self._sentence("utter_telegram_traces"))

    async def _was_told(self, conversation: str) -> bool:
        told = await self._memory.is_marked(TOLD, conversation)
        await self._memory.mark(TOLD, conversation)
        return told

    async def _slow_down(self, conversation: str) -> Reply | None:
        if await self._memory.is_marked(SLOWED, conversation):
            return None
        await self._memory.mark(SLOWED, conversation)
        return self._writer.fault("utter_too_many_messages")

    async def _is_rest_of_album(self, incoming: Incoming) -> bool:
        if incoming.album is None:
            return False
        if await self._memory.is_marked(ALBUM, incoming.album):
            return True
        await self._memory.mark(ALBUM, incoming.album)
        return False

    def _say(self, *names: str, menu: bool = False) -> Reply:
        reply = self._writer.write([{"text": "\n\n".join(map(self._sentence, names))}])
        return replace(reply, choices=self._engine.sentences.get("utter_greeting", NAME).choices) if menu else reply

    def _sentence(self, name: str) -> str:
        return self._engine.sentences.get(name, NAME).text


def _add(reply: Reply, text: str) -> Reply:
    return replace(reply, body=f"{reply.body}\n\n{text}".strip())
