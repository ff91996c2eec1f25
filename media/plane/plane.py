"""The plane of one worker: its port, its rooms, and the one timer that drives them."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

import structlog
from structlog.typing import FilteringBoundLogger

from config.settings import Media
from media.core.outputs import Output, Resend, RtcpOut, Said
from media.core.spanning import SpanningRouter
from media.messages import Event, PipeLost, Slot, TransportStateChanged
from media.plane.aside import Aside
from media.plane.errors import PlaneError
from media.plane.events import event_of, slot_of
from media.plane.fanout import Fanout
from media.plane.ingress import Ingress
from media.plane.pipes import Pipes
from media.plane.rooms import Routed, Seat, Seats
from media.plane.tcp import open_front
from media.plane.totals import Totals
from media.sdp.answer import LocalSide, write_answer
from media.sdp.negotiation import negotiate
from media.sdp.offer import parse_offer
from media.transports.addresses import announced, several
from media.transports.dtls import Certificate
from media.transports.multi_buffer import open_library
from media.transports.split import SplitPort
from media.transports.srtp import SrtpError
from media.transports.srtp_arena import SrtpArena
from media.transports.transport import CLOSED_BY_PEER, Transport

MAX_ROUTERS = 1_000
MAX_TRANSPORTS = 2_000
TICK = 1.0
"""Seconds between looks for silent transports."""
SHORTEST_PAUSE = 0.001
"""Seconds the timer waits at least, whatever is overdue."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)


