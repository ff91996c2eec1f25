"""LiveKit's clients: what they say, and that a server is understood."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import scenes
from benchmarks.peers.livekit_signaling import JOIN_REQUEST, Caller, token, tracks_of
from benchmarks.scenes import SINGLE, Role
from media.synthetic import sdp
from media.synthetic.endpoint import SyntheticEndpoint
from media.transports.dtls import Certificate
from media.transports.stun import Credentials

RECEIVER = Role(audio_slots=1, video_slots=1)
HEAD = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 00:11
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
"""
SECTIONS = """m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a={0}
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a={1}
"""
EVERYTHING = HEAD + SECTIONS.format("ssrc:7 cname:x\na=sendonly", "ssrc:8 cname:x\na=sendonly")
JOINED = b"\x0a\x00"
SPEAKS = HEAD + SECTIONS.format("recvonly", "recvonly")


def offer_of(role: Role) -> str:
    return SyntheticEndpoint(
        Certificate.generate(),
        role.picture,
        role.voice,
        audio_slots=role.audio_slots,
        video_slots=role.video_slots,
        capacity=1,
        verify_every=1,
        dice=random.Random(1),
    ).offer()


class Room:
    """The other end of the signaling: binary until it has heard text, as LiveKit does it."""

    def __init__(self, says_first: list[bytes], answers: list[dict[str, object]]) -> None:
        """`answers` are what an offer is answered with."""
        self._says_first, self._answers = says_first, answers
        self.heard: list[dict[str, object]] = []
        self.ended_with = b""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        room = web.WebSocketResponse()
        await room.prepare(request)
        for data in self._says_first:
            await room.send_bytes(data)
        async for message in room:
            if message.type is not aiohttp.WSMsgType.TEXT:
                self.ended_with = message.data
                break
            asked = json.loads(message.data)
            self.heard.append(asked)
            if "addTrack" in asked:
                await room.send_json({"trackPublished": {"cid": asked["addTrack"]["cid"]}})
            else:
                for reply in self._answers:
                    await room.send_json(reply)
        return room


@asynccontextmanager
async def calling(room: Room) -> AsyncIterator[Caller]:
    app = web.Application()
    app.router.add_get("/rtc", room.serve)
    async with asyncio.timeout(10), TestServer(app) as server, aiohttp.ClientSession() as http:
        yield Caller(await http.ws_connect(server.make_url("/rtc")))


def answer(text: str) -> dict[str, object]:
    return {"answer": {"type": "answer", "sdp": text.replace("\n", "\r\n")}}


def trickle(candidate: str) -> dict[str, object]:
    return {"trickle": {"candidateInit": json.dumps({"candidate": candidate})}}


UDP = trickle("candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host")
TCP = trickle("candidate:1 1 tcp 2130706431 127.0.0.1 7881 typ host tcptype passive")


@pytest.mark.parametrize(
    "asked",
    [
        [b"\xca\x01\x04\x08\x01\x10\x01"],
        [b"\xca\x01\x00", b"\xca\x01\x02\x10\x01", b"\x2a\x02\x0a\x00", b"\xca\x01\x02\x08\x01"],
    ],
)
async def test_a_receiver_offers_when_the_server_wants_sections_for_sound_and_picture(
    asked: list[bytes],
) -> None:
    room = Room([JOINED, *asked], [answer(EVERYTHING), TCP, UDP])
    offer = offer_of(RECEIVER)
    async with calling(room) as caller:
        found = sdp.parse_answer(await caller.subscribe(offer))
        await caller.stay()
    assert [section.ssrcs for section in found.sections] == [(7,), (8,)]
    assert found.candidates == (("127.0.0.1", 7882),)
    assert found.remote == Credentials("abcd", "abcdefghijklmnopqrstuv")
    assert room.heard == [{"offer": {"type": "offer", "sdp": offer, "id": 1}}]
    assert room.ended_with[0] & 7 == 2  # protobuf: a field of some length


async def test_a_speaker_names_its_tracks_before_it_offers_them() -> None:
    room = Room([JOINED], [answer(SPEAKS), UDP])
    async with calling(room) as caller:
        found = sdp.parse_answer(
            await caller.publish(offer_of(scenes.one_speaker(SINGLE, 1).roles[0]))
        )
    assert [section.direction for section in found.sections] == ["recvonly", "recvonly"]
    assert [next(iter(message)) for message in room.heard] == ["addTrack", "addTrack", "offer"]


async def test_being_turned_away_is_an_error() -> None:
    async with calling(Room([JOINED], [{"leave": {"reason": "JOIN_FAILURE"}}])) as caller:
        with pytest.raises(RuntimeError, match="JOIN_FAILURE"):
            await caller.publish(offer_of(RECEIVER))


def test_tracks_are_those_that_an_offer_sends() -> None:
    offer = offer_of(scenes.one_speaker(SINGLE, 1).roles[0])
    tracks = tracks_of(offer)
    assert [track["type"] for track in tracks] == ["AUDIO", "VIDEO"]
    assert all(f" {track['cid']}\r\n" in offer for track in tracks)
    assert tracks_of(offer_of(RECEIVER)) == []


def test_a_token_is_signed_and_lets_into_one_room_for_a_time() -> None:
    head, claims, signature = token("key", "secret", "room", "p1", sends=False).split(".")
    expected = hmac.new(b"secret", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (found["iss"], found["sub"]) == ("key", "p1")
    assert found["nbf"] <= time.time() < found["exp"]
    assert (found["video"]["room"], found["video"]["roomJoin"]) == ("room", True)
    assert found["video"]["canPublish"] is False


def test_the_join_request_says_the_protocol_and_that_everything_is_subscribed_to() -> None:
    wrapped = fields(base64.urlsafe_b64decode(JOIN_REQUEST))
    request = fields(wrapped[2])
    assert fields(request[1]) == {3: b"\x10"}
    assert fields(request[2]) == {1: b"\x01"}


def fields(message: bytes) -> dict[int, bytes]:
    """Read a protobuf message of small numbers and short fields."""
    found = {}
    while message:
        number, kind, length = message[0] >> 3, message[0] & 7, message[1]
        end = 2 + length if kind == 2 else 2
        found[number] = message[2:end] if kind == 2 else message[1:2]
        message = message[end:]
    return found
