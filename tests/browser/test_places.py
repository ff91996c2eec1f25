"""A phone in another network than the server: lines that block, and from the wire to the mobile
network. Networks and what is dropped are real (tests.support.places)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signaling.rooms.room import Room
from tests.browser.lines import UDP_OPEN, held_phone, stream, way_of
from tests.browser.pages import MeetingPage, eventually
from tests.signaling.live import Branch, running_branch
from tests.signaling.streams import rtc
from tests.support.certificate import ServerCertificate
from tests.support.chromium import chromium
from tests.support.namespaces import Namespace
from tests.support.places import MOBILE, SERVER, WIRE, block, places, pull
from tests.support.turn import coturn

pytestmark = [pytest.mark.browser, pytest.mark.waiting]
SECRET = "known to both servers"
_TRACKS = """() => window.connections.map(
    (each) => each.getReceivers().map((receiver) => receiver.track.id))"""
_MOVED = "window.dispatchEvent(new Event('online'))"
"""What a phone's browser tells the page when it is in another network."""


@dataclass(frozen=True)
class Watched:
    """A phone's page in a meeting in which an encoder shows a picture."""

    page: MeetingPage
    sender: str
    room: Room

    async def tracks(self) -> Any:
        """Return what the page receives by, for each connection that it ever made."""
        return await self.page.page.evaluate(_TRACKS)

    async def goes_by(self, protocol: str, *, relayed: bool) -> None:
        async def it_does() -> bool | None:
            way = await way_of(self.page)
            return (way and way["by"] == protocol and (way["type"] == "relay") is relayed) or None

        await eventually(it_does, f"media go by {protocol}, relayed: {relayed}", within_s=30)

    async def goes_on(self) -> None:
        await self.page.wait_for_frames(of=self.sender)


@asynccontextmanager
async def a_server(folder: Path, host: str = SERVER, **sections: Any) -> AsyncIterator[Branch]:
    """A server at the address that both links lead to, or at another of its own."""
    http, media = {"host": host}, {"host": "::" if ":" in host else "0.0.0.0", "tcp_port": 0}
    async with running_branch(folder, http=http, media=media, **sections) as branch:
        yield branch


@asynccontextmanager
async def a_watching_phone(
    branch: Branch, there: Namespace, certificate: ServerCertificate | None = None
) -> AsyncIterator[Watched]:
    pages = branch.server.url
    async with (
        rtc.connection() as encoder,
        chromium(there=there, trusted=pages, certificate=certificate) as browser,
    ):
        meeting = await branch.open()
        page = await held_phone(branch, browser, "phone1", UDP_OPEN)
        await page.join()
        sender = await stream(branch, meeting, encoder, "whip")
        room = branch.server.floor.hub.live(meeting.id)
        assert room is not None
        watched = Watched(page, sender, room)
        await watched.goes_on()
        yield watched
        assert page.errors == []


async def test_where_udp_is_dropped_media_go_by_tcp_and_where_that_is_too_by_the_relay(
    tmp_path: Path,
) -> None:
    async with places() as here, coturn(SERVER, SECRET, tmp_path) as relay:
        village = await here.device(WIRE)
        await block(village, "meta l4proto udp")
        turn = {"urls": [f"turn:{SERVER}:{relay}?transport=tcp"], "secret": SECRET}
        async with (
            a_server(tmp_path, turn=turn) as branch,
            a_watching_phone(branch, village) as phone,
        ):
            await phone.goes_by("tcp", relayed=False)
            tracks, pages = await phone.tracks(), branch.server.url.rpartition(":")[2]
            await block(village, "meta l4proto udp", f"tcp dport != {{ {pages}, {relay} }}")
            await phone.page.page.evaluate(_MOVED)
            await phone.goes_by("tcp", relayed=True)
            await phone.goes_on()
            assert await phone.tracks() == tracks, "the same connection"


async def test_where_nothing_passes_but_tls_media_go_by_the_relay_with_a_certificate(
    tmp_path: Path,
) -> None:
    known = ServerCertificate(SERVER, tmp_path)
    async with places() as here, coturn(SERVER, SECRET, tmp_path, known) as relay:
        village = await here.device(WIRE)
        turn = {"urls": [f"turns:{SERVER}:{relay}?transport=tcp"], "secret": SECRET}
        async with a_server(tmp_path, turn=turn) as branch:
            pages = branch.server.url.rpartition(":")[2]
            await block(village, "meta l4proto udp", f"tcp dport != {{ {pages}, {relay} }}")
            async with a_watching_phone(branch, village, known) as phone:
                await phone.goes_by("tls", relayed=True)
                await phone.goes_on()


async def test_a_phone_that_has_only_ipv6_and_no_udp_sees_the_meeting_by_tcp(
    tmp_path: Path,
) -> None:
    async with places() as here:
        pocket = await here.device(MOBILE)
        await pocket.run("ip", "-4", "address", "flush", "dev", MOBILE.device)
        await block(pocket, "meta l4proto udp")
        async with (
            a_server(tmp_path, MOBILE.server_ipv6) as branch,
            a_watching_phone(branch, pocket) as phone,
        ):
            await phone.goes_by("tcp", relayed=False)
            await phone.goes_on()


async def test_a_phone_whose_wire_goes_down_goes_on_over_the_mobile_network_in_its_seat(
    tmp_path: Path,
) -> None:
    async with places() as here:
        pocket = await here.device(WIRE, MOBILE)
        async with (
            a_server(tmp_path) as branch,
            a_watching_phone(branch, pocket) as phone,
        ):
            tracks, peers = await phone.tracks(), set(phone.room.peers)
            entrance = branch.server.floor.entrance
            joins, over_wire, over_mobile = entrance.joins, here.sent(WIRE), here.sent(MOBILE)
            await phone.goes_on()
            assert here.sent(WIRE) - over_wire > here.sent(MOBILE) - over_mobile
            over_mobile = here.sent(MOBILE)
            await pull(pocket, WIRE)
            await phone.page.page.evaluate(_MOVED)
            me = next(peer for name, peer in phone.room.peers.items() if name != phone.sender)

            await phone.page.mute(True)

            async def told() -> bool | None:
                return me.audio_muted or None

            await eventually(told, "what the page says comes over the mobile network")
            await phone.goes_on()
            assert here.sent(MOBILE) > over_mobile + 20
            assert await phone.tracks() == tracks, "the same connection"
            assert (set(phone.room.peers), entrance.joins) == (peers, joins), "the same seat"
