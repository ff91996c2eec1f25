"""What a Router wants done, taken with `Router.take()` in order."""

from dataclasses import dataclass

from media.core.pipe_messages import PipeMessage
from media.core.sections import Kind
from media.core.table import Forward, Row


@dataclass(frozen=True, slots=True)
class SlotState:
    """Whose source fills a slot. `paused`: the source is there but not sent (muted, silent,
    or more than the line carries)."""

    slot: int
    kind: Kind
    transport: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class RtcpOut:
    """A plain (reduced-size or compound) RTCP packet to protect and send."""

    transport: str
    packet: bytes


@dataclass(frozen=True, slots=True)
class Resend:
    """Send `forward` once more, to `row` only (`forward.rows` is of no interest here).

    `rtx_sequence` is None: the same bytes as the first time. Otherwise by RFC 4588: SSRC
    `row.rtx_ssrc`, payload type `row.rtx_payload_type`, this sequence number, the timestamp of the
    original, and before the payload two bytes with the original's outgoing sequence number.
    """

    transport: str
    forward: Forward
    row: Row
    rtx_sequence: int | None


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    """The whole assignment of one transport, after a change of it: audio slots, then video."""

    transport: str
    slots: tuple[SlotState, ...]


@dataclass(frozen=True, slots=True)
class SpeakerChanged:
    transport: str | None


@dataclass(frozen=True, slots=True)
class LayersWanted:
    """Which layers of its camera a participant should send, by RID, after a change of it. In the
    beginning all are wanted; to send what is not is harmless."""

    transport: str
    layers: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Something for the other end of a pipe."""

    pipe: str
    message: PipeMessage


Output = RtcpOut | Resend | SlotsChanged | SpeakerChanged | LayersWanted | Said
