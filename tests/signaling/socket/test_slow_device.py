"""A device that does not fetch its messages is dropped with a reason; nobody waits for it."""

import asyncio
import socket as sockets
from pathlib import Path

import aiohttp
import pytest

from signaling.protocol.codec import Frame
from signaling.protocol.server import Speaker
from signaling.sessions import connection
from tests.signaling.live import running_branch
from tests.signaling.wire import connected


async def test_a_device_that_reads_nothing_is_dropped_and_may_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "FAREWELL_S", 0.2)
    async with running_branch(tmp_path, signaling={"queue_messages": 16}) as branch:
        token, floor = await branch.token("phone1"), branch.server.floor
        narrow = aiohttp.TCPConnector(socket_factory=_narrow_socket)
        async with (
            aiohttp.ClientSession(
                connector=narrow, headers={"Authorization": f"Bearer {token}"}
            ) as client,
            client.ws_connect(f"{branch.server.url}/ws") as deaf,
        ):
            await deaf.send_json({"type": "hello", "id": 1, "version": 1})
            welcome = (await deaf.receive_json())["result"]
            transport = deaf._response.connection
            assert transport is not None
            assert transport.transport is not None
            transport.transport.pause_reading()
            [session] = floor.sessions
            frame = Frame.event(Speaker(peer="x" * 50_000))
            async with asyncio.timeout(20):
                while session.is_there:
                    session.post(frame)
                    await asyncio.sleep(0.001)
            transport.transport.abort()
        back = await branch.hello("phone2")  # the server is well
        assert await back.ask("ping") is None
        async with connected(branch.server.url, token) as again:
            assert (await again.hello(welcome["resume"], 0))["resumed"]


def _narrow_socket(address: tuple[int, int, int, str, tuple[object, ...]]) -> sockets.socket:
    made = sockets.socket(address[0], address[1], address[2])
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    return made
