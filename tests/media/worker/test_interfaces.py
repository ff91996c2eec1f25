"""A worker on a machine with several addresses: whoever speaks to one hears from that one."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from config.settings import Media
from media.handle import Worker
from media.messages import Connected, ConnectTransport, OpenRouter
from media.plane import plane
from media.synthetic.participant import SyntheticParticipant
from media.transports import stun
from tests.media.sdp.builders import CHROMIUM
from tests.media.synthetic.builders import a_loop, a_voice
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def _a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of 127/8 is there, but no interface lists it."""
    monkeypatch.setattr(plane, "several", lambda host: True)


@asynccontextmanager
async def a_worker(host: str, announce: str) -> AsyncIterator[Worker]:
    settings = Media(host=host, udp_port=0, announce=(announce,), in_process=True)
    worker = Worker(settings)
    await worker.start()
    await worker.request(OpenRouter(router="room"))
    try:
        async with asyncio.timeout(20):
            yield worker
    finally:
        await worker.stop()


async def answer(worker: Worker, transport: str, offer: str) -> str:
    reply = await worker.request(ConnectTransport(router="room", transport=transport, offer=offer))
    assert isinstance(reply, Connected)
    return reply.answer


def value_of(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(name)).partition(":")[2]


async def test_a_meeting_is_held_over_an_address_the_kernel_would_not_choose() -> None:
    async with a_worker("0.0.0.0", "127.0.0.2") as worker:
        people = [SyntheticParticipant(a_loop(), a_voice()) for _ in range(3)]
        for number, participant in enumerate(people):
            # It takes a handshake from the announced address only.
            participant.accept(await answer(worker, str(number), participant.offer()))
            await participant.connected()
        people[0].speak(True)
        await until(lambda: min(p.stats()["slots"][3]["frames"] for p in people[1:]) >= 10)
        assert [slot["lost"] for p in people for slot in p.stats()["slots"]] == [0] * 24
        for participant in people:
            await participant.close()


@pytest.mark.parametrize(
    ("host", "address"), [("0.0.0.0", "127.0.0.5"), ("::", "::1"), ("::", "127.0.0.5")]
)
async def test_a_check_is_answered_from_where_it_came_to(host: str, address: str) -> None:
    async with a_worker(host, address) as worker:
        text = await answer(worker, "phone", CHROMIUM)
        check = stun.check(
            bytes(12),
            local=stun.Credentials.generate(),
            remote=stun.Credentials(value_of(text, "a=ice-ufrag"), value_of(text, "a=ice-pwd")),
            tie_breaker=1,
            priority=1,
            use_candidate=True,
        )
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as peer:
            peer.setblocking(False)
            peer.connect((address, worker.udp_port))  # hears nothing from elsewhere
            peer.send(check)
            reply = await asyncio.get_running_loop().sock_recv(peer, 2048)
        assert stun.parse(reply).kind == "response"
