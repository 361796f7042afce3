"""The web channel: JSON over HTTP for the widget, pages for browsers without JavaScript, and the widget's own files.

In: requests. Out: replies as the contract writes them, and on every fault an error body that still names 999 and the way out.
Nothing that is typed reaches an address, a header, a log or a cache.
"""

import html
import logging
from pathlib import Path
from string import Template
from typing import Any, Awaitable, Callable, Coroutine

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.exceptions import InvalidUsage, MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, empty, json, raw, text

from bot.channels.limits import MessageLimit
from bot.dialogue.engine import Engine
from bot.errors import (
    BadRequest,
    Busy,
    ConversationNotFound,
    ModelError,
    StoreUnreachable,
    SupportError,
    TooLong,
    TooManyMessages,
    UnsupportedMediaType,
    VisitorError,
)  # fmt: skip
from bot.reply import Reply
from bot.settings import LONGEST_MESSAGE

log = logging.getLogger(__name__)

CHANNEL = "web"
WIDGET = Path(__file__).resolve().parent.parent / "widget"
LANGUAGES = ("en",)

STATUS: dict[type[SupportError], int] = {
    BadRequest: 400, ConversationNotFound: 404, TooLong: 413, UnsupportedMediaType: 415, TooManyMessages: 429, Busy: 503,
    StoreUnreachable: 503,
}  # fmt: skip

_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
)
_PAGES = {
    "/": ("demo.html", "text/html; charset=utf-8"),
    "/frame": ("frame.html", "text/html; charset=utf-8"),
    "/leaving": ("leaving.html", "text/html; charset=utf-8"),
    "/widget.js": ("widget.js", "text/javascript; charset=utf-8"),
    "/frame.js": ("frame.js", "text/javascript; charset=utf-8"),
    "/leave.js": ("leave.js", "text/javascript; charset=utf-8"),
    "/demo.js": ("demo.js", "text/javascript; charset=utf-8"),
    "/frame.css": ("frame.css", "text/css; charset=utf-8"),
    "/demo.css": ("demo.css", "text/css; charset=utf-8"),
}


class WebChannel(InputChannel):
    """Routes for the contract's section 3."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._limit = MessageLimit(engine.keeper, engine.settings.messages_per_minute)
        self._files = {address: (self._page(name), kind) for address, (name, kind) in _PAGES.items() if (WIDGET / name).is_file()}
        self._chat_page = Template((WIDGET / "chat.html").read_text(encoding="utf-8"))

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    def url_prefix(self) -> str:
        return ""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint(CHANNEL)
        routes = [
            ("POST", "/chat/start", self.start),
            ("POST", "/chat/message", self.message),
            ("POST", "/chat/leave", self.leave),
            ("GET", "/contacts", self.contacts),
            ("GET", "/health", self.health),
            ("GET", "/ready", self.ready),
            ("GET", "/chat", self.page_without_script),
            ("POST", "/chat", self.form),
            *(("GET", address, self.file) for address in self._files),
        ]
        for method, address, handler in routes:
            blueprint.add_route(_handler(handler), address, methods=[method], name=f"{method}_{address.strip('/') or 'home'}")
        blueprint.on_response(_handler(self.protect))
        return blueprint

    async def start(self, request: Request) -> HTTPResponse:
        body = _body(request)
        language = body.get("language", LANGUAGES[0])
        if not isinstance(language, str):
            raise BadRequest
        conversation = await self._engine.open()
        reply = await self._engine.start(conversation, CHANNEL)
        return json({"conversation": conversation, "replies": [reply.to_dict()]}, status=201)

    async def message(self, request: Request) -> HTTPResponse:
        body = _body(request)
        conversation = body.get("conversation")
        if not isinstance(conversation, str) or ("text" in body) == ("choice" in body):
            raise BadRequest
        said = body.get("text", body.get("choice"))
        if not isinstance(said, str):
            raise BadRequest
        if len(said) > LONGEST_MESSAGE:
            raise TooLong
        await self._pass(conversation)
        if "choice" in body:
            reply = await self._engine.choose(conversation, said, CHANNEL)
        else:
            reply = await self._engine.answer(conversation, said, CHANNEL)
        return json({"replies": [reply.to_dict()]})

    async def leave(self, request: Request) -> HTTPResponse:
        conversation = _body(request, also="text/plain").get("conversation")
        if not isinstance(conversation, str):
            raise BadRequest
        await self._engine.leave(conversation)
        await self._limit.forget(conversation)
        return empty()

    async def contacts(self, request: Request) -> HTTPResponse:
        return json(self._engine.directory.to_dict())

    async def health(self, request: Request) -> HTTPResponse:
        return json({"status": "ok"})

    async def ready(self, request: Request) -> HTTPResponse:
        try:
            await self._engine.check()
        except ModelError as problem:
            return json({"status": "not ready", "reason": str(problem)}, status=503)
        except StoreUnreachable:
            return json({"status": "not ready", "reason": "Redis cannot be reached."}, status=503)
        return json({"status": "ready"})

    async def file(self, request: Request) -> HTTPResponse:
        content, kind = self._files[request.path]
        return raw(content, content_type=kind)

    async def page_without_script(self, request: Request) -> HTTPResponse:
        greeting = self._engine.sentences.get("utter_greeting", CHANNEL)
        reply = self._engine.writer(CHANNEL).write([{"text": greeting.text}])
        return self._show(Reply(reply.body, reply.quick_exit, choices=greeting.choices), "", "")

    async def form(self, request: Request) -> HTTPResponse:
        """The same conversation by form posts; the conversation's id travels in the form, never in an address."""
        fields = request.form or {}
        conversation = fields.get("conversation") or ""
        choice, words = fields.get("choice"), fields.get("text") or ""
        status = ""
        writer = self._engine.writer(CHANNEL)
        try:
            if not await self._engine.store.is_open(conversation):
                status = self._engine.sentences.get("utter_conversation_not_found", CHANNEL).text if conversation else ""
                conversation = await self._engine.open()
            if len(words) > LONGEST_MESSAGE:
                raise TooLong
            await self._pass(conversation)
            if choice:
                reply = await self._engine.choose(conversation, choice, CHANNEL)
            else:
                reply = await self._engine.answer(conversation, words, CHANNEL)
        except VisitorError as problem:
            reply = writer.fault(f"utter_{problem.code}")
        if reply.situations == ("leave_now",):
            await self._engine.leave(conversation)
            return HTTPResponse(status=303, headers={"Location": self._engine.settings.exit_url})
        return self._show(reply, conversation, status)

    async def protect(self, request: Request, response: HTTPResponse) -> None:
        """What every answer carries, faults included."""
        protect(request, response, self._engine.settings.embed_origins)

    async def _pass(self, conversation: str) -> None:
        if not await self._engine.store.is_open(conversation):
            raise ConversationNotFound
        seconds = await self._limit.wait(conversation)
        if seconds:
            raise TooManyMessages(seconds)

    def _page(self, name: str) -> bytes:
        page = (WIDGET / name).read_text(encoding="utf-8")
        address = self._engine.settings.exit_url
        return page.replace("__EXIT_URL__", html.escape(address) if name.endswith(".html") else address).encode("utf-8")

    def _show(self, reply: Reply, conversation: str, status: str) -> HTTPResponse:
        paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in reply.text.splitlines() if line)
        buttons = "\n".join(
            f'<button name="choice" value="{html.escape(choice.value)}">{html.escape(choice.label)}</button>' for choice in reply.choices
        )
        page = self._chat_page.substitute(
            turns=paragraphs, choices=buttons, conversation=html.escape(conversation),
            exit_url=html.escape(self._engine.settings.exit_url), status=html.escape(status),
        )  # fmt: skip
        return raw(page.encode("utf-8"), content_type="text/html; charset=utf-8")


