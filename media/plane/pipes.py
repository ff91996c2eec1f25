"""Pipes to other workers of this machine that carry parts of the same rooms.

Packets go out by the forwarding table like those of any receiver, from the worker's one socket, and
come in at a socket of the pipe's own, under SRTP keys that the signaling process carried from one
worker to the other. What the two Routers say to each other goes over a Link.
"""

import asyncio
import json
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Annotated, Final

import structlog
from pydantic import Field, TypeAdapter, ValidationError
from structlog.typing import FilteringBoundLogger

from media.core.pipe_messages import Here, PipeMessage
from media.messages import JoinPipe, PipeOffered
from media.plane.errors import PlaneError
from media.plane.fanout import Fanout
from media.plane.link import Door, Link, knock
from media.plane.rooms import Routed
from media.transports.addresses import packed
from media.transports.receive_slab import BATCH, STRIDE
from media.transports.send_slab import Destination
from media.transports.srtp import SrtpError, SrtpPair, lib, reason_of
from media.transports.srtp_keys import PROFILES, SrtpKeys
from media.transports.udp import UdpEndpoint

MAX_PIPES: Final = 256
MAX_ROUNDS: Final = 4
SHORTEST_RTP: Final = 12

_PROFILE: Final = PROFILES[0]
_KEYS_BYTES: Final = 2 * (_PROFILE.key_length + _PROFILE.salt_length)
_log: FilteringBoundLogger = structlog.get_logger(__name__)
_message: TypeAdapter[PipeMessage] = TypeAdapter(
    Annotated[PipeMessage, Field(discriminator="type")]
)
_unprotect = lib.srtp_unprotect


class PipeEnd:
    """One pipe as the plane holds it. `destination` is None until the other end has come."""

    def __init__(self, pipe_id: str, room: Routed, endpoint: UdpEndpoint, keys: SrtpKeys) -> None:
        self.id = pipe_id
        self.room = room
        self.endpoint = endpoint
        self.srtp: SrtpPair | None = SrtpPair(keys)
        self.destination: Destination | None = None
        self.door: Door | None = None
        self.link: Link | None = None
        self.packets_in = self.octets_in = 0

    def stats(self) -> dict[str, object]:
        """Return the counters of what came in, as plain JSON values."""
        return {
            "connected": self.destination is not None,
            "packets_in": self.packets_in,
            "octets_in": self.octets_in,
        }


