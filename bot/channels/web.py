"""The web channel: JSON over HTTP for the widget, form posts for browsers without scripts, and the pages of both.

In: requests. Out: replies as the contract writes them, and on every fault an error body that still names 999 and the way out.
Nothing that is typed reaches an address, a header, a log or a cache.
"""

import logging
from typing import Any, Awaitable, Callable, Coroutine
from urllib.parse import urlsplit

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request
from sanic.exceptions import InvalidUsage, MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.response import HTTPResponse, empty, json, raw, redirect, text

from bot.channels.limits import MessageLimit
from bot.channels.pages import Page, Pages
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
from bot.settings import LONGEST_MESSAGE, Settings

log = logging.getLogger(__name__)

CHANNEL = "web"
LANGUAGES = ("en",)

STATUS: dict[type[SupportError], int] = {
    BadRequest: 400, ConversationNotFound: 404, TooLong: 413, UnsupportedMediaType: 415, TooManyMessages: 429, Busy: 503,
    StoreUnreachable: 503,
}  # fmt: skip

_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'"
)


class WebChannel(InputChannel):
    """Routes for the contract's section 3."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._limit = MessageLimit(engine.keeper, engine.settings.messages_per_minute)
        self._pages = Pages(engine.directory, engine.settings.exit_url)

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
            ("GET", "/chat", self.chat),
            ("POST", "/chat", self.form),
            *(("GET", address, self.file) for address in self._pages.files),
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
        await self._forget(conversation)
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
        return _send(request, self._pages.files[request.path])

    async def chat(self, request: Request) -> HTTPResponse:
        """The chat as a page, which opens no conversation: that begins with the first message."""
        return _send(request, self._pages.first(await self._greeting()))

    async def form(self, request: Request) -> HTTPResponse:
        """The same conversation by form posts; its id travels in the form, never in an address."""
        fields = request.form or {}
        conversation = fields.get("conversation") or ""
        choice, words = fields.get("choice"), fields.get("text") or ""
        if fields.get("again"):
            await self._forget(conversation)
            return _send(request, self._pages.first(await self._greeting()))
        status = ""
        try:
            if not await self._engine.store.is_open(conversation):
                status = self._engine.sentences.get("utter_conversation_not_found", CHANNEL).text if conversation else ""
                conversation = await self._engine.open()
                await self._engine.start(conversation, CHANNEL)  # its greeting stood on the page already
            if len(words) > LONGEST_MESSAGE:
                raise TooLong
            await self._pass(conversation)
            if choice:
                reply = await self._engine.choose(conversation, choice, CHANNEL)
            else:
                reply = await self._engine.answer(conversation, words, CHANNEL)
        except VisitorError as problem:
            reply = self._engine.writer(CHANNEL).fault(f"utter_{problem.code}")
        if reply.situations == ("leave_now",):
            await self._forget(conversation)
            return redirect(self._engine.settings.exit_url, status=303)
        return _send(request, self._pages.later(reply, conversation, status))

    async def protect(self, request: Request, response: HTTPResponse) -> None:
        """What every answer carries, faults included."""
        protect(request, response, self._engine.settings)

    async def _pass(self, conversation: str) -> None:
        if not await self._engine.store.is_open(conversation):
            raise ConversationNotFound
        seconds = await self._limit.wait(conversation)
        if seconds:
            raise TooManyMessages(seconds)

    async def _forget(self, conversation: str) -> None:
        await self._engine.leave(conversation)
        await self._limit.forget(conversation)

    async def _greeting(self) -> Reply:
        conversation = await self._engine.open()
        try:
            return await self._engine.start(conversation, CHANNEL)
        finally:
            await self._engine.leave(conversation)


def _handler(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """`method` as a plain function, on which Sanic can leave its marks."""

    async def handle(*arguments: Any) -> Any:
        return await method(*arguments)

    return handle


def _send(request: Request, page: Page) -> HTTPResponse:
    if page.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return raw(page.packed, content_type=page.kind, headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return raw(page.content, content_type=page.kind)


def protect(request: Request, response: HTTPResponse, settings: Settings) -> None:
    """Headers: nothing is kept by the browser, nothing is loaded from elsewhere, and only those may embed who are allowed to."""
    ancestors = " ".join(("'self'", *settings.embed_origins))
    leaving = urlsplit(settings.exit_url)  # where a form leads that said "exit"; browsers hold redirects to the policy too
    forms = f"form-action 'self' {leaving.scheme}://{leaving.netloc}"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = f"{_STRICT}; {forms}; frame-src 'self'; frame-ancestors {ancestors}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if request.path == "/widget.js" else "same-origin"
    origin = request.headers.get("Origin")
    if origin in settings.embed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin, Accept-Encoding"


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


def not_found(engine: Engine, problem: SanicException) -> HTTPResponse:
    """Addresses and methods that there are none of, in plain text: somebody may have come by an old link."""
    said = engine.sentences.get("utter_page_not_found", CHANNEL).text
    # No script and no link work in plain text, so the exit is an address.
    return text(f"{said}\nTo leave: {engine.settings.exit_url}\n", status=problem.status_code)


NO_SUCH_ADDRESS = (NotFound, MethodNotSupported)


def _body(request: Request, also: str = "application/json") -> dict[str, Any]:
    kind = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind not in ("application/json", also):
        raise UnsupportedMediaType
    body = request.load_json() if request.body else {}
    if not isinstance(body, dict):
        raise BadRequest
    return body
