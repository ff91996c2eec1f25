"""Logs: one JSON object a line, with the context, without names."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from config.settings import Log
from signaling import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_the_context_it_was_written_in(stream: io.StringIO) -> None:
    logs.configure(Log(format="json"), stream)
    with structlog.contextvars.bound_contextvars(request="r1", meeting="m1"):
        structlog.stdlib.get_logger("x").info("joined", device="d1")
    (line,) = lines(stream)
    assert (line["event"], line["request"], line["meeting"]) == ("joined", "r1", "m1")
    assert line["device"] == "d1"


def test_names_and_secrets_are_hidden(stream: io.StringIO) -> None:
    logs.configure(Log(format="json"), stream)
    structlog.stdlib.get_logger("x").info("slip", person_name="某人", token="t", pin="1234")
    assert "某人" not in stream.getvalue()
    assert "1234" not in stream.getvalue()
    assert lines(stream)[0]["token"] == "[hidden]"


def test_lines_of_libraries_have_the_same_form(stream: io.StringIO) -> None:
    logs.configure(Log(format="json"), stream)
    logging.getLogger("some.library").warning("watch out %s", 7)
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("watch out 7", "warning")


def test_an_exception_is_one_line_too(stream: io.StringIO) -> None:
    logs.configure(Log(format="json"), stream)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.stdlib.get_logger("x").exception("failed")
    (line,) = lines(stream)
    assert "RuntimeError: broken" in line["exception"]


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    logs.configure(Log(format="json", level="warning"), stream)
    structlog.stdlib.get_logger("x").info("chat")
    logging.getLogger("aiosqlite").debug("chat")
    assert stream.getvalue() == ""


def test_a_terminal_gets_readable_text(stream: io.StringIO) -> None:
    logs.configure(Log(format="text"), stream)
    structlog.stdlib.get_logger("x").info("serving", port=8080)
    assert "serving" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
