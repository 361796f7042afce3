"""Serves the workbench: its pages, and JSON for them. Everything that does something is a POST that only our own page can send.

Nothing that is typed reaches an address, a header, a log or a disk, but for the flows and proposals that staff save.
"""

import logging
from pathlib import Path
from typing import Any, Callable, Coroutine

from sanic import Request, Sanic
from sanic.exceptions import MethodNotSupported, NotFound, SanicException
from sanic.response import BaseHTTPResponse, HTTPResponse, empty, json, raw, text

from bot.errors import BadRequest, ConversationNotFound, ModelError, StartError, SupportError, TooLong, TooManyMessages
from bot.staff.phrase_list import WrongLine
from bot.staff.stories import NameTaken
from bot.staff.workbench.desk import Deed, Desk
from bot.staff.workbench.door import COOKIE, IDLE_SECONDS, Door, ForeignRequest, NotSignedIn

log = logging.getLogger(__name__)

PAGES = Path(__file__).with_name("pages")
_KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
LARGEST_BODY = 2 * 1024 * 1024
# Looking at a long list takes a while; a person waits with a bar before them.
LONGEST_ANSWER_SECONDS = 300

FAULTS: dict[type[SupportError], tuple[int, str]] = {
    NotSignedIn: (401, "That did not open the door. Check the password, or sign in again."),
    ForeignRequest: (403, "Only the workbench's own page may do that."),
    ConversationNotFound: (404, "This conversation has ended. Start a new one."),
    NameTaken: (409, "There is a file of that name already. Choose another name."),
    TooLong: (413, "That is too long."),
    TooManyMessages: (429, "Too many tries. Wait a minute, then try again."),
    WrongLine: (400, ""),
    BadRequest: (400, "That could not be read. Check what you filled in, and try again."),
    ModelError: (400, ""),
    StartError: (400, ""),
}


def build_app(desk: Desk, door: Door, name: str = "workbench") -> Sanic:
    """A Sanic app. `name` must be new in this process."""
    app = Sanic(name, configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.RESPONSE_TIMEOUT = LONGEST_ANSWER_SECONDS

    async def at_the_door(request: Request) -> None:
        door.check_place(request.headers)
        if request.method == "POST":
            door.check_deed(request.headers)
            if request.path != "/sign-in":
                door.check_session(request.cookies.get(COOKIE))

    async def protect(request: Request, response: BaseHTTPResponse) -> None:
        _protect(response)

    async def on_error(request: Request, problem: Exception) -> HTTPResponse:
        response = _error(problem)
        _protect(response)
        return response

    app.register_middleware(at_the_door, "request")
    app.register_middleware(protect, "response")
    app.error_handler.add(Exception, on_error)
    _add_pages(app, desk, door)
    _add_door(app, door)

    async def about(body: dict[str, Any]) -> dict[str, Any]:
        return {**await desk.about(body), "locked": door.locked}

    for address, deed in {**desk.deeds, "/about": about}.items():
        app.add_route(_post(deed), address, methods=["POST"], name=address.strip("/").replace("/", "_"))
    return app


def _add_pages(app: Sanic, desk: Desk, door: Door) -> None:
    async def home(request: Request) -> HTTPResponse:
        return _page("workbench.html" if door.is_open(request.cookies.get(COOKIE)) else "sign_in.html")

    async def file(request: Request, name: str) -> HTTPResponse:
        if Path(name).suffix not in (".js", ".css") or not (PAGES / name).is_file():
            raise NotFound("no such file")
        return _page(name)

    async def document(request: Request) -> HTTPResponse:
        if not door.is_open(request.cookies.get(COOKIE)):
            return _page("sign_in.html")
        return raw(await desk.document(request.path), content_type=_KINDS[".html"])

    app.add_route(home, "/", methods=["GET"])
    app.add_route(file, "/pages/<name:str>", methods=["GET"])
    for address in desk.documents:
        app.add_route(document, address, methods=["GET"], name=f"document_{address.strip('/')}")


def _add_door(app: Sanic, door: Door) -> None:
    async def sign_in(request: Request) -> HTTPResponse:
        password = _body(request).get("password")
        if not isinstance(password, str) or len(password) > 1000:
            raise BadRequest
        response = empty()
        _set_session(response, door, await door.sign_in(password), IDLE_SECONDS)
        return response

    async def sign_out(request: Request) -> HTTPResponse:
        door.sign_out(request.cookies.get(COOKIE))
        response = empty()
        _set_session(response, door, "", 0)
        return response

    app.add_route(sign_in, "/sign-in", methods=["POST"])
    app.add_route(sign_out, "/sign-out", methods=["POST"])


def _set_session(response: HTTPResponse, door: Door, session: str, seconds: int) -> None:
    response.cookies[COOKIE] = session
    response.cookies[COOKIE].update({"httponly": True, "samesite": "Strict", "path": "/", "max-age": seconds})
    if not door.local:  # from elsewhere only over TLS; a proxy in front brings that
        response.cookies[COOKIE]["secure"] = True


def _post(deed: Deed) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def handle(request: Request) -> HTTPResponse:
        return json(await deed(_body(request)))

    return handle


def _body(request: Request) -> dict[str, Any]:
    if (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower() != "application/json":
        raise BadRequest
    try:
        body = request.load_json()
    except (SanicException, UnicodeError):
        raise BadRequest from None
    if not isinstance(body, dict):
        raise BadRequest
    return body


def _page(name: str) -> HTTPResponse:
    return raw((PAGES / name).read_bytes(), content_type=_KINDS[Path(name).suffix])


def _protect(response: BaseHTTPResponse) -> None:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"


def _error(problem: Exception) -> HTTPResponse:
    if isinstance(problem, (NotFound, MethodNotSupported)):
        return text("Not found.", status=problem.status_code)
    for kind, (status, words) in FAULTS.items():
        if isinstance(problem, kind):
            return json({"error": kind.code, "text": words or str(problem)}, status=status)
    status = problem.status_code if isinstance(problem, SanicException) else 500
    if status >= 500:
        log.error("workbench_failed kind=%s", type(problem).__name__)
    return json({"error": "internal_error", "text": "Something went wrong here. Try again, or start the workbench anew."}, status=status)


def serve(desk: Desk, door: Door, host: str, port: int) -> None:
    """Serves until it is stopped."""
    app = build_app(desk, door)
    app.run(host=host, port=port, workers=1, access_log=False, motd=False, debug=False)
