"""Any text is read as a message or refused with a code; frames share one body."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.protocol import client, server
from signaling.protocol.codec import BadMessage, Frame, decode
from signaling.protocol.views import Choice

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
TYPES = ["hello", "ping", "join", "media.offer", "media.mute", "sign_in", "floor.give", "watch"]


def refusal(text: str) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        decode(text)
    return caught.value


def test_a_message_is_read_as_its_own_model() -> None:
    assert decode('{"type":"join","id":7,"occurrence":"o1"}') == client.Join(
        type="join", id=7, occurrence="o1"
    )


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"id":1e999', '"\\ud800"', "{'id':1}"])
def test_what_is_not_json_is_refused_without_an_id(text: str) -> None:
    error = refusal(text)
    assert (error.code, error.request) == ("message_not_json", None)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"ping"'])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    assert refusal(text).request is None


def test_an_unknown_type_is_refused_with_the_id_asked() -> None:
    error = refusal('{"type":"drop_tables","id":3}')
    assert (error.code, error.request) == ("message_unknown", 3)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"occurrence": 5},
        {"occurrence": ""},
        {"occurrence": "a\x00b"},
        {"occurrence": "o", "extra": 1},
    ],
)
def test_wrong_fields_are_refused_with_the_id_asked(fields: dict[str, object]) -> None:
    error = refusal(json.dumps({"type": "join", "id": 4, **fields}))
    assert (error.code, error.request) == ("message_invalid", 4)


@pytest.mark.parametrize("number", [-1, 2**53, 1.5, True, "1", None, [1]])
def test_an_id_that_is_no_small_integer_is_not_answered_with(number: object) -> None:
    error = refusal(json.dumps({"type": "ping", "id": number}))
    assert (error.code, error.request) == ("message_invalid", None)


def test_an_offer_that_is_too_long_is_named_so() -> None:
    error = refusal(json.dumps({"type": "media.offer", "id": 1, "sdp": "v" * 400_001}))
    assert (error.code, error.request) == ("message_too_large", 1)


def test_a_refusal_never_repeats_what_was_sent() -> None:
    error = refusal('{"type":"sign_in","id":1,"person":"p","pin":"12x4"}')
    assert "12x4" not in str(error)


@given(json_values)
def test_any_json_is_a_message_or_a_refusal(value: object) -> None:
    with suppress(BadMessage):
        decode(json.dumps(value))


@given(st.sampled_from(TYPES), st.dictionaries(st.text(), json_values, max_size=4), json_values)
def test_any_fields_of_a_known_type_are_a_message_or_a_refusal(
    kind: str, fields: dict[str, object], number: object
) -> None:
    with suppress(BadMessage):
        decode(json.dumps({**fields, "type": kind, "id": number}))


@given(st.text())
def test_any_text_is_a_message_or_a_refusal(text: str) -> None:
    with suppress(BadMessage):
        decode(text)


def test_an_event_is_serialised_once_and_numbered_per_session() -> None:
    frame = Frame.event(server.Speaker(peer="p1"))
    assert [json.loads(frame.on_wire(seq)) for seq in (1, 90_000)] == [
        {"seq": 1, "type": "speaker", "peer": "p1"},
        {"seq": 90_000, "type": "speaker", "peer": "p1"},
    ]


def test_an_answer_has_no_number() -> None:
    sent = json.loads(Frame.answer(4, None).on_wire(12))
    assert sent == {"type": "ok", "id": 4, "result": None}


def test_an_answer_is_the_same_as_its_model() -> None:
    view = Choice(person="p1", name="名")
    sent = json.loads(Frame.answer(4, view).on_wire(0))
    assert sent == json.loads(server.Ok(id=4, result=view.model_dump()).model_dump_json())
