"""Serves the web channel on Rasa's own server (Sanic): its channels, none of its HTTP API, and errors in our words."""

import logging
from typing import Sequence

from rasa.core.channels.channel import InputChannel, register
from sanic import Request, Sanic
from sanic.response import HTTPResponse

from bot.channels.web import NO_SUCH_ADDRESS, WebChannel, error_response, not_found, protect
from bot.dialogue.engine import Engine
from bot.dialogue.keeping import tidy

log = logging.getLogger(__name__)

# A body of two thousand characters is far below; what is larger by much is not even read to its end.
LARGEST_BODY = 4 * 1024 * 1024


def build_app(engine: Engine, others: Sequence[InputChannel] = (), name: str = "support") -> Sanic:
    """A Sanic app with the web channel and `others`. `name` must be new in this process."""
    app = Sanic(name, configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    # Every wait inside is shorter than these, so that a person gets our reply and not the server's.
    app.config.REQUEST_TIMEOUT = 30
    app.config.RESPONSE_TIMEOUT = engine.settings.turn_seconds + 10
    app.ctx.agent = engine.agent
    register([WebChannel(engine), *others], app, route=None)

    def on_error(request: Request, problem: Exception) -> HTTPResponse:
        response = not_found(engine, problem) if isinstance(problem, NO_SUCH_ADDRESS) else error_response(engine, problem)
        protect(request, response, engine.settings)
        return response

    app.error_handler.add(Exception, on_error)
    return app


def serve(engine: Engine, host: str, port: int, others: Sequence[InputChannel] = ()) -> None:
    """Serves until it is stopped."""
    app = build_app(engine, others)

    async def check(*_: object) -> None:
        await engine.check()

    async def close(*_: object) -> None:
        await engine.keeper.close()

    app.register_listener(check, "before_server_start")
    app.register_listener(close, "after_server_stop")
    app.add_task(tidy(engine.keeper))
    log.info("serving host=%s port=%d", host, port)
    app.run(host=host, port=port, workers=1, access_log=False, motd=False, debug=False)
