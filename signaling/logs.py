"""Structured logs: JSON lines for machines, readable text on a terminal.

What belongs to a request or a meeting is bound once as context (`request`, `meeting`, `device`)
and stands on every line written below it. Names of people never stand in a log: ids do.
"""

import logging
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.settings import Log

FORBIDDEN: Final = frozenset(
    {"name", "person_name", "phone", "login", "password", "pin", "token", "code_entered"}
)
"""Keys whose values must not reach a log; a slip becomes `[hidden]`, not a leak."""


def hide_personal(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace the values of forbidden keys."""
    for key in FORBIDDEN & event.keys():
        event[key] = "[hidden]"
    return event


def configure(settings: Log, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging to write one format to `stream`."""
    stream = sys.stderr if stream is None else stream
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    level = getattr(logging, settings.level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if as_text else "iso", utc=not as_text),
        hide_personal,
    ]
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
        if as_text
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("aiosqlite", "asyncio", "sqlalchemy.engine", "alembic", "aioice", "aiortc"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
