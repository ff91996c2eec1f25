"""Datagrams in: told apart by their first byte (RFC 7983), found by ICE name or by address.

Nothing that comes from the network raises here: what cannot be used is counted in `drops` under
the reason, and the next datagram is taken.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import structlog
from structlog.typing import FilteringBoundLogger

from media.plane.fanout import Fanout
from media.plane.rooms import Routed, Seat, Seats
from media.transports import stun
from media.transports.pinned import PinnedReceiveSlab, PinnedSendSlab
from media.transports.receive_slab import BATCH, STRIDE, ReceiveSlab
from media.transports.send_slab import Destination, SendSlab
from media.transports.srtp import lib, reason_of

MAX_ROUNDS: Final = 4
"""Batches taken before other things of the loop have their turn."""


class Ciphered(NamedTuple):
    """What is ciphered of a packet of one kind, and how."""

    unprotect: Any
    shortest: int
    """Bytes of header, which stay readable."""
    ssrc_at: int


SRTP: Final = Ciphered(lib.srtp_unprotect, 12, 8)
SRTCP: Final = Ciphered(lib.srtp_unprotect_rtcp, 8, 4)

MAX_SSRCS: Final = 128
"""Streams of one participant that are deciphered. The cipher keeps a state for each for good and
goes through all of them for every packet; a browser with three layers has seven."""
MAX_STRANGE_CHECKS: Final = 100
"""Checks in a second for one participant from addresses that are not known as its own: whoever has
learnt its ICE name must not keep us busy with signatures."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)


