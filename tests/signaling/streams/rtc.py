"""A foreign client of WHIP and WHEP: aiortc, which shares nothing of ours but the standards."""

import asyncio
import fractions
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import av
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack

PATIENCE_S = 20.0
WIDTH, HEIGHT, FPS = 160, 120, 10


class RedPicture(VideoStreamTrack):
    """A small red picture, ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / FPS)
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, (82, 90, 240), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = self._next, fractions.Fraction(1, 90_000)
        self._next += 90_000 // FPS
        return frame


@asynccontextmanager
async def connection(
    bundle: RTCBundlePolicy = RTCBundlePolicy.BALANCED,
) -> AsyncIterator[RTCPeerConnection]:
    """Open a connection that asks no public STUN server, and close it with all its threads."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=bundle))
    try:
        yield peer
    finally:
        await peer.close()


Prefer = Callable[[RTCPeerConnection], None]
"""Sets codec preferences before the offer is made."""


def _as_is(peer: RTCPeerConnection) -> None:
    return None


async def sending(peer: RTCPeerConnection, *, voice: bool = True, prefer: Prefer = _as_is) -> str:
    """Offer the red picture, and a silent voice; return the offer."""
    tracks: list[MediaStreamTrack] = [RedPicture()]
    if voice:
        tracks.append(AudioStreamTrack())
    for track in tracks:
        peer.addTransceiver(track, direction="sendonly")
    prefer(peer)
    return await offered(peer)


async def watching(peer: RTCPeerConnection, *, voice: bool = True, prefer: Prefer = _as_is) -> str:
    """Offer to receive one picture, and one voice; return the offer."""
    for kind in ("audio", "video") if voice else ("video",):
        peer.addTransceiver(kind, direction="recvonly")
    prefer(peer)
    return await offered(peer)


async def offered(peer: RTCPeerConnection) -> str:
    await peer.setLocalDescription(await peer.createOffer())
    return peer.localDescription.sdp


async def answered(peer: RTCPeerConnection, answer: str) -> None:
    """Take the answer, and return when the connection is up."""
    up = asyncio.Event()

    @peer.on("connectionstatechange")
    def _changed() -> None:
        if peer.connectionState == "connected":
            up.set()

    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    if peer.connectionState != "connected":
        async with asyncio.timeout(PATIENCE_S):
            await up.wait()


async def frame_of(peer: RTCPeerConnection, kind: str) -> av.VideoFrame | av.AudioFrame:
    """Return the first decoded frame of a kind."""
    (track,) = [r.track for r in peer.getReceivers() if r.track.kind == kind]
    async with asyncio.timeout(PATIENCE_S):
        frame = await track.recv()
    assert isinstance(frame, (av.VideoFrame, av.AudioFrame))
    return frame
