"""The forwarding table, where the control core and the data plane meet.

`Router.inbound` returns a `Forward`: the packet's facts, parsed once, and its rows. For every row
the plane sends

    byte 0      0x80                          (no padding, no CSRC, no foreign extensions)
    byte 1      forward.marker | row.payload_type
    2..3        (forward.sequence + row.sequence_offset) mod 2**16
    4..7        (forward.timestamp + row.timestamp_offset) mod 2**32
    8..11       row.ssrc
    payload     forward.packet[forward.payload_start : forward.payload_end]

with, where `row.abs_send_time` or `row.transport_sequence` is not 0, the X bit and an extension
block of its own between header and payload; and in the payload, where `forward.picture_id_at`
(`forward.tl0_at`) is not 0:

    picture id  (forward.picture_id + row.picture_id_offset) & forward.picture_id_mask
                15 bits: two bytes, big endian, with the top bit set; 7 bits: one byte
    TL0PICIDX   (forward.tl0 + row.tl0_offset) & 0xFF

Rows never change once built, and a layer returns the same tuple object until its set of receivers
or their numbering changes: a plane may keep what it compiled for as long as `rows` is the same.
"""

from collections.abc import Sequence
from typing import Final

from media.core.departures import Departures


class Row:
    """How one layer goes out of one slot. Immutable by convention; compare by identity."""

    __slots__ = (
        "abs_send_time",
        "block_payload_type",
        "departures",
        "payload_type",
        "picture_id_offset",
        "redundancy",
        "rtx_payload_type",
        "rtx_ssrc",
        "sequence_offset",
        "slot",
        "ssrc",
        "start",
        "timestamp_offset",
        "tl0_offset",
        "transport",
        "transport_sequence",
    )

    def __init__(
        self,
        *,
        transport: str,
        slot: int,
        ssrc: int,
        payload_type: int,
        sequence_offset: int,
        timestamp_offset: int,
        picture_id_offset: int = 0,
        tl0_offset: int = 0,
        rtx_ssrc: int = 0,
        rtx_payload_type: int = 0,
        abs_send_time: int = 0,
        redundancy: int = 0,
        block_payload_type: int = 0,
        start: int = 0,
        transport_sequence: int = 0,
        departures: Departures | None = None,
    ) -> None:
        self.transport: Final = transport
        """Id of the receiving transport."""
        self.slot: Final = slot
        self.ssrc: Final = ssrc
        self.payload_type: Final = payload_type
        self.sequence_offset: Final = sequence_offset
        """0..0xFFFF, added modulo 2**16."""
        self.timestamp_offset: Final = timestamp_offset
        """0..0xFFFFFFFF, added modulo 2**32."""
        self.picture_id_offset: Final = picture_id_offset
        """0..0x7FFF; masked with the packet's own width."""
        self.tl0_offset: Final = tl0_offset
        """0..0xFF."""
        self.rtx_ssrc: Final = rtx_ssrc
        """0 where RTX is not agreed."""
        self.rtx_payload_type: Final = rtx_payload_type
        self.abs_send_time: Final = abs_send_time
        """Extension id, 0 = none. Only ever set together with `rtx_ssrc`."""
        self.redundancy: Final = redundancy
        """Frames of sound repeated in each packet; the payload comes made, see redundancy."""
        self.block_payload_type: Final = block_payload_type
        """Of the blocks of such a packet."""
        self.start: Final = start
        """Extended sequence number of the layer's first packet that this row may carry."""
        self.transport_sequence: Final = transport_sequence
        """Extension id, 0 = none; never together with `abs_send_time`, only with `rtx_ssrc`."""
        self.departures: Final = departures
        """Where each packet's number is taken then: one for all rows of a transport."""


class Forward:
    """One packet that goes out, parsed once, and where to. The packet is a copy and stays."""

    __slots__ = (
        "extended",
        "keyframe",
        "marker",
        "packet",
        "payload_end",
        "payload_start",
        "picture_id",
        "picture_id_at",
        "picture_id_mask",
        "rows",
        "sequence",
        "thinner",
        "timestamp",
        "tl0",
        "tl0_at",
    )

    def __init__(
        self,
        packet: bytes,
        rows: tuple[Row, ...],
        marker: int,
        sequence: int,
        extended: int,
        timestamp: int,
        payload_start: int,
        payload_end: int,
        keyframe: bool = False,
        picture_id: int = 0,
        picture_id_at: int = 0,
        picture_id_mask: int = 0,
        tl0: int = 0,
        tl0_at: int = 0,
    ) -> None:
        self.packet = packet
        """Decrypted RTP; what came by RTX is already the original packet again."""
        self.rows = rows
        self.marker = marker
        """0x80 or 0."""
        self.sequence = sequence
        self.extended = extended
        """Sequence number with the wraps counted (RFC 3550 A.1)."""
        self.timestamp = timestamp
        self.payload_start = payload_start
        self.payload_end = payload_end
        """End of the payload without padding; equal to the start for a packet of padding only."""
        self.keyframe = keyframe
        """True for the packet that begins a key frame."""
        self.picture_id = picture_id
        self.picture_id_at = picture_id_at
        """Position in `packet`; 0 = there is none."""
        self.picture_id_mask = picture_id_mask
        """0x7FFF or 0x7F."""
        self.tl0 = tl0
        self.tl0_at = tl0_at
        """Position in `packet`; 0 = there is none."""
        self.thinner: Forward | None = None
        """The same packet with other numbers or another payload for other receivers: those whose
        lines do not carry all temporal layers, or lose sound; or the packet after it, where one
        carried two. To be sent as well, and its own `thinner` too."""


def chained(results: Sequence[Forward | str]) -> Forward | str:
    """Return packets as one chain in this order; where there is none, the last reason."""
    chain: Forward | None = None
    for result in reversed(results):
        if not isinstance(result, str):
            end = result
            while end.thinner is not None:
                end = end.thinner
            end.thinner, chain = chain, result
    return results[-1] if chain is None else chain
