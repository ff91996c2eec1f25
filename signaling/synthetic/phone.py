"""One synthetic village phone: signs in with its token, answers the call, sends its village.

It does what is still to be done whenever something changed: without a room it joins what it is
invited to, in a room without media it offers. So a lost line, a lost worker and a restarted server
need no code of their own.
"""

import asyncio
import contextlib
import random
from dataclasses import dataclass

import aiohttp
import structlog

from media.synthetic.connection import State
from media.synthetic.participant import SyntheticParticipant
from media.synthetic.recording import Recording
from media.synthetic.sdp import AnswerError
from media.transports.dtls import Certificate
from signaling.protocol.client import VERSION
from signaling.synthetic.link import Declined, Json, Link, LinkLost

AUDIO_SLOTS, VIDEO_SLOTS = 3, 5
_FINAL = frozenset({"replaced", "revoked", "signed_out"})
"""Reasons of `bye` after which a device stays away."""
_NOT_IN_ROOM = "not_in_room"
_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 0.5, 5.0
_RETRY_S = 1.0
_GOODBYE_S = 0.5

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a phone calls and as whom. `token` is a secret."""

    url: str
    """Of the WebSocket, such as `ws://127.0.0.1:8080/ws`."""
    token: str


class SyntheticPhone:
    """`run` until cancelled; it hangs up in order then. `number` is for the log."""

    def __init__(
        self,
        number: int,
        line: Line,
        recording: Recording,
        http: aiohttp.ClientSession,
        certificate: Certificate,
    ) -> None:
        self.number = number
        self.dismissed = False
        """The server said that this device is not wanted any more."""
        self._line, self._recording = line, recording
        self._http, self._certificate = http, certificate
        self._resume: str | None = None
        self._seq = 0
        self._invitations: dict[str, None] = {}
        self._room: str | None = None
        self._participant: SyntheticParticipant | None = None
        self._speaking = False
        self._changed = asyncio.Event()

    @property
    def can_speak(self) -> bool:
        """In a meeting, with its media connected."""
        return self._participant is not None and self._participant.state == "connected"

    @property
    def participant(self) -> SyntheticParticipant | None:
        """The media of the meeting it is in."""
        return self._participant

    def speak(self, on: bool) -> None:
        """Begin or end a turn to speak."""
        self._speaking = on
        if self._participant is not None:
            self._participant.speak(on)

    async def run(self) -> None:
        """Be a phone until cancelled or dismissed."""
        backoff = _FIRST_BACKOFF_S
        try:
            while not self.dismissed:
                try:
                    async with Link(
                        self._http, self._line.url, self._line.token, self._event
                    ) as link:
                        await self._hello(link)
                        backoff = _FIRST_BACKOFF_S
                        await self._attend(link)
                except LinkLost:
                    log.info("line lost", phone=self.number)
                except Declined as refusal:
                    log.warning("turned away", phone=self.number, code=refusal.code)
                if not self.dismissed:
                    await asyncio.sleep(backoff * random.uniform(0.5, 1.5))
                    backoff = min(2 * backoff, _LONGEST_BACKOFF_S)
        finally:
            await self._end_media()

    async def _hello(self, link: Link) -> None:
        welcome = await link.request(
            "hello", version=VERSION, resume=self._resume, seq=self._seq,
            client="synthetic",
        )  # fmt: skip
        self._resume, self._seq = welcome["resume"], welcome["seq"]
        self._invitations = dict.fromkeys(i["occurrence"] for i in welcome["invitations"])
        self._room = welcome["room"]["occurrence"] if welcome["room"] else None
        if not welcome["resumed"] or self._room is None:
            await self._end_media()
        link.release()

    async def _attend(self, link: Link) -> None:
        try:
            while not (link.lost or self.dismissed):
                self._changed.clear()
                if not await self._act(link):
                    await self._changed.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(LinkLost, Declined, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await link.request("leave")
            raise
        if not self.dismissed:
            raise LinkLost

    async def _act(self, link: Link) -> bool:
        """Do the next thing that is to be done; return whether there was one."""
        if self._participant is not None and (
            self._room is None or self._participant.state in ("failed", "closed")
        ):
            await self._end_media()
            return True
        if self._room is None and self._invitations:
            await self._join(link, next(iter(self._invitations)))
            return True
        if self._room is not None and self._participant is None:
            await self._offer(link)
            return True
        return False

    async def _join(self, link: Link, occurrence: str) -> None:
        try:
            view = await link.request("join", occurrence=occurrence)
        except Declined as refusal:
            log.info("not let in", phone=self.number, meeting=occurrence, code=refusal.code)
            self._invitations.pop(occurrence, None)
            return
        self._room = view["occurrence"]

    async def _offer(self, link: Link) -> None:
        participant = SyntheticParticipant(
            self._recording.loop,
            self._recording.voice,
            audio_slots=AUDIO_SLOTS,
            video_slots=VIDEO_SLOTS,
            certificate=self._certificate,
            on_state=self._media_state,
        )
        # In place before the answer, because a restart may be announced right behind it.
        self._participant = participant
        participant.speak(self._speaking)
        try:
            answer = await link.request("media.offer", sdp=participant.offer())
            if participant.state == "new":
                participant.accept(answer["sdp"])
        except (Declined, AnswerError) as refusal:
            log.info("no media", phone=self.number, reason=str(refusal))
            await self._end_media()
            if str(refusal) == _NOT_IN_ROOM:  # it closed while we came in
                self._room = None
            await asyncio.sleep(_RETRY_S)
        except BaseException:
            await self._end_media()
            raise

    def _event(self, event: Json) -> None:
        if seq := event.get("seq"):
            self._seq = seq
        match event["type"]:
            case "ring" | "invited":
                self._invitations[event["invitation"]["occurrence"]] = None
            case "ring.stop" if event["reason"] in ("closed", "cancelled"):
                self._invitations.pop(event["occurrence"], None)
            case "room.closed":
                self._invitations.pop(event["occurrence"], None)
                self._room = None
            case "media.restart":
                self._forget_media()
            case "media.state" if event["state"] == "failed":
                self._forget_media()
            case "bye":
                self.dismissed = event["reason"] in _FINAL
            case "":
                pass
            case _:
                return
        self._changed.set()

    def _media_state(self, state: State) -> None:
        if state in ("failed", "closed"):
            self._changed.set()

    def _forget_media(self) -> None:
        """Let the loop see that the media must be made anew."""
        if self._participant is not None:
            self._participant.abandon()

    async def _end_media(self) -> None:
        participant, self._participant = self._participant, None
        if participant is not None:
            await participant.close()
