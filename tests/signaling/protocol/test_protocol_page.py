"""signaling/PROTOCOL.md names every message, every view and every field, and no other."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from signaling.protocol import server, views
from signaling.protocol.client import ClientMessage

PAGE = Path(__file__).parents[3] / "signaling" / "PROTOCOL.md"


def members(union: object) -> tuple[type[BaseModel], ...]:
    """The models of an annotated discriminated union."""
    return get_args(get_args(union)[0])


def type_of(model: type[BaseModel]) -> str:
    """The wire name of a message."""
    return str(get_args(model.model_fields["type"].annotation)[0])


def parts() -> dict[str, type[BaseModel]]:
    return {
        name: model
        for name, model in vars(views).items()
        if isinstance(model, type) and issubclass(model, views.View) and model is not views.View
    }


def sections(part: str) -> dict[str, str]:
    """Text below each `### name` of the part headed `## part`."""
    whole = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = next(chapter for chapter in whole if chapter.startswith(part + "\n"))
    pieces = re.split(r"^### `?([^`\n]+)`?$", text, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def fields_in(text: str) -> set[str]:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, flags=re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def described(part: str) -> dict[str, set[str]]:
    return {name: fields_in(text) for name, text in sections(part).items()}


def test_every_request_stands_on_the_page_with_its_fields() -> None:
    models = {type_of(m): set(m.model_fields) - {"type", "id"} for m in members(ClientMessage)}
    assert described("Requests") == models


def test_every_event_stands_on_the_page_with_its_fields() -> None:
    models = {
        type_of(m): set(m.model_fields) - {"type", "seq"} for m in members(server.ServerEvent)
    }
    assert described("Events") == models


def test_the_answers_stand_on_the_page_with_their_fields() -> None:
    models = {type_of(m): set(m.model_fields) - {"type"} for m in (server.Ok, server.Error)}
    assert described("Answers") == models


def test_every_view_stands_on_the_page_with_its_fields() -> None:
    assert described("Views") == {name: set(m.model_fields) for name, m in parts().items()}


@pytest.mark.parametrize("model", members(server.ServerEvent), ids=type_of)
def test_the_words_of_an_event_stand_on_the_page(model: type[BaseModel]) -> None:
    text = sections("Events")[type_of(model)]
    for name in ("reason", "state"):
        if name in model.model_fields:
            words = get_args(model.model_fields[name].annotation)
            assert not [word for word in words if f"`{word}`" not in text]
