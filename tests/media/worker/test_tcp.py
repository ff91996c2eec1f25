"""A worker process with ICE-TCP, spoken to as by a line that blocks UDP."""

import asyncio

import pytest

from config.settings import Media
from media.handle import Worker, WorkerUnavailable
from media.messages import (
    Connected,
    ConnectTransport,
    GetStats,
    IceRestarted,
    OpenRouter,
    RestartIce,
    Stats,
)
from media.transports import stun
from media.transports.framing import Deframer, framed
from tests.media.sdp.builders import CHROMIUM


def check(ufrag: str, password: str) -> bytes:
    return stun.check(
        bytes(12),
        local=stun.Credentials.generate(),
        remote=stun.Credentials(ufrag, password),
        tie_breaker=1,
        priority=1,
        use_candidate=True,
    )


def value_of(answer: str, name: str) -> str:
    return next(line for line in answer.splitlines() if line.startswith(name)).partition(":")[2]


@pytest.mark.parametrize(
    ("host", "announced"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::", "::1"), ("::", "127.0.0.1")],
)
async def test_a_worker_process_answers_over_tcp_and_hangs_up_at_its_end(
    host: str, announced: str
) -> None:
    worker = Worker(Media(host=host, udp_port=0, tcp_port=0, announce=(announced,)))
    await worker.start()
    try:
        await worker.request(OpenRouter(router="r"))
        reply = await worker.request(ConnectTransport(router="r", transport="t", offer=CHROMIUM))
        assert isinstance(reply, Connected)
        candidates = [line for line in reply.answer.splitlines() if "tcptype passive" in line]
        _, _, _, _, told, port, *_ = candidates[0].split()
        assert told == announced
        ufrag, password = value_of(reply.answer, "a=ice-ufrag"), value_of(reply.answer, "a=ice-pwd")
        reader, writer = await asyncio.open_connection(told, int(port))
        async with asyncio.timeout(10):
            writer.write(framed([check(ufrag, password)]))
            (packet,) = Deframer().feed(await reader.read(2048))
            assert stun.parse(packet).mapped == writer.get_extra_info("sockname")[:2]
            fresh = await worker.request(RestartIce(router="r", transport="t"))
            assert isinstance(fresh, IceRestarted)
            writer.write(framed([check(fresh.ufrag, fresh.password)]))
            (packet,) = Deframer().feed(await reader.read(2048))
            assert stun.parse(packet).is_from(fresh.password)
            stats = await worker.request(GetStats())
            assert isinstance(stats, Stats)
            tcp = stats.stats["tcp"]
            assert isinstance(tcp, dict)
            assert tcp["connections"] == 1
    finally:
        await worker.stop()
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_taken_tcp_port_is_said() -> None:
    taken = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        worker = Worker(Media(host="127.0.0.1", udp_port=0, tcp_port=port))
        with pytest.raises(WorkerUnavailable, match=f"TCP port {port}"):
            await worker.start()
