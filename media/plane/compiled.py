"""A forwarding table made ready for the fan-out, once for as long as it stays the same."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from media.core.table import Row
from media.plane.lanes import Headers, Pictures
from media.plane.sealing import AtOnce, InTurn, Sealing
from media.transports.send_slab import Destination
from media.transports.srtp import SrtpPair

CACHE_SECONDS: Final = 2.0
"""Compiled tables unused for one to two times this are forgotten."""

_Receiver = tuple[Row, SrtpPair, Destination]


class Receiver(Protocol):
    """Whom packets go to: a participant's transport, or a pipe to another worker."""

    srtp: SrtpPair | None
    destination: Destination | None


class Group:
    """Rows whose packets have the same length and the same extension, and are sealed the same
    way."""

    __slots__ = (
        "_held",
        "departures",
        "extended",
        "headers",
        "names",
        "number",
        "pictures",
        "sealing",
        "ssrcs",
        "stamp",
        "tag",
    )

    def __init__(self, stamp: int, number: int, tag: int, receivers: Sequence[_Receiver]) -> None:
        rows = [row for row, _, _ in receivers]
        self.stamp: Final = stamp
        """Id of abs-send-time, 0 for none."""
        self.number: Final = number
        """Id of the transport-wide sequence number, 0 for none; never both."""
        self.extended: Final = bool(stamp or number)
        self.departures: Final = [row.departures for row in rows if row.departures is not None]
        """Everybody's numbers then."""
        self.tag: Final = tag
        """Bytes that SRTP adds."""
        senders = [srtp.gcm for _, srtp, _ in receivers if srtp.gcm is not None]
        self.sealing: Final[Sealing] = (
            AtOnce(rows, senders) if senders else InTurn([srtp for _, srtp, _ in receivers])
        )
        self.names: Final = memoryview(array("Q", [to.name for _, _, to in receivers]))
        """Address pointers."""
        ssrcs = b"".join(row.ssrc.to_bytes(4, "big") for row in rows)
        self.ssrcs: Final = memoryview(ssrcs).cast("I")
        """In network byte order."""
        self.headers: Final = Headers(
            [row.payload_type for row in rows],
            [row.sequence_offset for row in rows],
            [row.timestamp_offset for row in rows],
        )
        self.pictures: Final = Pictures(
            [row.picture_id_offset for row in rows], [row.tl0_offset for row in rows]
        )
        # What sealing and names lead into must not be freed before them.
        self._held = receivers


class Compiled:
    """A table and its groups."""

    __slots__ = ("groups", "table")

    def __init__(self, table: tuple[Row, ...], transports: Mapping[str, Receiver]) -> None:
        self.table: Final = table
        """Held, so that its identity stays its own."""
        found: dict[tuple[int, int, int, bool], list[_Receiver]] = {}
        for row in table:
            peer = transports.get(row.transport)
            if peer is None or peer.srtp is None or peer.destination is None:
                continue  # not up yet; `Tables.forget` is called when it is
            srtp = peer.srtp
            kind = row.abs_send_time, row.transport_sequence, srtp.tag_size, srtp.gcm is not None
            found.setdefault(kind, []).append((row, srtp, peer.destination))
        self.groups: Final = [Group(*kind[:3], receivers) for kind, receivers in found.items()]


class Tables:
    """What was compiled lately."""

    def __init__(self) -> None:
        self._fresh: dict[int, Compiled] = {}
        self._stale: dict[int, Compiled] = {}
        self._turn_at = 0.0

    def forget(self) -> None:
        """Drop all: a transport came up, was closed or failed."""
        self._fresh.clear()
        self._stale.clear()

    def of(
        self, table: tuple[Row, ...], transports: Mapping[str, Receiver], now: float
    ) -> Compiled:
        """Return a table compiled; one is known by its identity (see media.core.table)."""
        compiled = self._fresh.get(id(table))
        if compiled is not None:
            return compiled
        if now >= self._turn_at:
            self._stale, self._fresh = self._fresh, {}
            self._turn_at = now + CACHE_SECONDS
        compiled = self._stale.pop(id(table), None) or Compiled(table, transports)
        self._fresh[id(table)] = compiled
        return compiled
