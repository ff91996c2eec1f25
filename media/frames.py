"""The wire between the signaling process and a media worker: JSON frames on a stream socket.

A frame is a length of four bytes, big endian, and that many bytes of UTF-8 JSON, one object each.
"""

import asyncio
import json
import socket
import struct
from typing import Self

MAX_FRAME_BYTES = 8 * 1024 * 1024
"""Longest frame accepted; an offer of 400,000 characters escaped in the worst way fits."""

MAX_WAITING_BYTES = 32 * 1024 * 1024
"""A peer that leaves more than this unread has stopped living; the wire is cut."""

_LENGTH = struct.Struct("!I")


class FrameError(ValueError):
    """What arrived is no frame: too long, not JSON, or not an object."""


class Wire:
    """One end of the socket. `send` never waits, `receive` gives one object at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> Self:
        """Take over one end of a connected stream socket."""
        reader, writer = await asyncio.open_connection(sock=end)
        return cls(reader, writer)

    def send(self, frame: dict[str, object]) -> None:
        """Queue a frame; silently nothing once the other end is gone."""
        if self._writer.is_closing():
            return
        body = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
        self._writer.write(_LENGTH.pack(len(body)) + body)
        if self._writer.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            self._writer.transport.abort()

    async def receive(self) -> dict[str, object] | None:
        """Return the next object, or None when the other end is gone. Raise FrameError."""
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            if length > MAX_FRAME_BYTES:
                raise FrameError(f"frame of {length} bytes")
            body = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        try:
            frame = json.loads(body)
        except ValueError as error:
            raise FrameError("frame is not JSON") from error
        if not isinstance(frame, dict):
            raise FrameError("frame is not an object")
        return frame

    async def close(self) -> None:
        """Close this end; what is queued is still sent."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except (ConnectionError, BrokenPipeError):
            return
