"""What the Bot API's documentation says of the methods that the bot calls: the fields, their types and their limits.

In: a method's name and the fields of a request, as they came over HTTP. Out: what is wrong with it, in sentences.
"""

import html
import json
import re
from typing import Any, Callable, Iterator

Check = Callable[[Any], str | None]

LONGEST_TEXT, LONGEST_CALLBACK, MOST_BUTTONS, BATCH = 4096, 64, 100, 100
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "a", "code", "pre", "blockquote"}
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
    "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
UPDATES = {
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count", "inline_query",
    "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer",
    "my_chat_member", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
}  # fmt: skip


def visible(text: str, parse_mode: str | None) -> str:
    """What a reader sees of a message."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)) if parse_mode == "HTML" else text


def _is(kind: type, least: float = float("-inf"), most: float = float("inf")) -> Check:
    def check(value: Any) -> str | None:
        if type(value) is not kind:
            return f"is no {kind.__name__}"
        size = value if kind is int else len(value) if kind in (str, list) else 0
        return None if least <= size <= most or kind is bool else f"is not between {least} and {most}"

    return check


def _like(pattern: str) -> Check:
    return lambda value: None if isinstance(value, str) and re.fullmatch(pattern, value) else f"is not like {pattern}"


def _one_of(allowed: set[str]) -> Check:
    return lambda value: None if value in allowed else "is not one of those allowed"


def _object(fields: dict[str, Check], required: tuple[str, ...] = ()) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return "is no object"
        return next(_problems(value, fields, required), None)

    return check


def _list_of(check: Check, most: int) -> Check:
    def check_all(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) > most:
            return f"is no list of at most {most}"
        return next((problem for problem in map(check, value) if problem), None)

    return check_all


def _callback(value: Any) -> str | None:
    return None if isinstance(value, str) and 1 <= len(value.encode()) <= LONGEST_CALLBACK else "is not 1 to 64 bytes"


def _keyboard(value: Any) -> str | None:
    rows = value.get("inline_keyboard") if isinstance(value, dict) else None
    if not isinstance(rows, list) or set(value) != {"inline_keyboard"}:
        return "is no inline keyboard"
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        return "has too many buttons"
    button = _object({"text": _is(str, 1), "callback_data": _callback}, required=("text", "callback_data"))
    return next((problem for problem in map(button, buttons) if problem), None)


_chat = _is(int)
_flag = _is(bool)

# Field: its check; required fields first.
METHODS: dict[str, tuple[tuple[str, ...], dict[str, Check]]] = {
    "getMe": ((), {}),
    "getUpdates": ((), {
        "offset": _is(int), "limit": _is(int, 1, 100), "timeout": _is(int, 0, 50), "allowed_updates": _list_of(_one_of(UPDATES), 30),
    }),
    "setWebhook": (("url",), {
        "url": _like(r"https?://.+"), "allowed_updates": _list_of(_one_of(UPDATES), 30), "drop_pending_updates": _flag,
        "max_connections": _is(int, 1, 100), "ip_address": _is(str), "secret_token": _like(r"[A-Za-z0-9_-]{1,256}"),
    }),
    "deleteWebhook": ((), {"drop_pending_updates": _flag}),
    "sendMessage": (("chat_id", "text"), {
        "chat_id": _chat, "text": _is(str, 1), "parse_mode": _one_of({"HTML", "Markdown", "MarkdownV2"}),
        "disable_notification": _flag, "protect_content": _flag, "reply_markup": _keyboard,
        "link_preview_options": _object({
            "is_disabled": _flag, "url": _is(str), "prefer_small_media": _flag, "prefer_large_media": _flag, "show_above_text": _flag,
        }),
    }),
    "sendChatAction": (("chat_id", "action"), {"chat_id": _chat, "action": _one_of(ACTIONS)}),
    "answerCallbackQuery": (("callback_query_id",), {
        "callback_query_id": _is(str, 1), "text": _is(str, 0, 200), "show_alert": _flag, "url": _is(str), "cache_time": _is(int, 0),
    }),
    "deleteMessage": (("chat_id", "message_id"), {"chat_id": _chat, "message_id": _is(int, 1)}),
    "deleteMessages": (("chat_id", "message_ids"), {"chat_id": _chat, "message_ids": _list_of(_is(int, 1), BATCH)}),
    "setMyCommands": (("commands",), {
        "commands": _list_of(
            _object({"command": _like(r"[a-z0-9_]{1,32}"), "description": _is(str, 1, 256)}, ("command", "description")), 100,
        ),
    }),
    "leaveChat": (("chat_id",), {"chat_id": _chat}),
}  # fmt: skip


def read_fields(form: dict[str, str]) -> dict[str, Any]:
    """The fields of a form with their types: Telegram takes JSON for all but strings."""
    fields: dict[str, Any] = {}
    for name, value in form.items():
        if name in ("text", "url", "secret_token", "callback_query_id", "parse_mode", "action"):
            fields[name] = value
            continue
        try:
            fields[name] = json.loads(value)
        except ValueError:
            fields[name] = value
    return fields


def problems(method: str, fields: dict[str, Any]) -> list[str]:
    """What the documentation has against such a request."""
    if method not in METHODS:
        return [f"{method} is no method that the bot is known to need"]
    required, checks = METHODS[method]
    found = [f"{method}: {problem}" for problem in _problems(fields, checks, required)]
    if method == "sendMessage" and not found:
        found += [f"sendMessage: the text {problem}" for problem in _text_problems(fields["text"], fields.get("parse_mode"))]
    return found


def _problems(fields: dict[str, Any], checks: dict[str, Check], required: tuple[str, ...]) -> Iterator[str]:
    for name in required:
        if name not in fields:
            yield f"{name} is missing"
    for name, value in fields.items():
        problem = checks[name](value) if name in checks else "is not documented"
        if problem:
            yield f"{name} {problem}"


def _text_problems(text: str, parse_mode: str | None) -> Iterator[str]:
    if parse_mode == "HTML":
        yield from _html_problems(text)
    shown = visible(text, parse_mode)
    if not 1 <= len(shown.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        yield "is not 1 to 4096 characters"


def _html_problems(text: str) -> Iterator[str]:
    opened: list[str] = []
    for piece in re.findall(r"<[^<>]*>?|[^<]+", text):
        tag = re.fullmatch(r"<(/?)([a-z-]+)(?: [^<>]*)?>", piece)
        if piece.startswith("<") and (tag is None or tag[2] not in TAGS):
            yield f"has the unknown tag {piece}"
        elif tag is None:
            if ">" in piece or re.search(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)", piece):
                yield "is not escaped"
        elif tag[1] and (not opened or opened.pop() != tag[2]):
            yield f"closes {tag[2]} where it is not open"
        elif not tag[1]:
            if opened and opened[-1] in ("code", "pre"):
                yield "nests in code"
            opened.append(tag[2])
    if opened:
        yield f"leaves {opened[-1]} open"
