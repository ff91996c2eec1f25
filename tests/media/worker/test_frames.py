"""Frames between the signaling process and a worker."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from media.frames import MAX_FRAME_BYTES, FrameError, Wire


@pytest.fixture
async def wires() -> AsyncIterator[tuple[Wire, Wire]]:
    here, there = socket.socketpair()
    a, b = await Wire.over(here), await Wire.over(there)
    yield a, b
    await a.close()
    await b.close()


@pytest.fixture
async def wire_and_socket() -> AsyncIterator[tuple[Wire, socket.socket]]:
    here, there = socket.socketpair()
    wire = await Wire.over(here)
    yield wire, there
    there.close()
    await wire.close()


async def test_frames_arrive_whole_and_in_order(wires: tuple[Wire, Wire]) -> None:
    a, b = wires
    frames: list[dict[str, object]] = [{"n": n, "text": "村" * n * 1000} for n in range(20)]
    for frame in frames:
        a.send(frame)
    assert [await b.receive() for _ in frames] == frames


async def test_the_end_of_the_other_side_is_the_end(wires: tuple[Wire, Wire]) -> None:
    a, b = wires
    a.send({"last": True})
    await a.close()
    assert await b.receive() == {"last": True}
    assert await b.receive() is None
    b.send({"to": "nobody"})
    b.send({"to": "nobody"})


@pytest.mark.parametrize(
    "raw",
    [
        (MAX_FRAME_BYTES + 1).to_bytes(4, "big"),
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x01{",
        b"\x00\x00\x00\x02\xff\xfe",
    ],
)
async def test_what_is_no_frame_is_refused(
    wire_and_socket: tuple[Wire, socket.socket], raw: bytes
) -> None:
    wire, other = wire_and_socket
    other.sendall(raw)
    with pytest.raises(FrameError):
        await wire.receive()


async def test_half_a_frame_is_the_end(wire_and_socket: tuple[Wire, socket.socket]) -> None:
    wire, other = wire_and_socket
    other.sendall(b"\x00\x00\x00\x09{")
    other.shutdown(socket.SHUT_WR)
    async with asyncio.timeout(5):
        assert await wire.receive() is None