class MediaPlane:
    """Routers and transports behind one UDP port. Create it on a running event loop.

    Methods raise PlaneError, or SdpError for an offer. `close` is needed, it frees the port.
    """

    def __init__(self, settings: Media, on_event: Callable[[Event], None]) -> None:
        """Open the port; raises OSError, or ValueError for an announced address that is none."""
        self.addresses = announced(settings.host, settings.announce)
        self.drops: Counter[str] = Counter()
        self._on_event = on_event
        self._preferred = settings.video_codec
        self._loop = asyncio.get_running_loop()
        self._certificate = Certificate.generate()
        multi_buffer = open_library()
        self._cipher = "libipsec-mb" if multi_buffer is not None else "libsrtp"
        self._arena = SrtpArena(multi_buffer)
        self._rooms: dict[str, Routed] = {}
        self._seats = Seats()
        self._totals = Totals()
        self._closed = False
        self._shaking: set[Seat] = set()
        self._endpoint = SplitPort(settings.host, settings.udp_port, pinned=several(settings.host))
        self._fanout = Fanout(self._endpoint.outbox, self.drops)
        self._ingress = Ingress(
            self._endpoint.outbox,
            self._seats,
            self._fanout,
            self.drops,
            self._after_change,
        )
        self.pipes = Pipes(
            settings.host,
            self._fanout,
            self.drops,
            find=self._room,
            finish=lambda room: self._finish([room], time.monotonic()),
            lost=lambda router, pipe: on_event(PipeLost(router=router, pipe=pipe)),
        )
        try:
            self._tcp = open_front(settings, self._endpoint.socket, self._seats, self.drops)
        except OSError:
            self._endpoint.close()
            raise
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")
        self._tick_at = time.monotonic() + TICK
        self._aside = Aside(self._endpoint.aside_fd, self._read_aside)
        self._loop.add_reader(self._endpoint.fd, self._on_readable)
        self._arm(self._tick_at, time.monotonic())

    @property
    def udp_port(self) -> int:
        return self._endpoint.port

    def open_router(self, router_id: str) -> None:
        """Open a room; harmless when it is open."""
        if router_id not in self._rooms:
            if len(self._rooms) >= MAX_ROUTERS:
                raise PlaneError("full", f"{MAX_ROUTERS} routers")
            self._rooms[router_id] = Routed(SpanningRouter(router_id))

    def close_router(self, router_id: str) -> None:
        """Close a room and say goodbye to everybody in it; harmless when it is not open."""
        room = self._rooms.pop(router_id, None)
        if room is not None:
            self._totals.keep(room.router)
            for pipe in list(room.pipes):
                self.pipes.close(room, pipe)
            for transport in list(room.transports.values()):
                self._drop(room, transport)
            self._endpoint.outbox.flush()

    def connect(self, router_id: str, transport_id: str, offer: str) -> tuple[str, list[Slot]]:
        """Take an offer; return the answer and the first assignment of the slots.

        A transport of the same id is replaced, once the new offer is known to be good.
        """
        room = self._room(router_id)
        old = room.transports.get(transport_id)
        if old is None and len(self._seats) >= MAX_TRANSPORTS:
            raise PlaneError("full", f"{MAX_TRANSPORTS} transports")
        offered = parse_offer(offer)
        agreement = negotiate(
            offered, room.video_codec, lambda: secrets.randbits(32), self._preferred
        )
        now = time.monotonic()
        if old is not None:
            self._release(old)
        make_pair = partial(self._arena.pair, ssrcs=[slot.ssrc for slot in agreement.slots])
        transport = Transport(transport_id, self._certificate, offered.fingerprints, now, make_pair)
        answer = write_answer(
            agreement,
            LocalSide(
                session_id=secrets.randbits(62),
                ice_ufrag=transport.credentials.ufrag,
                ice_password=transport.credentials.password,
                fingerprint=self._certificate.fingerprint,
                candidates=[(address, self.udp_port) for address in self.addresses],
                tcp_candidates=[(address, self._tcp.port) for address in self.addresses]
                if self._tcp is not None
                else (),
            ),
        )
        room.video_codec = agreement.video_codec
        room.transports[transport_id] = transport
        seat = Seat(room, transport)
        self._seats.add(seat)
        self._shaking.add(seat)
        self._aside.wait(True)
        with self._totals.keeping(room.router) if old is not None else nullcontext():
            slots = room.router.add_transport(
                transport_id, agreement.sources, agreement.slots, now, ready=False
            )
        self._finish([room], now)
        return answer, [slot_of(slot) for slot in slots]

    def restart_ice(self, router_id: str, transport_id: str) -> tuple[str, str]:
        """Draw new ICE credentials for a transport; return name and password."""
        transport = self._room(router_id).transports.get(transport_id)
        seat = self._seats.of(transport) if transport is not None else None
        if seat is None:  # unknown, or failed
            raise PlaneError("unknown_transport", transport_id)
        self._seats.rename(seat)
        return seat.transport.credentials.ufrag, seat.transport.credentials.password

    def close_transport(self, router_id: str, transport_id: str) -> None:
        """Take a participant out of the room; harmless when it is not there."""
        room = self._room(router_id)
        transport = room.transports.get(transport_id)
        if transport is not None:
            with self._totals.keeping(room.router):
                self._drop(room, transport)
            self._finish([room], time.monotonic())

    def set_muted(self, router_id: str, transport_id: str, *, audio: bool, video: bool) -> None:
        room = self._room(router_id)
        if transport_id not in room.transports:
            raise PlaneError("unknown_transport", transport_id)
        now = time.monotonic()
        room.router.set_muted(transport_id, audio, video, now)
        self._finish([room], now)

    def give_floor(self, router_id: str, transport_id: str | None) -> None:
        room = self._room(router_id)
        now = time.monotonic()
        room.router.give_floor(transport_id, now)
        self._finish([room], now)

    def lead(self, router_id: str) -> None:
        """Decide for all parts of a room."""
        room = self._room(router_id)
        now = time.monotonic()
        room.router.lead(now)
        self._finish([room], now)

    def stats(self, *, detail: bool = False) -> dict[str, object]:
        """Return all counters as plain JSON values; `detail` adds each Router's dump."""
        now = time.monotonic()
        return {
            "udp_port": self.udp_port,
            "addresses": list(self.addresses),
            "cipher": self._cipher,
            "transports": len(self._seats),
            "datagrams_in": self._ingress.datagrams,
            "octets_in": self._ingress.octets,
            "rtp_out": self._fanout.packets,
            "octets_out": self._fanout.octets,
            "drops": dict(self.drops),
            "tcp": self._tcp.stats() if self._tcp is not None else None,
            "datagrams_out": dict(self._endpoint.outbox.counts),
            "totals": self._totals.sums(room.router for room in self._rooms.values()),
            "routers": {
                name: {
                    "router": room.router.stats(),
                    "transports": {t.id: t.stats(now) for t in room.transports.values()},
                    "pipes": self.pipes.stats(room),
                    **({"dump": room.router.dump()} if detail else {}),
                }
                for name, room in self._rooms.items()
            },
        }

    def close(self) -> None:
        """Say goodbye to everybody and free the port; harmless when repeated."""
        if self._closed:
            return
        for router_id in list(self._rooms):
            self.close_router(router_id)
        if self._timer is not None:
            self._timer.cancel()
        self._aside.wait(False)
        self._closed = True
        self._arena.close()
        if self._tcp is not None:
            self._tcp.close()
        self._loop.remove_reader(self._endpoint.fd)
        self._endpoint.close()

    # Inside ----------------------------------------------------------------------------------

    def _room(self, router_id: str) -> Routed:
        if router_id not in self._rooms:
            raise PlaneError("unknown_router", router_id)
        return self._rooms[router_id]

    def _on_readable(self) -> None:
        now = time.monotonic()
        self._ingress.read(self._endpoint.inbox, now)
        self._finish(self._ingress.touched(), now)
        self._aside.look(now)

    def _read_aside(self) -> None:
        now = time.monotonic()
        self._ingress.read(self._endpoint.aside, now)
        self._finish(self._ingress.touched(), now)

    def _on_timer(self) -> None:
        now = time.monotonic()
        # What is due now would be armed for by whatever comes in, though it is done in a moment.
        self._timer, self._timer_at = None, -float("inf")
        try:
            self._aside.wait(bool(self._shaking))
            self._aside.look(now)
            self._advance(now)
        except Exception:  # a fault of ours must not stop the clock of all rooms
            self.drops["internal"] += 1
            _log.exception("a deadline was not met")
        self._timer_at = float("inf")
        self._arm(max(self._next_deadline(), now + SHORTEST_PAUSE), now)

    def _advance(self, now: float) -> None:
        seats = list(self._shaking)
        if now >= self._tick_at:
            self._tick_at = now + TICK
            seats = [seat for seat in self._seats if not seat.transport.rests(now)]
        for seat in seats:
            seat.transport.advance(now)
            self._after_change(seat)
        due = [room for room in self._rooms.values() if (room.router.deadline() or now + 1) <= now]
        for room in due:
            room.router.advance(now)
        self._finish(due, now)

    def _next_deadline(self) -> float:
        due = [self._tick_at]
        due += [d for seat in self._shaking if (d := seat.transport.handshake_deadline())]
        due += [d for room in self._rooms.values() if (d := room.router.deadline()) is not None]
        return min(due)

    def _arm(self, due: float, now: float) -> None:
        if due >= self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        self._timer = self._loop.call_later(max(0.0, due - now), self._on_timer)

    def _finish(self, rooms: list[Routed], now: float) -> None:
        """Do what the Routers of these rooms want, send everything, and set the timer."""
        if self._closed:
            return
        for room in rooms:
            for output in room.router.take():
                self._do(room, output, now)
            deadline = room.router.deadline()
            if deadline is not None:
                self._arm(deadline, now)
        self._fanout.flush()

    def _do(self, room: Routed, output: Output, now: float) -> None:
        if isinstance(output, RtcpOut):
            receiver = room.receivers.get(output.transport)
            if receiver is None or not receiver.srtp or not receiver.destination:
                self.drops["not_connected"] += 1
                return
            try:
                packet = receiver.srtp.protect_rtcp(output.packet)
            except SrtpError as error:
                self.drops[f"srtcp_out_{error.reason}"] += 1
            else:
                self._endpoint.outbox.put(receiver.destination, packet)
        elif isinstance(output, Resend):
            receiver = room.receivers.get(output.transport)
            if receiver is not None:
                self._fanout.resend(output, receiver, now)
        elif isinstance(output, Said):
            self.pipes.say(room, output.pipe, output.message)
        else:
            self._on_event(event_of(room.router.id, output))

    def _after_change(self, seat: Seat) -> None:
        """Send what DTLS wrote, and tell a change of state."""
        transport = seat.transport
        handshake = transport.take()
        if transport.destination is not None:
            for datagram in handshake:
                self._endpoint.outbox.put(transport.destination, datagram)
        if transport.handshake_deadline() is None:
            self._shaking.discard(seat)
        told, state = seat.told, transport.state
        if told == state:
            return
        seat.told = state
        if told == "connecting" or state == "failed":
            self._fanout.forget()
        if state == "failed":
            self._forget_failed(seat)
        else:
            # No key frame is spent on a line that is not up; the first one comes when it is.
            seat.room.router.set_ready(transport.id, state == "connected", time.monotonic())
            self._finish_soon(seat.room)
        if state in ("connected", "disconnected", "failed"):
            self._on_event(
                TransportStateChanged(
                    router=seat.room.router.id, transport=transport.id, state=state
                )
            )

    def _forget_failed(self, seat: Seat) -> None:
        """A failed transport stays known by its id until the caller closes or replaces it."""
        if seat.transport.failure == CLOSED_BY_PEER:  # a page that was left in order
            _log.debug("transport closed by its peer", transport=seat.transport.id)
        else:
            _log.info(
                "transport failed", transport=seat.transport.id, reason=seat.transport.failure
            )
        self._release(seat.transport)
        with self._totals.keeping(seat.room.router):
            seat.room.router.remove_transport(seat.transport.id, time.monotonic())
        self._finish_soon(seat.room)

    def _finish_soon(self, room: Routed) -> None:
        self._loop.call_soon(lambda: self._finish([room], time.monotonic()))

    def _drop(self, room: Routed, transport: Transport) -> None:
        """Close in this order: no more packets in, none out, goodbye, then the Router."""
        self._release(transport)
        del room.transports[transport.id]
        room.router.remove_transport(transport.id, time.monotonic())

    def _release(self, transport: Transport) -> None:
        seat = self._seats.of(transport)
        if seat is not None:
            self._shaking.discard(seat)
            self._seats.remove(transport)
        self._fanout.forget()
        if transport.state != "failed":
            transport.close()
        if transport.destination is not None:
            for datagram in transport.take():
                self._endpoint.outbox.put(transport.destination, datagram)
        # The slab holds bare pointers to the addresses of what is being closed.
        self._fanout.flush()
