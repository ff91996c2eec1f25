"""LiveKit's signaling as one of its clients sees it: token, join, offers and answers.

A client of one peer connection (path `/rtc/v1`): it offers, for what it receives as well. Whom the
server has heard text from gets JSON, so that little of protobuf is needed: how to ask to come in,
what the server asks for before it has heard anything, and a ping after which it says the rest in
protobuf, as it does to browsers.
Sources: livekit_rtc.proto and livekit_models.proto of github.com/livekit/protocol;
pkg/service/{rtcservice,wsprotocol}.go and pkg/rtc/transport.go of github.com/livekit/livekit.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

_TOKEN_LASTS_S = 3600
_CLIENT_INFO = b"\x0a\x02\x18\x10"
"""client_info (1) with protocol (3) 16: of earlier clients the server takes no ICE-lite."""
_AUTO_SUBSCRIBE = b"\x12\x02\x08\x01"
"""connection_settings (2) with auto_subscribe (1)."""
_JOIN = _CLIENT_INFO + _AUTO_SUBSCRIBE
JOIN_REQUEST = base64.urlsafe_b64encode(bytes((0x12, len(_JOIN))) + _JOIN).decode()
"""A WrappedJoinRequest whose join_request (2) is not compressed."""
_PING = b"\x82\x01\x02\x08\x01"
"""A SignalRequest with ping_req (16), whose timestamp (1) is 1."""
_MEDIA_SECTIONS_REQUIREMENT = b"\xca\x01"
"""How a SignalResponse with media_sections_requirement (25) begins. Its fields are num_audios (1)
and num_videos (2), a byte each."""
_ENDS = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


def token(key: str, secret: str, room: str, identity: str, *, sends: bool) -> str:
    """Write an access token (RFC 7519, HS256) that lets `identity` into `room`."""
    now = int(time.time())
    grant = {"room": room, "roomJoin": True, "canSubscribe": True, "canPublish": sends}
    claims = {"iss": key, "sub": identity, "nbf": now, "exp": now + _TOKEN_LASTS_S, "video": grant}
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_base64(signature)}"


class Caller:
    """One participant's signaling. Raises RuntimeError where the server hangs up."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._candidates: list[str] = []

    async def publish(self, offer: str) -> str:
        """Announce the tracks of an offer, then offer them; return the answer."""
        tracks = tracks_of(offer)
        for track in tracks:
            await self._socket.send_json({"addTrack": track})
        for _ in tracks:
            await self._until("trackPublished")
        return await self._reached(await self._offer(offer))

    async def subscribe(self, offer: str) -> str:
        """Offer to receive, once the server has subscribed us to as much as the offer has sections
        for; return the answer, in which every section has its sender.

        What it subscribes us to after an offer would need sections of its own.
        """
        missing = offer.count("\r\nm=")
        while missing > 0:
            missing -= required(await self._binary())
        return await self._reached(await self._offer(offer))

    async def stay(self) -> None:
        """Read what the server tells, and take no notice, until it hangs up."""
        await self._socket.send_bytes(_PING)
        async for _ in self._socket:
            pass

    async def _offer(self, offer: str) -> str:
        await self._socket.send_json({"offer": {"type": "offer", "sdp": offer, "id": 1}})
        answer: str = (await self._until("answer"))["sdp"]
        return answer

    async def _reached(self, answer: str) -> str:
        """Complete an answer by the server's addresses, which come after it."""
        while not any(" udp " in line for line in self._candidates):
            await self._until("trickle")
        return with_candidates(answer, self._candidates)

    async def _until(self, kind: str) -> Any:
        """Return the next message of a kind; keep the addresses that come before it."""
        while True:
            message = await self._next()
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue  # what was said before it had heard from us: the roster
            for name, value in json.loads(message.data).items():
                if name == "trickle":
                    self._candidates.append(json.loads(value["candidateInit"])["candidate"])
                if name == "leave":
                    raise RuntimeError(f"livekit let nobody in: {value}")
                if name == kind:
                    return value

    async def _binary(self) -> bytes:
        while True:
            message = await self._next()
            if message.type is aiohttp.WSMsgType.BINARY:
                data: bytes = message.data
                return data

    async def _next(self) -> aiohttp.WSMessage:
        message = await self._socket.receive()
        if message.type in _ENDS:
            raise RuntimeError(f"livekit hung up: {message.extra}")
        return message


def required(response: bytes) -> int:
    """Return how many sections a SignalResponse asks for: 0 if it is about something else."""
    if not response.startswith(_MEDIA_SECTIONS_REQUIREMENT):
        return 0
    fields = response[len(_MEDIA_SECTIONS_REQUIREMENT) + 1 :]
    return sum(fields[1::2])  # after its length: tag, number, tag, number


def tracks_of(offer: str) -> list[dict[str, object]]:
    """Return an AddTrackRequest for each section that an offer sends."""
    tracks: list[dict[str, object]] = []
    kind = ""
    for line in offer.splitlines():
        if line.startswith("m="):
            kind = line[2:].split()[0]
        elif line.startswith("a=msid:"):
            track: dict[str, object] = {"cid": line.split()[-1], "type": kind.upper()}
            if kind == "audio":
                track |= {"source": "MICROPHONE", "disableRed": True}
            else:
                layer = {"quality": "HIGH", "width": 640, "height": 360, "bitrate": 1_000_000}
                track |= {"source": "CAMERA", "width": 640, "height": 360, "layers": [layer]}
            tracks.append(track)
    return tracks


def with_candidates(answer: str, candidates: Sequence[str]) -> str:
    """Add what was trickled to a description, as if it had been known at once."""
    return answer + "".join(f"a={line}\r\n" for line in dict.fromkeys(candidates) if line)


def _part(value: Mapping[str, object]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
