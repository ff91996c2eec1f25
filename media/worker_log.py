"""The worker's log lines travel to the signaling process, which writes all logs in one format."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

from media.frames import Wire

LEVELS = ("debug", "info", "warning", "error", "critical")


def forward(wire: Wire) -> None:
    """From now on send every log line of this process as a frame {"log": {…}}."""

    def send(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
        level = "error" if method == "exception" else method
        wire.send({"log": {"level": level, **{key: _plain(event[key]) for key in event}}})
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.processors.format_exc_info, send],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


def write(line: object) -> None:
    """Write a line that came from a worker; what is no line is ignored."""
    if not isinstance(line, dict):
        return
    level = line.pop("level", None)
    event = line.pop("event", None)
    if level in LEVELS and isinstance(event, str):
        structlog.get_logger("media.worker").log(
            logging.getLevelNamesMapping()[level.upper()], event, **line
        )


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)
