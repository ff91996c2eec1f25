"""A room on several workers in virtual time: parts joined by pipes that carry packets as bytes."""

from collections import Counter

from media.core import rtcp
from media.core.outputs import Output, Resend, RtcpOut, Said
from media.core.pipe_messages import PipeMessage
from media.core.spanning import SpanningRouter
from media.core.table import Forward, Row
from tests.media.core.meeting import Meeting

DESCRIPTION_MASK = 0x7FFF


def on_wire(forward: Forward, row: Row) -> bytes:
    """Make the packet of a row by the recipe of the forwarding table, without a cipher."""
    payload = bytearray(forward.packet[forward.payload_start : forward.payload_end])
    if forward.picture_id_at:
        at = forward.picture_id_at - forward.payload_start
        number = (forward.picture_id + row.picture_id_offset) & DESCRIPTION_MASK
        payload[at : at + 2] = (0x8000 | number).to_bytes(2, "big")
    if forward.tl0_at:
        payload[forward.tl0_at - forward.payload_start] = (forward.tl0 + row.tl0_offset) & 0xFF
    return (
        bytes((0x80, forward.marker | row.payload_type))
        + ((forward.sequence + row.sequence_offset) & 0xFFFF).to_bytes(2, "big")
        + ((forward.timestamp + row.timestamp_offset) & 0xFFFFFFFF).to_bytes(4, "big")
        + row.ssrc.to_bytes(4, "big")
        + payload
    )


def as_rtx(forward: Forward, row: Row, number: int) -> bytes:
    """Make the retransmission of RFC 4588 of that packet."""
    packet = on_wire(forward, row)
    return (
        bytes((0x80, forward.marker | row.rtx_payload_type))
        + number.to_bytes(2, "big")
        + packet[4:8]
        + row.rtx_ssrc.to_bytes(4, "big")
        + packet[2:4]
        + packet[12:]
    )


class Part(Meeting):
    """One worker's part; `through` counts the packets by the SSRC they had in the pipe to here."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.spanning = SpanningRouter("room")
        self.router = self.spanning
        self.ways: dict[str, Part] = {}
        self.through: Counter[int] = Counter()
        self.said: list[PipeMessage] = []  # type: ignore[assignment]
        self.pipe_loss = 0.0

    def join_with(self, leader: "Part", pipe: str) -> None:
        """Lay a pipe to a part that leads."""
        leader.ways[pipe], self.ways[pipe] = self, leader
        leader.spanning.open_pipe(pipe, self.now, follows=False)
        self.spanning.open_pipe(pipe, self.now, follows=True)

    def cut(self, pipe: str) -> None:
        """Let the pipe break, as when the worker behind it dies."""
        for part in (self, self.ways[pipe]):
            part.ways.pop(pipe, None)
            part.spanning.close_pipe(pipe, self.now)

    def sources_from(self, pipe: str) -> set[int]:
        """Return the SSRCs under which packets came since this was asked last."""
        found, self.through = set(self.through), Counter()
        return found

    def _do(self, output: Output) -> None:
        if isinstance(output, Said):
            if output.pipe in self.ways:
                self.ways[output.pipe].said.append(output.message)
                self.ways[output.pipe].spanning.pipe_said(output.pipe, output.message, self.now)
        elif isinstance(output, RtcpOut) and output.transport in self.ways:
            rtcp.parse(output.packet)
            other = self.ways[output.transport]
            other.spanning.inbound_piped_rtcp(output.transport, output.packet, self.now)
        elif isinstance(output, Resend) and output.transport in self.ways:
            number = output.rtx_sequence
            assert number is not None
            packet = as_rtx(output.forward, output.row, number)
            self.ways[output.transport].piped(output.transport, packet)
        else:
            super()._do(output)

    def _go_out(self, forward: Forward, row: Row) -> None:
        if row.transport in self.ways:
            if self.random.random() >= self.pipe_loss:
                self.ways[row.transport].piped(row.transport, on_wire(forward, row))
        else:
            super()._go_out(forward, row)

    def piped(self, pipe: str, packet: bytes) -> None:
        """Take a packet that came through a pipe, and go on from there."""
        self.through[int.from_bytes(packet[8:12], "big")] += 1
        forward = self.spanning.inbound_piped(pipe, packet, self.now)
        while forward is not None:
            for row in forward.rows:
                self._go_out(forward, row)
            forward = forward.thinner


def run(parts: list[Part], seconds: float) -> None:
    """Let time pass for all parts in step."""
    for _ in range(round(seconds * 100)):
        for part in parts:
            part.run(0.01)


def spread(count: int = 2) -> list[Part]:
    """Return parts of one room; the first one leads."""
    parts = [Part(seed) for seed in range(count)]
    for number, part in enumerate(parts[1:], 1):
        part.join_with(parts[0], f"pipe{number}")
    return parts
