"""A phone whose own line loses packets sends its sound with redundancy, for as long as it does."""

import asyncio
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCPeerConnection

from media.messages import GetStats, Stats
from tests.browser.lines import UDP_OPEN, held_phone, stream
from tests.browser.pages import MeetingPage, eventually
from tests.signaling.live import Branch, running_branch
from tests.signaling.streams import rtc
from tests.support.chromium import chromium, write_voice
from tests.support.places import SERVER, WIRE, Places, places

pytestmark = [pytest.mark.browser, pytest.mark.waiting]
_FIRST = """() => {
    const { sdp } = window.connections[window.connections.length - 1].currentRemoteDescription;
    const [, format] = /^m=audio \\d+ \\S+ (\\d+)/m.exec(sdp);
    return new RegExp(`^a=rtpmap:${format} (.*)$`, 'm').exec(sdp)[1];
}"""
_CALM_MS = 10_000
"""The page takes so long to believe in a good line (web/redundancy.js); its clock is put on."""


async def lose(here: Places, percent: int) -> None:
    """Lose so much of the UDP that comes to the server over the wire, each packet by itself."""
    drop = f'iifname "{WIRE.name}" meta l4proto udp numgen random mod 100 < {percent} drop'
    chain = f"chain arriving {{ type filter hook prerouting priority 0\n{drop}\n}}"
    text = f"add table inet lossy\ndelete table inet lossy\ntable inet lossy {{\n{chain}\n}}\n"
    await here.server.run("nft", "-f", "-", told=text)


@dataclass(frozen=True)
class Sound:
    """Packets of a phone's sound so far: those its line lost, those that came after all as a part
    of later ones, and those that a player without loss got and missed."""

    lost: int
    recovered: int
    heard: int
    missed: int

    def __sub__(self, before: "Sound") -> "Sound":
        earlier = astuple(before)
        return Sound(*(now - then for now, then in zip(astuple(self), earlier, strict=True)))


@dataclass(frozen=True)
class Talk:
    """A phone that talks, and a player in the meeting that hears it."""

    branch: Branch
    phone: MeetingPage
    player: RTCPeerConnection

    async def sends(self, codec: str) -> bool | None:
        """Tell whether the phone's browser sends sound this way: as it was told first."""
        first = await self.phone.page.evaluate(_FIRST)
        return bool(first.startswith(codec)) or None

    async def calms(self) -> bool | None:
        """Let ten seconds pass for the page; tell whether it sends plain sound now."""
        await asyncio.sleep(1)
        await self.phone.page.clock.fast_forward(_CALM_MS)
        return await self.sends("opus")

    async def sound(self) -> Sound:
        stats = await self.branch.server.floor.worker.request(GetStats(detail=True))
        assert isinstance(stats, Stats)
        routers: Any = stats.stats["routers"]
        (room,) = routers.values()
        me = (await self.phone.state())["peer"]
        producers = room["dump"]["transports"][me]["producers"]
        (sent,) = next(each["streams"] for each in producers if each["kind"] == "audio")
        reports = (await self.player.getStats()).values()
        got = next((r for r in reports if r.type == "inbound-rtp" and r.kind == "audio"), None)
        heard, missed = (got.packetsReceived, got.packetsLost) if got else (0, 0)
        return Sound(sent["lost"], sent["recovered"], heard, missed)

    async def of_packets(self, packets: int) -> Sound:
        """Return what becomes of so many packets."""
        before = await self.sound()

        async def enough() -> Sound | None:
            seen = await self.sound() - before
            return seen if seen.heard >= packets else None

        return await eventually(enough, "the player hears the phone")


async def test_a_phone_whose_line_loses_sound_repeats_it_until_the_line_has_long_been_good(
    tmp_path: Path,
) -> None:
    http, media = {"host": SERVER}, {"host": "0.0.0.0"}
    voice = write_voice(tmp_path / "voice.wav")
    async with places() as here:
        village = await here.device(WIRE)
        async with (
            running_branch(tmp_path, http=http, media=media) as branch,
            chromium(voice, there=village, trusted=branch.server.url) as browser,
            rtc.connection() as player,
        ):
            meeting = await branch.open()
            phone = await held_phone(branch, browser, "phone1", UDP_OPEN)
            await phone.page.clock.install()
            await phone.join()
            await phone.mute(False)
            await stream(branch, meeting, player, "whep")
            talk = Talk(branch, phone, player)
            await talk.of_packets(20)
            assert await talk.sends("opus")

            await lose(here, 10)
            await eventually(lambda: talk.sends("red"), "sound is redundant on a lossy line")
            seen = await talk.of_packets(200)
            print(seen)
            assert seen.lost >= 8
            assert seen.recovered > seen.lost / 2
            assert seen.missed < seen.lost / 2

            await lose(here, 0)
            await eventually(talk.calms, "sound is plain again")
            assert len(await phone.page.evaluate("window.connections")) == 1, "no new connection"
            assert phone.errors == []