class Pipes:
    """All pipes of a worker. `finish` is called with a room whose Router may have outputs, `lost`
    with the ids of a room and a pipe whose other end is gone."""

    def __init__(
        self,
        host: str,
        fanout: Fanout,
        drops: Counter[str],
        *,
        find: Callable[[str], Routed],
        finish: Callable[[Routed], None],
        lost: Callable[[str, str], None],
    ) -> None:
        """`host` is what the worker's own socket is bound to; `find` returns a room by its id, or
        raises PlaneError."""
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::ffff:127.0.0.1"}.get(host, host)
        self._fanout = fanout
        self._drops = drops
        self._find = find
        self._finish = finish
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._ends: dict[tuple[str, str], PipeEnd] = {}

    def offer(self, router_id: str, pipe_id: str) -> PipeOffered:
        """Make the leading end; it works once the other one has come. Raises PlaneError."""
        room = self._find(router_id)
        material = secrets.token_bytes(_KEYS_BYTES)
        end = self._make(room, pipe_id, material, server=True)
        try:
            end.door = Door(partial(self._enter, end))
        except OSError as error:
            self.close(room, pipe_id)
            raise PlaneError("no_pipe", str(error)) from error
        return PipeOffered(
            door=end.door.name,
            token=end.door.token,
            keys=material.hex(),
            host=self._host,
            port=end.endpoint.port,
            video_codec=room.video_codec,
        )

    def join(self, command: JoinPipe) -> None:
        """Make the following end of an offered pipe. Raises PlaneError."""
        room, offered = self._find(command.router), command.offered
        room.video_codec = room.video_codec or offered.video_codec
        try:
            end = self._make(room, command.pipe, bytes.fromhex(offered.keys), server=False)
            end.destination = self._destination(end, offered.host, offered.port)
            connected = knock(offered.door, offered.token)
        except (OSError, ValueError) as error:
            self.close(room, command.pipe)
            raise PlaneError("no_pipe", str(error)) from error
        self._enter(end, connected)
        if end.link is not None:
            end.link.send(json.dumps([self._host, end.endpoint.port]).encode())
        self._fanout.forget()
        room.router.open_pipe(end.id, time.monotonic(), follows=True)
        self._finish(room)

    def hang_up(self, router_id: str, pipe_id: str) -> None:
        """End a pipe, harmless where there is none. Raises PlaneError for an unknown room."""
        room = self._find(router_id)
        self.close(room, pipe_id)
        self._finish(room)

    def close(self, room: Routed, pipe_id: str) -> None:
        """End a pipe; harmless where there is none."""
        end = self._ends.pop((room.router.id, pipe_id), None)
        if end is None:
            return
        del room.pipes[pipe_id]
        room.router.close_pipe(pipe_id, time.monotonic())
        self._fanout.forget()
        self._fanout.flush()  # the slab holds a bare pointer to the destination
        self._loop.remove_reader(end.endpoint.fd)
        end.endpoint.close()
        if end.door is not None:
            end.door.close()
        if end.link is not None:
            end.link.close()

    def say(self, room: Routed, pipe_id: str, message: PipeMessage) -> None:
        """Send a message of the Router to the other end."""
        end = self._ends.get((room.router.id, pipe_id))
        if end is not None and end.link is not None:
            end.link.send(_message.dump_json(message))

    def stats(self, room: Routed) -> dict[str, dict[str, object]]:
        """Return the counters of a room's pipes."""
        return {pipe: self._ends[room.router.id, pipe].stats() for pipe in room.pipes}

    def _make(self, room: Routed, pipe_id: str, material: bytes, *, server: bool) -> PipeEnd:
        self.close(room, pipe_id)
        if len(self._ends) >= MAX_PIPES:
            raise PlaneError("full", f"{MAX_PIPES} pipes")
        if len(material) != _KEYS_BYTES:
            raise ValueError("keys of a wrong length")
        keys = SrtpKeys.from_exporter(_PROFILE, material, server=server)
        end = PipeEnd(pipe_id, room, UdpEndpoint(self._host, 0), keys)
        room.pipes[pipe_id] = self._ends[room.router.id, pipe_id] = end
        self._loop.add_reader(end.endpoint.fd, self._read, end)
        return end

    def _destination(self, end: PipeEnd, host: str, port: int) -> Destination:
        return Destination(packed(end.endpoint.family, host, port))

    # -- the link -----------------------------------------------------------------------------

    def _enter(self, end: PipeEnd, connected: socket.socket) -> None:
        end.link = Link(connected, partial(self._hear, end), partial(self._lose, end))

    def _hear(self, end: PipeEnd, data: bytes) -> None:
        now = time.monotonic()
        try:
            if end.destination is None:
                host, port = json.loads(data)
                end.destination = self._destination(end, str(host), int(port))
                self._fanout.forget()
                end.room.router.open_pipe(end.id, now, follows=False)
            else:
                self._take(end, _message.validate_json(data), now)
        except (ValidationError, ValueError, TypeError, OSError):
            _log.exception("a pipe carries nonsense", pipe=end.id)
            self._lose(end)
            return
        self._finish(end.room)

    def _take(self, end: PipeEnd, message: PipeMessage, now: float) -> None:
        if isinstance(message, Here) and end.room.video_codec is None:
            codecs = [source.codec for source in message.sources if source.kind == "video"]
            end.room.video_codec = next((c for c in codecs if c != "opus"), None)
        end.room.router.pipe_said(end.id, message, now)

    def _lose(self, end: PipeEnd) -> None:
        if self._ends.get((end.room.router.id, end.id)) is end:
            self.close(end.room, end.id)
            self._finish(end.room)
            self._lost(end.room.router.id, end.id)

    # -- packets ------------------------------------------------------------------------------

    def _read(self, end: PipeEnd) -> None:
        now = time.monotonic()
        for _ in range(MAX_ROUNDS):
            count = end.endpoint.inbox.receive()
            for index in range(count):
                try:
                    self._take_datagram(end, index, now)
                except Exception:  # a fault of ours must cost one packet, not all meetings
                    self._drops["internal"] += 1
                    _log.exception("a packet of a pipe was not processed")
            if count < BATCH:
                break
        self._finish(end.room)

    def _take_datagram(self, end: PipeEnd, index: int, now: float) -> None:
        inbox, room, srtp = end.endpoint.inbox, end.room, end.srtp
        length: int = inbox.lengths[index][0]
        if srtp is None or not SHORTEST_RTP <= length < STRIDE:
            self._drops["pipe_cut"] += 1
            return
        end.packets_in += 1
        end.octets_in += length
        at = index * STRIDE
        if 64 <= inbox.data[at + 1][0] & 0x7F <= 95:  # RFC 5761 §4
            try:
                plain = srtp.unprotect_rtcp(inbox.data[at : at + length])
            except SrtpError as error:
                self._drops[f"pipe_{error.reason}"] += 1
                return
            room.router.inbound_piped_rtcp(end.id, plain, now)
            return
        status = _unprotect(srtp.inbound, inbox.pointers[index], inbox.lengths[index])
        if status:
            self._drops[f"pipe_{reason_of(status)}"] += 1
            return
        packet = inbox.data[at : at + inbox.lengths[index][0]]
        forward = room.router.inbound_piped(end.id, packet, now)
        while forward is not None:
            if forward.rows:
                self._fanout.send(forward, room.receivers, now)
            forward = forward.thinner
