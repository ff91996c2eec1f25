"""A light device: comes in by WebSocket and WebRTC as every other, and counts what it gets."""

import time
from contextlib import AsyncExitStack, suppress

import aiohttp

from media.synthetic.encoded import EncodedLoop, EncodedVoice
from media.synthetic.participant import SyntheticParticipant
from media.transports.dtls import Certificate
from signaling.protocol.client import VERSION
from signaling.synthetic.link import Declined, Json, Link, LinkLost

_RARELY = 1 << 30
"""Packets are counted by their clear headers: deciphering would only make the load heavier."""


class Visitor:
    """`come`, then `leave` or `vanish`; then it can come again."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        token: str,
        certificate: Certificate,
        *,
        loop: EncodedLoop | None = None,
        voice: EncodedVoice | None = None,
    ) -> None:
        """`url` is that of the server; `loop` and `voice` are what it sends, if anything."""
        self._http, self._token, self._certificate = http, token, certificate
        self._url = f"{url}/ws".replace("http", "ws", 1)
        self._loop, self._voice = loop, voice
        self._link: Link | None = None
        self._inside = AsyncExitStack()
        self._participant: SyntheticParticipant | None = None
        self.began = 0.0
        """When it began to come, monotonic seconds."""

    async def come(self, occurrence: str) -> None:
        """Connect, sign in, join, offer; return when DTLS is up.

        Raises LinkLost, Declined, ConnectionError.
        """
        self.began = time.monotonic()
        self._link = await self._inside.enter_async_context(
            Link(self._http, self._url, self._token, _ignore)
        )
        await self._link.request("hello", version=VERSION, resume=None, seq=0, client="benchmark")
        self._link.release()
        await self._link.request("join", occurrence=occurrence)
        self._participant = SyntheticParticipant(
            self._loop, self._voice, certificate=self._certificate, verify_every=_RARELY
        )
        self._inside.push_async_callback(self._participant.close)
        answer = await self._link.request("media.offer", sdp=self._participant.offer())
        self._participant.accept(answer["sdp"])
        await self._participant.connected()

    def speak(self) -> None:
        """Begin to speak, and do not stop."""
        assert self._participant is not None
        self._participant.speak(True)

    @property
    def sees(self) -> bool:
        """Whether a whole picture has come."""
        if self._participant is None:
            return False
        slots = self._participant.stats()["slots"]
        return any(slot["frames"] for slot in slots if slot["kind"] == "video")

    async def leave(self) -> None:
        """Hang up in order."""
        if self._link is not None and not self._link.lost:
            with suppress(LinkLost, Declined):  # the line went meanwhile: as good as left
                await self._link.request("leave")
        await self._inside.aclose()
        self._link = self._participant = None

    async def vanish(self) -> None:
        """Be gone without a word, as a device whose line is cut."""
        if self._participant is not None:
            self._participant.abandon()
        await self._inside.aclose()
        self._link = self._participant = None


def _ignore(event: Json) -> None:
    """Take no notice; a benchmark looks at what is counted."""
