"""Logging: times, codes and counts, and never what a person typed.

Loaded before Rasa. Other people's libraries may speak of warnings at most; what they say is reduced to where it came from,
because a library's words can hold the text that it was working on.
"""

import logging
import logging.config
import os
import sys
import warnings
from typing import TextIO

OURS = ("bot", "actions")


class CodesOnly(logging.Formatter):
    """Our own lines as they are; of others' only the logger, the level and the place."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        if record.name.partition(".")[0] not in OURS:
            record = logging.makeLogRecord({**record.__dict__, "msg": f"library_message place={record.module}:{record.lineno}", "args": ()})
        try:
            return super().format(record)
        except (TypeError, ValueError, KeyError):
            # Python would print the arguments that do not fit, whatever they hold.
            misfit = {**record.__dict__, "msg": f"line_cannot_be_formatted place={record.module}:{record.lineno}", "args": ()}
            return super().format(logging.makeLogRecord(misfit))


class StandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to what is standard error at that moment: a stream kept from before may be closed by now."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def set_up_logging() -> None:
    """To be called before Rasa is imported; called again, it changes nothing.

    Also switches off Rasa's telemetry and progress bars, and Python's warnings.
    """
    root = logging.getLogger()
    if any(isinstance(handler, StandardError) for handler in root.handlers):
        return
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Without this, Rasa draws bars for steps that take no time.
    os.environ["LOG_LEVEL"] = "ERROR"
    # Python's warnings can quote what a library was working on, and libraries switch them back on.
    warnings.showwarning = lambda *arguments, **named: None
    # A handler that fails would print the line's arguments, and the source lines above it.
    logging.raiseExceptions = False
    handler = StandardError()
    handler.setFormatter(CodesOnly("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
