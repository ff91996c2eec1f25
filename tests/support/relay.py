"""A UDP relay that keeps datagrams for a while, and loses some, as netem does.

One remote end, many local ones: each address that sends to the relay gets a socket of its own
towards the server, so the server tells them apart as usual.
"""

import asyncio
from collections.abc import Callable
from random import Random

Address = tuple[str, int]


class Relay:
    """Relay between whoever sends to it and `server`, `delay` seconds later each way."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._server: Address = (host, 0)
        self._ends: dict[Address, asyncio.Task[_Socket]] = {}
        self._front: _Socket | None = None
        self.delay = 0.0
        self.loss = 0.0
        """Share of the datagrams lost each way."""
        self._dice = Random(2198)

    async def open(self) -> int:
        """Return the port it listens on."""
        self._front = await _socket(self.host, self._from_outside)
        return self._front.port

    def lead(self, server: Address) -> None:
        """Relay to this server from now on, and forget who came before."""
        self._server = server
        self._forget()

    def close(self) -> None:
        self._forget()
        if self._front is not None:
            self._front.transport.close()

    def _forget(self) -> None:
        for end in self._ends.values():
            end.add_done_callback(lambda task: task.result().transport.close())
        self._ends.clear()

    def _from_outside(self, datagram: bytes, source: Address) -> None:
        if source not in self._ends:
            self._ends[source] = asyncio.create_task(
                _socket(self.host, lambda reply, _: self._later(self._front, reply, source))
            )
        self._ends[source].add_done_callback(
            lambda task: self._later(task.result(), datagram, self._server)
        )

    def _later(self, socket: "_Socket | None", datagram: bytes, to: Address) -> None:
        if socket is not None and self._dice.random() >= self.loss:
            loop = asyncio.get_running_loop()
            loop.call_later(self.delay, socket.send, datagram, to)


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self.transport: asyncio.DatagramTransport
        self._received = received

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._received(data, addr)

    def send(self, datagram: bytes, to: Address) -> None:
        if not self.transport.is_closing():
            self.transport.sendto(datagram, to)

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port


async def _socket(host: str, received: Callable[[bytes, Address], None]) -> _Socket:
    loop = asyncio.get_running_loop()
    _, made = await loop.create_datagram_endpoint(lambda: _Socket(received), local_addr=(host, 0))
    return made
