"""Our DTLS and SRTP against aiortc's transport, which other clients are built on."""

import asyncio
from typing import Any, cast

import pytest
from aiortc import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint

from media.transports.dtls import Certificate, DtlsEndpoint, Role
from media.transports.srtp import SrtpPair


class IceInMemory:
    """What RTCDtlsTransport needs of an ICE transport, with our endpoint at the other end."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.sent: asyncio.Queue[bytes] = asyncio.Queue()
        self.arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def _recv(self) -> bytes:
        return await self.arrived.get()

    async def _send(self, data: bytes) -> None:
        self.sent.put_nowait(data)


@pytest.mark.parametrize("ours", ["server", "client"])
async def test_handshake_and_a_packet_each_way(ours: Role) -> None:
    # aiortc: the controlling side is the DTLS server.
    ice = IceInMemory("controlling" if ours == "client" else "controlled")
    theirs = RTCCertificate.generateCertificate()
    transport = RTCDtlsTransport(cast(RTCIceTransport, ice), [theirs])
    mine = Certificate.generate()
    fingerprints = [(f.algorithm, f.value) for f in theirs.getFingerprints()]
    endpoint = DtlsEndpoint(mine, ours, fingerprints)
    endpoint.start(0.0)
    parameters = RTCDtlsParameters([RTCDtlsFingerprint("sha-256", mine.fingerprint)])

    async def carry() -> None:
        while endpoint.state == "connecting":
            for datagram in endpoint.take():
                ice.arrived.put_nowait(datagram)
            endpoint.receive(await ice.sent.get(), 0.0)
        for datagram in endpoint.take():
            ice.arrived.put_nowait(datagram)

    async with asyncio.timeout(10):
        await asyncio.gather(transport.start(parameters), carry())
    assert (transport.state, endpoint.state) == ("connected", "connected")

    assert endpoint.keys is not None
    pair = SrtpPair(endpoint.keys)
    packet = b"\x80\x60" + bytes(9) + b"\7picture"
    await cast(Any, transport)._send_rtp(packet)
    assert pair.unprotect_rtp(await ice.sent.get()) == packet
    endpoint.close()
    for datagram in endpoint.take():
        ice.arrived.put_nowait(datagram)
    closed = asyncio.Event()
    transport.on("statechange", closed.set)
    async with asyncio.timeout(10):
        await closed.wait()
    assert transport.state == "closed"
    await transport.stop()
