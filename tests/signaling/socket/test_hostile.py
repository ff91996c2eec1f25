"""Whatever a device sends, it gets a clear answer or an orderly close, and the server lives."""

import asyncio
import json

import pytest
from aiohttp import WSMsgType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling import socket as endpoint
from tests.signaling.live import Branch
from tests.signaling.wire import Refusal, Wire

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
TYPES = [
    "ping",
    "join",
    "leave",
    "decline",
    "media.offer",
    "media.mute",
    "sign_in",
    "roll_call.list",
    "roll_call.mark",
    "floor.give",
    "watch",
    "unwatch",
]
FIELDS: dict[str, list[object]] = {
    "occurrence": ["", "x", None],
    "sdp": ["", "v=0", 5],
    "audio": [True, False, None],
    "video": [True, False, 1],
    "person": ["p1", "p4", "p9", ""],
    "pin": ["1234", "12", 1234],
    "mark": ["present", "late", "leave", "absent", "x"],
    "substitute": ["p5", "nobody", None],
    "peer": ["x", None, 7],
}


async def lives(branch: Branch) -> bool:
    """Say whether the server still serves another device."""
    return await (await branch.hello("phone3")).ask("ping") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message_not_json"),
        ("hello?", "message_not_json"),
        ("[" * 200_000, "message_not_json"),
        ('{"a":' * 100_000, "message_not_json"),
        ("null", "message_invalid"),
        ('{"type":"shutdown","id":1}', "message_unknown"),
        ('{"type":"join","id":1}', "message_invalid"),
        ('{"type":"join","id":1,"occurrence":"\\u0000"}', "message_invalid"),
        ('{"type":"ping","id":1,"extra":1}', "message_invalid"),
        ('{"type":"ping","id":1e400}', "message_invalid"),
        ('{"type":"ping","id":"\\ud800"}', "message_not_json"),
    ],
    ids=lambda value: value[:30],
)
async def test_a_malformed_message_is_answered_with_its_code(
    branch: Branch, text: str, code: str
) -> None:
    wire = await branch.hello("phone1")
    await wire.socket.send_str(text)
    await wire.until_error(code)
    assert await wire.ask("ping") is None


async def test_a_binary_frame_is_answered(branch: Branch) -> None:
    wire = await branch.hello("phone1")
    await wire.socket.send_bytes(b'{"type":"ping","id":1}')
    await wire.until_error("message_binary")
    assert await wire.ask("ping") is None


async def test_a_message_that_is_too_large_closes_the_connection(branch: Branch) -> None:
    wire = await branch.hello("phone1")
    await wire.socket.send_str('{"type":"ping","id":1,"pad":"' + "x" * 600_000 + '"}')
    assert await wire.until_closed() == 1009
    assert await lives(branch)


async def test_text_that_is_not_utf8_closes_the_connection(branch: Branch) -> None:
    wire = await branch.hello("phone1")
    await wire.socket.send_frame(b'{"type":"\xff\xfe"}', WSMsgType.TEXT)
    assert await wire.until_closed() == 1007
    assert await lives(branch)


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("media.offer", {"sdp": "v=0"}),
        ("media.mute", {"audio": True, "video": True}),
        ("sign_in", {"person": "p1", "pin": "1234"}),
    ],
)
async def test_what_needs_a_room_is_refused_before_joining(
    branch: Branch, message: str, fields: dict[str, object]
) -> None:
    wire = await branch.hello("phone1")
    with pytest.raises(Refusal, match="not_in_room"):
        await wire.ask(message, **fields)


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("", "invalid_sdp"),
        ("x", "invalid_sdp"),
        ("v=0\r\n" * 60_000, "invalid_sdp"),
        ("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "invalid_sdp"),
        ("\u4e2d" * 390_000, "message_too_large"),
        ("v" * 400_001, "message_too_large"),
    ],
    ids=["empty", "one letter", "huge", "no media", "wide", "too long"],
)
async def test_what_is_no_offer_is_refused(branch: Branch, sdp: str, code: str) -> None:
    meeting = await branch.open()
    wire, _ = await branch.join("phone1", meeting)
    if code == "message_too_large" and len(sdp.encode()) > 500_000:
        await wire.socket.send_json({"type": "media.offer", "id": 99, "sdp": sdp})
        assert await wire.until_closed() == 1009
    else:
        with pytest.raises(Refusal) as refused:
            await wire.ask("media.offer", sdp=sdp)
        assert refused.value.code in {code, "unsupported_sdp"}
    assert await lives(branch)


async def test_a_flood_is_refused_and_then_closed(branch: Branch) -> None:
    wire = await branch.hello("phone1")
    for number in range(400):
        await wire.socket.send_json({"type": "ping", "id": number})
        if number % 50 == 0:
            await asyncio.sleep(0)
    await wire.until_error("too_many_messages")
    assert await wire.until_closed() == 1008
    assert await lives(branch)


async def test_costly_messages_run_out_sooner(branch: Branch) -> None:
    meeting = await branch.open()
    wire, _ = await branch.join("phone1", meeting)
    codes = set()
    for _ in range(15):
        with pytest.raises(Refusal) as refused:
            await wire.ask("media.offer", sdp="x")
        codes.add(refused.value.code)
    assert codes == {"invalid_sdp", "too_many_messages"}


async def test_any_json_gets_an_answer_or_an_orderly_close(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server in a meeting; what is thrown at it is never a fault of its own."""
    monkeypatch.setattr(endpoint, "BURST", 1e6)
    meeting = await branch.open()
    loop = asyncio.get_running_loop()
    wires: list[Wire] = []

    async def throw(messages: list[object]) -> None:
        if not wires or wires[-1].closed:
            wire, _ = await branch.join("phone1", meeting)
            wires.append(wire)
        wire = wires[-1]
        for message in messages:
            await wire.socket.send_str(json.dumps(message))
        # Answers come in order: with this one, all before have been dealt with.
        assert await wire.ask("ping") is None
        assert "internal" not in {error["code"] for error in wire.errors}

    known = st.fixed_dictionaries(
        {"type": st.sampled_from(TYPES), "id": st.integers(10**6, 10**7)},
        optional={name: st.sampled_from([*values, meeting.id]) for name, values in FIELDS.items()},
    )

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(json_values | known, min_size=1, max_size=5))
    def examples(messages: list[object]) -> None:
        asyncio.run_coroutine_threadsafe(throw(messages), loop).result(30)

    await asyncio.to_thread(examples)
    assert len(wires) == 1
    assert await lives(branch)
