"""The Router: the sans-I/O whole of one room."""

from collections.abc import Sequence

from media.core.outputs import Output, SlotState
from media.core.sections import SlotSpec, Source
from media.core.table import Forward


class Router:
    """Decide for one room which stream goes to which slot, and number what goes out.

    Feed packets with `inbound` and `inbound_rtcp` and time with `advance`, at the latest at
    `deadline()`; after any call take what is to be done with `take()`. No method raises for what
    comes from the network. Not thread-safe.
    """

    def __init__(self, router_id: str, *, uplink_bps: int = 2_500_000) -> None:
        """`uplink_bps` is what a sender is told it may send at most (REMB)."""
        self.id = router_id

    def add_transport(
        self, tid: str, sources: Sequence[Source], slots: Sequence[SlotSpec], now: float
    ) -> tuple[SlotState, ...]:
        """Let a participant in and return the first assignment of its slots.

        The same id again replaces sources and slots (a new offer, a new connection) and keeps the
        place in the order of joining, what is muted and when it last spoke.
        """
        raise NotImplementedError

    def remove_transport(self, tid: str, now: float) -> None:
        """Free everything of a participant; unknown ids are ignored."""

    def set_muted(self, tid: str, audio: bool, video: bool, now: float) -> None:
        """Note what a participant says it does not send; unknown ids are ignored."""

    def give_floor(self, tid: str | None, now: float) -> None:
        """Pin a participant to everybody's main slot until told otherwise, None = nobody.

        The pin outlives the transport: whoever comes back under the id has the floor again.
        """

    def inbound(self, tid: str, packet: bytes | memoryview, now: float) -> Forward | None:
        """Take one decrypted RTP packet; None = nothing to send (counted under a reason).

        The packet is copied where it is kept: the buffer may be used again at once.
        """
        return None

    def inbound_rtcp(self, tid: str, packet: bytes | memoryview, now: float) -> None:
        """Take one decrypted, possibly compound RTCP packet."""

    def advance(self, now: float) -> None:
        """Do what is due by `now`."""

    def deadline(self) -> float | None:
        """Return when `advance` is due next; None while nobody is there. Cheap: one attribute."""
        return None

    def take(self) -> list[Output]:
        """Return and forget what is to be done, in order."""
        return []

    def slots(self, tid: str) -> tuple[SlotState, ...]:
        """Return the current assignment of a participant: audio slots, then video."""
        raise NotImplementedError

    def dump(self) -> dict[str, object]:
        """Describe the state of the room and everything in it, as plain JSON values."""
        return {}

    def stats(self) -> dict[str, object]:
        """Return the counters of the room and everything in it, as plain JSON values."""
        return {}
