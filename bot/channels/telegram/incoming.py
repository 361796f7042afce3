"""What an update of Telegram is, for us.

In: an update, as python-telegram-bot reads it. Out: an Incoming, or None where there is nothing to answer (an edited message is
never answered as if it were new). Nothing is downloaded, and nobody's name is read.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType, UpdateType
from telegram.ext.filters import StatusUpdate

# What Telegram is asked for. Edited messages are not among them.
WANTED = (UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER)
COMMANDS = ("start", "help", "contacts", "exit", "forget", "language")
EXIT_VALUE = "leave_now"

_COMMAND = re.compile(rf"^/(?P<name>{'|'.join(COMMANDS)})(?:@\w+)?(?P<more>\s.*)?$", re.IGNORECASE | re.DOTALL)


class Kind(Enum):
    """What the bot has to do about an update."""

    WORDS = "words"
    COMMAND = "command"
    TAP = "tap"
    EXIT = "exit"
    NOT_TEXT = "not_text"
    # Of Telegram itself, such as that a message was pinned. Nothing to answer, and to be deleted with the rest.
    NOTICE = "notice"
    NOT_PRIVATE = "not_private"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Incoming:
    """One thing that a person said or did. What they typed is not part of its repr."""

    update_id: int
    chat_id: int = field(repr=False)
    kind: Kind
    words: str = field(default="", repr=False)
    message_id: int | None = None
    tap_id: str | None = None
    album: str | None = None


def read(update: Update) -> Incoming | None:
    """What `update` is, or None where it is nothing to answer."""
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    if update.callback_query is not None:
        return _tap(update.update_id, update.callback_query)
    return None if update.message is None else _message(update.update_id, update.message)


def essence(update: dict[str, Any]) -> dict[str, Any]:
    """What `read` needs of an update as it came, so that somebody is answered also where the rest of it is of a kind that
    python-telegram-bot does not know. Raises KeyError and TypeError where that is not there."""
    if "callback_query" in update:
        tap = update["callback_query"]
        nobody = {"id": 0, "first_name": "-", "is_bot": False}
        message = {**_essence_of_message(tap["message"]), "date": 0}
        of_tap = {"id": tap["id"], "from": nobody, "chat_instance": "-", "data": tap["data"], "message": message}
        return {"update_id": update["update_id"], "callback_query": of_tap}
    return {"update_id": update["update_id"], "message": _essence_of_message(update["message"])}


def _essence_of_message(message: dict[str, Any]) -> dict[str, Any]:
    words: dict[str, Any] = {name: str(message[name]) for name in ("text", "caption", "media_group_id") if name in message}
    chat = {"id": int(message["chat"]["id"]), "type": str(message["chat"]["type"])}
    return {"message_id": int(message["message_id"]), "date": 0, "chat": chat, **words}


def _membership(update_id: int, change: ChatMemberUpdated) -> Incoming | None:
    status = change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        return Incoming(update_id, change.chat.id, Kind.BLOCKED) if status == ChatMember.BANNED else None
    inside = status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)
    return Incoming(update_id, change.chat.id, Kind.NOT_PRIVATE) if inside else None


def _tap(update_id: int, query: CallbackQuery) -> Incoming | None:
    if query.message is None:
        return None
    chat = query.message.chat
    if chat.type != ChatType.PRIVATE:
        return Incoming(update_id, chat.id, Kind.NOT_PRIVATE)
    value = query.data or ""
    kind = Kind.EXIT if value == EXIT_VALUE else Kind.TAP
    return Incoming(update_id, chat.id, kind, value, query.message.message_id, tap_id=query.id)


def _message(update_id: int, message: Message) -> Incoming | None:
    chat_id = message.chat.id
    if message.chat.type != ChatType.PRIVATE:
        left = message.left_chat_member is not None or message.migrate_to_chat_id is not None
        return None if left else Incoming(update_id, chat_id, Kind.NOT_PRIVATE)
    if message.text is None:
        if not message.effective_attachment and StatusUpdate.ALL.check_update(Update(update_id, message=message)):
            return Incoming(update_id, chat_id, Kind.NOTICE, message_id=message.message_id)
        return Incoming(update_id, chat_id, Kind.NOT_TEXT, message.caption or "", message.message_id, album=message.media_group_id)
    words = message.text.strip()
    if set(re.findall(r"\w+", words.lower())) == {"exit"}:
        return Incoming(update_id, chat_id, Kind.EXIT, message_id=message.message_id)
    command = _COMMAND.match(words)
    if command is not None:
        name = command["name"].lower()
        if name == "exit":
            return Incoming(update_id, chat_id, Kind.EXIT, message_id=message.message_id)
        # What follows /start is a link's, not the person's; with words after any other, it is the words that matter.
        if name == "start" or not (command["more"] or "").strip():
            return Incoming(update_id, chat_id, Kind.COMMAND, name, message.message_id)
    return Incoming(update_id, chat_id, Kind.WORDS, message.text, message.message_id)