class Ingress:
    """Take what has come, move media on, and say which rooms were touched."""

    def __init__(
        self,
        outbox: SendSlab,
        seats: Seats,
        fanout: Fanout,
        drops: Counter[str],
        on_change: Callable[[Seat], None],
    ) -> None:
        """`on_change` is called after every handshake datagram and every check of a seat."""
        self._outbox = outbox
        self._seats = seats
        self._fanout = fanout
        self._drops = drops
        self._on_change = on_change
        self._touched: dict[int, Routed] = {}
        self._strange_checks: Counter[str] = Counter()
        self._forget_checks_at = 0.0
        self.datagrams = 0
        self.octets = 0

    def read(self, inbox: ReceiveSlab, now: float) -> None:
        """Take up to MAX_ROUNDS batches."""
        for _ in range(MAX_ROUNDS):
            count = inbox.receive()
            self.datagrams += count
            for index in range(count):
                try:
                    self._take(inbox, index, now)
                except Exception:  # a fault of ours must cost one datagram, not all meetings
                    self._drops["internal"] += 1
                    _log.exception("datagram was not processed")
            if count < BATCH:
                break

    def touched(self) -> list[Routed]:
        """Return and forget the rooms whose Router may have outputs."""
        touched = list(self._touched.values())
        self._touched.clear()
        return touched

    def _take(self, inbox: ReceiveSlab, index: int, now: float) -> None:
        length: int = inbox.lengths[index][0]
        self.octets += length
        if length == 0 or length >= STRIDE:
            self._drops["empty" if length == 0 else "cut"] += 1
            return
        at = index * STRIDE
        first, second = inbox.data[at : at + 2].ljust(2, b"\0")
        if 128 <= first <= 191:
            seat = self._seats.by_address.get(inbox.source(index))
            if seat is None:
                self._drops["unknown_address"] += 1
            elif 64 <= second & 0x7F <= 95:  # RFC 5761 §4
                plain = self._decipher(SRTCP, seat, inbox, index, now)
                if plain is not None:
                    seat.room.router.inbound_rtcp(seat.transport.id, plain, now)
            else:
                plain = self._decipher(SRTP, seat, inbox, index, now)
                if plain is not None:
                    self._forward(seat, plain, now)
        elif first <= 3:
            self._take_stun(inbox, index, inbox.data[at : at + length], now)
        elif 20 <= first <= 63:
            seat = self._seats.by_address.get(inbox.source(index))
            if seat is None:
                self._drops["unknown_address"] += 1
                return
            seat.transport.receive_handshake(inbox.data[at : at + length], now)
            self._on_change(seat)
        else:
            self._drops["unknown_protocol"] += 1

    def _decipher(
        self, kind: Ciphered, seat: Seat, inbox: ReceiveSlab, index: int, now: float
    ) -> bytes | None:
        """Decipher a packet where it lies and return it; None, counted, where it is not from the
        participant."""
        transport, length = seat.transport, inbox.lengths[index]
        if transport.srtp is None:
            self._drops["before_handshake"] += 1
            return None
        unprotect, shortest, ssrc_at = kind
        if length[0] < shortest:
            self._refuse(kind, "malformed")
            return None
        at = index * STRIDE
        ssrc = inbox.data[at + ssrc_at : at + ssrc_at + 4]
        known = ssrc in transport.ssrcs
        if not known and len(transport.ssrcs) >= MAX_SSRCS:
            self._drops["too_many_ssrcs"] += 1
            return None
        status = unprotect(transport.srtp.inbound, inbox.pointers[index], length)
        if status:
            self._refuse(kind, reason_of(status))
            return None
        if not known:
            transport.ssrcs.add(ssrc)
        transport.heard = now
        self._touched[id(seat.room)] = seat.room
        plain: bytes = inbox.data[at : at + length[0]]
        return plain

    def _refuse(self, kind: Ciphered, reason: str) -> None:
        if kind is SRTP:
            self._drops[f"srtp_{reason}"] += 1
        else:
            self._drops[f"srtcp_{reason}"] += 1

    def _forward(self, seat: Seat, packet: bytes, now: float) -> None:
        room = seat.room
        forward = room.router.inbound(seat.transport.id, packet, now)
        while forward is not None:
            if forward.rows:
                self._fanout.send(forward, room.receivers, now)
            forward = forward.thinner

    def _take_stun(self, inbox: ReceiveSlab, index: int, datagram: bytes, now: float) -> None:
        if not stun.is_stun(datagram):
            self._drops["stun_malformed"] += 1
            return
        source = inbox.source(index)
        if self._take_consent(inbox, index, source, datagram, now):
            return
        name = stun.receiver_name(datagram)
        seat = self._seats.by_ufrag.get(name) if name is not None else None
        if name is None or seat is None:
            self._drops["stun_unknown_name"] += 1
            return
        before = seat.transport.destination
        sent_to = before.sockaddr if before is not None else None
        if source not in seat.transport.sources and self._is_pestered(name, now):
            self._drops["stun_too_many"] += 1
            return
        try:
            check = stun.parse(datagram)
        except stun.StunError:
            self._drops["stun_malformed"] += 1
            return
        reply = seat.transport.receive_check(check, source, now)
        if reply is None:
            self._drops["stun_not_authentic"] += 1
            return
        if source in seat.transport.sources:
            self._seats.bind(seat, source)
        # To where the check came from, which need not be where the media goes.
        if isinstance(inbox, PinnedReceiveSlab) and isinstance(self._outbox, PinnedSendSlab):
            local = inbox.local(index)
            if check.use_candidate or self._outbox.pinned(source) is None:
                self._outbox.pin(source, local)
            if source != sent_to:  # it may have moved here
                self._outbox.forget()
            self._outbox.put_from(local, Destination(source), reply)
        else:
            self._outbox.put(Destination(source), reply)
        self._on_change(seat)

    def _take_consent(
        self, inbox: ReceiveSlab, index: int, source: bytes, datagram: bytes, now: float
    ) -> bool:
        """Answer a check that came the same way before; False if it is not one."""
        seat = self._seats.by_address.get(source)
        if seat is None:
            return False
        if (
            isinstance(inbox, PinnedReceiveSlab)
            and isinstance(self._outbox, PinnedSendSlab)
            and inbox.local(index) != self._outbox.pinned(source)
        ):
            return False
        destination = seat.transport.destination
        reply = seat.transport.receive_again(datagram, source, now)
        if reply is None or destination is None:
            return False
        self._outbox.put(destination, reply)
        if seat.told != seat.transport.state:
            self._on_change(seat)
        return True

    def _is_pestered(self, name: str, now: float) -> bool:
        """Count a check from a strange address; say whether there are too many for this name."""
        if now >= self._forget_checks_at:
            self._strange_checks.clear()
            self._forget_checks_at = now + 1.0
        self._strange_checks[name] += 1
        return self._strange_checks[name] > MAX_STRANGE_CHECKS
