"""A worker with two links and phones behind them: each is served where it asked, and moves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from config.settings import Media
from media.handle import Worker
from media.messages import (
    Connected,
    ConnectTransport,
    Event,
    IceRestarted,
    OpenRouter,
    RestartIce,
    TransportStateChanged,
)
from media.synthetic.participant import SyntheticParticipant
from media.transports.stun import Credentials
from tests.media.network.phone import Phone
from tests.media.pool.pool import a_speech
from tests.media.sdp.builders import CHROMIUM
from tests.media.synthetic.builders import a_loop
from tests.support.namespaces import Namespace
from tests.support.places import MOBILE, SERVER, WIRE, places, pull
from tests.support.waiting import until

pytestmark = pytest.mark.waiting

ALL = (SERVER, WIRE.server, MOBILE.server, MOBILE.server_ipv6)


class Meeting:
    """A room on a worker at the server's place, where somebody is seen and speaks."""

    def __init__(self, *, in_process: bool) -> None:
        self.events: list[Event] = []
        settings = Media(host="::", udp_port=0, announce=ALL, in_process=in_process)
        self.worker = Worker(settings, on_event=self.events.append)

    async def answer(self, transport: str, offer: str) -> str:
        command = ConnectTransport(router="room", transport=transport, offer=offer)
        reply = await self.worker.request(command)
        assert isinstance(reply, Connected)
        return reply.answer

    @asynccontextmanager
    async def phone(self, place: Namespace, way: str) -> AsyncIterator[Phone]:
        """Let a phone in that is at a place and reaches the server by an address."""
        phone = Phone(place)
        try:
            await phone.connect(await self.answer(f"phone at {way}", phone.offer()), way)
            yield phone
        finally:
            phone.close()

    def states(self, way: str) -> list[str]:
        """Return what was told of the phone that came in by this address."""
        return [
            event.state
            for event in self.events
            if isinstance(event, TransportStateChanged) and event.transport == f"phone at {way}"
        ]


@asynccontextmanager
async def a_meeting(*, in_process: bool = True) -> AsyncIterator[Meeting]:
    """Open it where this thread is. The links have to be there: a worker looks once."""
    meeting = Meeting(in_process=in_process)
    await meeting.worker.start()
    speaker = SyntheticParticipant(a_loop(), a_speech())
    try:
        async with asyncio.timeout(20):
            await meeting.worker.request(OpenRouter(router="room"))
            speaker.accept(await meeting.answer("speaker", speaker.offer()))
            await speaker.connected()
            speaker.speak(True)
            yield meeting
    finally:
        await speaker.close()
        await meeting.worker.stop()


async def pictures(phone: Phone, more: int = 4) -> None:
    """Wait until a phone has some more pictures."""
    before = phone.frames
    await until(lambda: phone.frames >= before + more)


async def test_each_gets_media_over_its_own_link_from_the_address_it_asked() -> None:
    async with places() as here:
        village, city = await here.device(WIRE), await here.device(MOBILE)
        async with (
            a_meeting(in_process=False) as meeting,
            meeting.phone(village, SERVER) as by_either,
            meeting.phone(village, WIRE.server) as by_wire,
            meeting.phone(city, MOBILE.server) as by_mobile,
            meeting.phone(city, MOBILE.server_ipv6) as by_ipv6,
        ):
            phones = (by_either, by_wire, by_mobile, by_ipv6)
            for phone in phones:
                await pictures(phone)
            assert [set(phone.heard) for phone in phones] == [{way} for way in ALL]
            assert [phone.undecipherable for phone in phones] == [0, 0, 0, 0]
            over_wire = by_either.heard.total() + by_wire.heard.total()
            over_mobile = by_mobile.heard.total() + by_ipv6.heard.total()
            # Besides media there are handshakes and reports; a burst may count as one.
            assert over_wire / 4 < here.sent(WIRE) < over_wire + 120
            assert over_mobile / 4 < here.sent(MOBILE) < over_mobile + 120


@pytest.mark.parametrize("way", [MOBILE.server, MOBILE.server_ipv6, SERVER])
async def test_a_phone_whose_wire_goes_down_moves_with_an_authenticated_check(way: str) -> None:
    async with places() as here:
        pocket = await here.device(WIRE, MOBILE)
        async with a_meeting() as meeting, meeting.phone(pocket, WIRE.server) as phone:
            await pictures(phone)
            phone.check(way, Credentials(phone.remote.ufrag, "x" * 24))
            await pictures(phone)
            assert set(phone.heard) == {WIRE.server}, "anybody may write a name"
            await pull(pocket, WIRE)
            phone.use(way)
            phone.check(way)
            await pictures(phone)
            assert phone.heard[way] > 0
            assert phone.undecipherable == 0, "the keys are those of before"
            assert phone.answers[-1].mapped is not None
            own = f"{MOBILE.ipv6}::2" if ":" in way else MOBILE.client
            assert phone.answers[-1].mapped[0] == own
            assert meeting.states(WIRE.server) == ["connected"]


async def test_after_an_ice_restart_a_phone_moves_with_the_new_name_and_not_with_the_old() -> None:
    async with places() as here:
        pocket = await here.device(WIRE, MOBILE)
        async with a_meeting() as meeting, meeting.phone(pocket, WIRE.server) as phone:
            await pictures(phone)
            fresh = await meeting.worker.request(
                RestartIce(router="room", transport=f"phone at {WIRE.server}")
            )
            assert isinstance(fresh, IceRestarted)
            phone.check(MOBILE.server)
            await pictures(phone)
            assert set(phone.heard) == {WIRE.server}, "media go on where they went"
            await pull(pocket, WIRE)
            phone.use(MOBILE.server)
            phone.check(MOBILE.server, Credentials(fresh.ufrag, fresh.password))
            await pictures(phone)
            assert phone.heard[MOBILE.server] > 0
            assert meeting.states(WIRE.server) == ["connected"]


@pytest.mark.parametrize(
    ("host", "announce", "told"),
    [
        ("::", (), [*ALL]),
        ("0.0.0.0", (), [SERVER, WIRE.server, MOBILE.server]),
        ("0.0.0.0", (MOBILE.server,), [MOBILE.server]),
        ("::", (MOBILE.server_ipv6, "192.0.2.7"), [MOBILE.server_ipv6, "192.0.2.7"]),
        (WIRE.server, (), [WIRE.server]),
    ],
)
async def test_browsers_are_told_the_addresses_of_the_links_or_those_that_are_configured(
    host: str, announce: tuple[str, ...], told: list[str]
) -> None:
    async with places() as here:
        await here.device(WIRE, MOBILE)
        worker = Worker(Media(host=host, udp_port=0, announce=announce, in_process=True))
        await worker.start()
        try:
            await worker.request(OpenRouter(router="room"))
            reply = await worker.request(
                ConnectTransport(router="room", transport="phone", offer=CHROMIUM)
            )
            assert isinstance(reply, Connected)
            lines = reply.answer.splitlines()
            found = [line.split()[4] for line in lines if line.startswith("a=candidate:")]
            assert list(dict.fromkeys(found)) == told
        finally:
            await worker.stop()