def _handler(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """`method` as a plain function, on which Sanic can leave its marks."""

    async def handle(*arguments: Any) -> Any:
        return await method(*arguments)

    return handle


def protect(request: Request, response: HTTPResponse, embed_origins: tuple[str, ...]) -> None:
    """Headers: nothing is kept by the browser, nothing is loaded from elsewhere, and only those may embed who are allowed to."""
    ancestors = " ".join(("'self'", *embed_origins))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = f"{_STRICT}; frame-src 'self'; frame-ancestors {ancestors}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if request.path == "/widget.js" else "same-origin"
    origin = request.headers.get("Origin")
    if origin in embed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"


def error_response(engine: Engine, problem: BaseException) -> HTTPResponse:
    """The contract's error body for whatever went wrong; the text names 999, and nothing of the request is repeated."""
    fault = _named(problem)
    if type(fault) is SupportError:
        log.error("request_failed kind=%s", type(problem).__name__)
    name = "utter_something_went_wrong" if type(fault) is SupportError else f"utter_{fault.code}"
    reply = engine.writer(CHANNEL).fault(name)
    body = {"error": fault.code, "text": reply.text, "quick_exit": vars(reply.quick_exit)}
    headers = {"Retry-After": str(fault.args[0])} if isinstance(fault, TooManyMessages) else {}
    return json(body, status=STATUS.get(type(fault), 500), headers=headers)


def _named(problem: BaseException) -> SupportError:
    if isinstance(problem, VisitorError):
        return problem
    if isinstance(problem, PayloadTooLarge):
        return TooLong()
    if isinstance(problem, (InvalidUsage, UnicodeError)):
        return BadRequest()
    return SupportError()


def not_found(request: Request, problem: SanicException) -> HTTPResponse:
    """Addresses and methods that there are none of, in one plain line."""
    return text("Not found. In danger now? Call 999.", status=problem.status_code)


NO_SUCH_ADDRESS = (NotFound, MethodNotSupported)


def _body(request: Request, also: str = "application/json") -> dict[str, Any]:
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in ("application/json", also):
        raise UnsupportedMediaType
    body = request.load_json() if request.body else {}
    if not isinstance(body, dict):
        raise BadRequest
    return body
