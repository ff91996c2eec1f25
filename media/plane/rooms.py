"""What the plane keeps beside each Router: the connections, and one video codec for all."""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from media.core.spanning import SpanningRouter
from media.plane.compiled import Receiver
from media.sdp.codecs import VideoCodec
from media.transports.transport import State, Transport


@dataclass(slots=True)
class Routed:
    """A Router, the transports of its participants, and its pipes to other workers, by ids."""

    router: SpanningRouter
    transports: dict[str, Transport] = field(default_factory=dict)
    pipes: dict[str, Receiver] = field(default_factory=dict)
    video_codec: VideoCodec | None = None
    receivers: Mapping[str, Receiver] = field(init=False)
    """Whom rows of the forwarding table may name."""

    def __post_init__(self) -> None:
        known: tuple[Any, Any] = self.transports, self.pipes
        self.receivers = ChainMap(*known)


@dataclass(slots=True, eq=False)
class Seat:
    """Where a datagram belongs: a transport and the room it is in."""

    room: Routed
    transport: Transport
    told: State = "connecting"
    """The state the caller was told of last."""


class Seats:
    """All transports of a worker, found by ICE name and by address."""

    def __init__(self) -> None:
        self.by_ufrag: dict[str, Seat] = {}
        self.by_address: dict[bytes, Seat] = {}

    def __iter__(self) -> Iterator[Seat]:
        return iter(list(self.by_ufrag.values()))

    def __len__(self) -> int:
        return len(self.by_ufrag)

    def add(self, seat: Seat) -> None:
        self.by_ufrag[seat.transport.credentials.ufrag] = seat

    def bind(self, seat: Seat, source: bytes) -> None:
        """Note that `source` is an authenticated address of this seat, the newest one wins."""
        if self.by_address.get(source) is seat:
            return
        known = seat.transport.sources  # it forgets the oldest of too many
        for address in [a for a, owner in self.by_address.items() if owner is seat]:
            if address not in known:
                del self.by_address[address]
        self.by_address[source] = seat

    def of(self, transport: Transport) -> Seat | None:
        return self.by_ufrag.get(transport.credentials.ufrag)

    def rename(self, seat: Seat) -> None:
        """Restart ICE: checks by the old name are no longer answered."""
        del self.by_ufrag[seat.transport.credentials.ufrag]
        seat.transport.restart_ice()
        self.add(seat)

    def remove(self, transport: Transport) -> None:
        """Forget the transport; datagrams of it are from strangers now."""
        self.by_ufrag.pop(transport.credentials.ufrag, None)
        for source in transport.sources:
            seat = self.by_address.get(source)
            if seat is not None and seat.transport is transport:
                del self.by_address[source]
