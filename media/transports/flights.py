"""DTLS handshake flights: cut into datagrams, numbered by us, sent again by our own timer.

OpenSSL keeps the handshake's timer by the machine's clock and starts it at one second, which on a
lossy line makes joining slow, and cannot be run in virtual time. So the flight is kept here and
sent again. Plaintext records (epoch 0) get a new record number each time, because a peer drops a
number it has seen; no transcript covers the number. Encrypted records cannot be renumbered: sent
again they are the same bytes, and of use only where the first copy was lost.
Sources: RFC 6347 §4.1 (records), §4.2.4 (flights and timers).
"""

from collections.abc import Iterator

RECORD_HEADER = 13
HANDSHAKE = 22
FIRST_WAIT = 0.2
"""Seconds until a flight is sent again; doubles each time up to LONGEST_WAIT."""
LONGEST_WAIT = 1.6


def records(data: bytes) -> Iterator[bytes]:
    """Cut a run of DTLS records at their own lengths; an unfinished last one is left out."""
    at = 0
    while at + RECORD_HEADER <= len(data):
        end = at + RECORD_HEADER + int.from_bytes(data[at + 11 : at + 13], "big")
        if end > len(data):
            return
        yield data[at:end]
        at = end


def repeats_handshake(datagram: bytes) -> bool:
    """Tell whether a plaintext handshake record is in it, as in a flight sent again."""
    return any(r[0] == HANDSHAKE and r[3:5] == b"\0\0" for r in records(datagram))


class Flights:
    """The last flight written, and when it goes out again."""

    def __init__(self, mtu: int) -> None:
        self._mtu = mtu
        self._number = 0
        self._flight: tuple[bytes, ...] = ()
        self._wait = FIRST_WAIT
        self._due: float | None = None
        self._sent_at = float("-inf")

    @property
    def due(self) -> float | None:
        """When to call `repeat`, None for never."""
        return self._due

    def write(self, data: bytes, now: float) -> list[bytes]:
        """Take a new flight as OpenSSL wrote it; return its datagrams and start its timer."""
        self._flight = tuple(records(data))
        self._wait = FIRST_WAIT
        return self._send(now)

    def repeat(self, now: float) -> list[bytes]:
        """Return the last flight again and wait twice as long."""
        self._wait = min(2 * self._wait, LONGEST_WAIT)
        return self._send(now)

    def answer_repetition(self, now: float) -> list[bytes]:
        """Return the last flight again because the peer sent its own again; no timer.

        The last flight of a handshake has no timer (RFC 6347 §4.2.4). A peer that hammers gets
        one copy each `FIRST_WAIT` / 4 at most.
        """
        if now < self._sent_at + FIRST_WAIT / 4:
            return []
        datagrams = self._send(now)
        self._due = None
        return datagrams

    def settle(self) -> None:
        """The handshake is over: no timer any more."""
        self._due = None

    def once(self, data: bytes) -> list[bytes]:
        """Return datagrams of records that nobody repeats, such as an alert."""
        return self._pack(tuple(records(data)))

    def _send(self, now: float) -> list[bytes]:
        self._sent_at = now
        self._due = now + self._wait
        return self._pack(self._flight)

    def _pack(self, flight: tuple[bytes, ...]) -> list[bytes]:
        datagrams: list[bytes] = []
        current = b""
        for record in flight:
            if record[3:5] == b"\0\0":
                record = record[:5] + self._number.to_bytes(6, "big") + record[11:]
                self._number += 1
            if current and len(current) + len(record) > self._mtu:
                datagrams.append(current)
                current = b""
            current += record
        if current:
            datagrams.append(current)
        return datagrams
