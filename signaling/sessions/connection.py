"""One WebSocket's way out: a bounded queue, a writer, and an orderly end."""

import asyncio
from collections import deque

from aiohttp import WSCloseCode, WSMsgType, web

from signaling.protocol.codec import Frame
from signaling.protocol.server import Bye

FAREWELL_S = 2.0
"""How long a device that is being dropped may take to read why; then the line is cut."""

_CLOSE_CODES = {
    "too_slow": WSCloseCode.TRY_AGAIN_LATER,
    "server_stopping": WSCloseCode.GOING_AWAY,
}


class Connection:
    """What the server says on one WebSocket, in order, never waiting for the device.

    `post` only queues. When more than `limit` messages wait, the device is too slow: the queue is
    thrown away, it is told `bye too_slow` if it still reads, and the connection ends. The events
    stay in its session, so it can come back for them.
    """

    def __init__(
        self, socket: web.WebSocketResponse, line: asyncio.Transport | None, limit: int
    ) -> None:
        self._socket = socket
        self._line = line
        self._limit = limit
        self._queue: deque[bytes] = deque()
        self._some = asyncio.Event()
        self._close_code: int = WSCloseCode.OK
        self._cut: asyncio.TimerHandle | None = None
        self.ended: str | None = None

    def post(self, message: bytes) -> None:
        """Queue a serialised message; nothing once the connection is ending."""
        if self.ended is not None:
            return
        if len(self._queue) >= self._limit:
            self.end("too_slow")
            return
        self._queue.append(message)
        self._some.set()

    def end(self, reason: str) -> None:
        """Say `bye` and close. Waiting messages are sent first, unless they are the trouble."""
        if self.ended is not None:
            return
        if reason == "too_slow":
            self._queue.clear()
        bye = Bye.model_validate({"reason": reason})
        self._queue.append(Frame.unnumbered(bye).on_wire(0))
        self._finish(reason, _CLOSE_CODES.get(reason, WSCloseCode.POLICY_VIOLATION))

    def refuse(self, code: int) -> None:
        """Close with a WebSocket code after what is queued; the last answer said why."""
        if self.ended is None:
            self._finish("refused", code)

    async def write(self) -> None:
        """Send what is posted until the connection ends or breaks; a break is no error here,
        because the reading side sees it too and takes the session down."""
        try:
            while True:
                await self._some.wait()
                self._some.clear()
                while self._queue:
                    await self._socket.send_frame(self._queue.popleft(), WSMsgType.TEXT)
                if self.ended is not None:
                    await self._socket.close(code=self._close_code)
                    return
        except (ConnectionError, RuntimeError):
            return
        finally:
            if self._cut is not None:
                self._cut.cancel()

    def _finish(self, reason: str, code: int) -> None:
        self.ended = reason
        self._close_code = code
        self._some.set()
        if self._line is not None:
            # The writer may be stuck on a line that takes nothing: only an abort frees it.
            self._cut = asyncio.get_running_loop().call_later(FAREWELL_S, self._line.abort)
