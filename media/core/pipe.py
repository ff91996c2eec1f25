"""One end of a pipe: what of a room goes to another worker, and what comes from there.

A pipe is to a room what a participant is: it gets rows of the forwarding table for what it wants,
asks for packets and pictures by RTCP, and its streams come in under SSRCs of their own. It carries
a layer only while somebody on the other side gets it or waits for it.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from media.core import feedback
from media.core.consumer import Consumer
from media.core.far import FarStream, FarTransport
from media.core.outputs import Output, RtcpOut
from media.core.pipe_messages import Flowing, Flows, Here, Wants
from media.core.producer import Producer
from media.core.reports import INTERVAL_S, compile_reports
from media.core.rtcp import Packet, SenderReport
from media.core.sections import Extensions, SlotSpec, Source
from media.core.stream import Alarms, Stream
from media.core.transport import Transport

FIRST_SSRC = 0x10
RATE_TOLD = 0.1
"""A rate is told again when it is so much another one."""


class Pipe:
    """`people` are the participants behind it, by their ids."""

    def __init__(self, pipe_id: str, alarms: Alarms, now: float) -> None:
        self.id = pipe_id
        self.people: dict[str, FarTransport] = {}
        self.tops: dict[str, int] = {}
        """What the other side has use for (media.core.demand)."""
        self._alarms = alarms
        self._owners: dict[int, FarTransport] = {}
        self._wanted: set[int] = set()
        self._told = Wants(())
        self._receiver = Transport(pipe_id, (), (), alarms, now)
        """The other worker as one that receives."""
        self._numbers = itertools.count(FIRST_SSRC)
        self._offered: dict[str, dict[int, tuple[Producer, Stream]]] = {}
        self._flows: dict[str, Flowing] = {}
        self._asked: frozenset[int] = frozenset()
        self._next_report = now

    # -- what goes out ------------------------------------------------------------------------

    def offer(self, transport: Transport, now: float) -> Here:
        """Return how to tell of a participant of this side, with fresh SSRCs."""
        self.withdraw(transport.tid, now)
        streams: dict[int, tuple[Producer, Stream]] = {}
        sources = []
        for producer in transport.producers:
            source = self._source(producer.source, len(producer.streams))
            sources.append(source)
            for ssrc, stream in zip(source.ssrcs, producer.streams, strict=True):
                streams[ssrc] = producer, stream
            for slot in _slots(source):
                self._receiver.consumers[slot.ssrc] = Consumer(self.id, slot)
        self._offered[transport.tid] = streams
        return Here(transport.tid, tuple(sources), *transport.muted)

    def withdraw(self, tid: str, now: float) -> bool:
        """Forget a participant of this side; tell whether the other side knew of it."""
        offered = self._offered.pop(tid, None)
        for ssrc in offered or ():
            self._receiver.consumers.pop(ssrc).aim(None, now)
        self._flows.pop(tid, None)
        return offered is not None

    def want(self, wants: Wants, now: float) -> None:
        """Send from now on what the other side wants, and nothing else."""
        asked = frozenset(wants.ssrcs)
        self.tops = dict(wants.tops)
        for ssrc in self._asked - asked:
            if ssrc in self._receiver.consumers:
                self._receiver.consumers[ssrc].aim(None, now)
        self._asked = asked
        self._serve(now)

    def _serve(self, now: float) -> None:
        """Begin with what is asked and does not flow, also after a pause of its source."""
        for streams in self._offered.values():
            for ssrc in self._asked & streams.keys():
                producer, stream = streams[ssrc]
                if not producer.muted:
                    self._receiver.consumers[ssrc].aim(stream, now)

    def flows(self, transports: Mapping[str, Transport], now: float) -> Flows | None:
        """Return what is news about how the participants of this side send."""
        changed = {}
        for tid in self._offered:
            flowing = _flowing(transports[tid], now)
            if _differs(flowing, self._flows.get(tid)):
                changed[tid] = self._flows[tid] = flowing
        return Flows(changed) if changed else None

    def review(self, now: float) -> None:
        """Look after what was missed; every 250 ms."""
        self._serve(now)
        self._wanted = {
            stream.ssrc or 0
            for person in self.people.values()
            for stream in person.all_streams()
            if isinstance(stream, FarStream) and stream.in_use
        }

    def reports(self, now: float) -> Iterator[Output]:
        """Yield the sender reports that are due: they keep sound and picture together."""
        if now >= self._next_report:
            self._next_report = now + INTERVAL_S
            for packet in compile_reports(self._receiver, 0, now)[0]:
                yield RtcpOut(self.id, packet)

    # -- what comes in ------------------------------------------------------------------------

    def person(self, here: Here, now: float) -> FarTransport:
        """Return a participant of the other side, new with every call."""
        self.forget(here.tid)
        person = FarTransport(
            here.tid, here.sources, self._alarms, now, route=self.id, needed=self._need
        )
        person.mute(here.audio_muted, here.video_muted)
        self.people[here.tid] = person
        self._owners.update(dict.fromkeys(person.ssrcs, person))
        return person

    def _need(self, ssrc: int) -> None:
        self._wanted.add(ssrc)

    def forget(self, tid: str) -> None:
        """Forget a participant of the other side."""
        person = self.people.pop(tid, None)
        for ssrc in person.ssrcs if person is not None else ():
            self._owners.pop(ssrc, None)
            self._wanted.discard(ssrc)

    def owner(self, ssrc: int) -> FarTransport | None:
        """Return whose stream comes under an SSRC."""
        return self._owners.get(ssrc)

    def take_rtcp(self, packets: Iterable[Packet], now: float, outputs: list[Output]) -> None:
        """Act on what the other worker says by RTCP."""
        for packet in packets:
            if isinstance(packet, SenderReport):
                owner = self._owners.get(packet.ssrc)
                if owner is not None:
                    feedback.take(owner, packet, now, outputs)
            else:
                feedback.take(self._receiver, packet, now, outputs)

    def wants(self, tops: Mapping[str, int] | None = None) -> Wants | None:
        """Return what this side wants if that is news; `tops` where they were worked out anew."""
        useful = self._told.tops
        if tops is not None:
            useful = {tid: tops[tid] for tid in self.people if tops.get(tid)}
        elif self._told.ssrcs == () and not self._wanted:
            return None
        if self._wanted == set(self._told.ssrcs) and useful == self._told.tops:
            return None
        self._told = Wants(tuple(sorted(self._wanted)), useful)
        return self._told

    def dump(self) -> dict[str, object]:
        """Describe this end, as plain JSON values."""
        consumers = self._receiver.consumers.values()
        return {
            "people_there": len(self.people),
            "wanted_here": sorted(self._told.ssrcs),
            "wanted_there": sorted(self._asked),
            "sending": sum(consumer.feed is not None for consumer in consumers),
            "nacks": sum(consumer.nacks for consumer in consumers),
            "plis": sum(consumer.plis for consumer in consumers),
            "drops": self._receiver.drops,
        }

    def _source(self, source: Source, layers: int) -> Source:
        video = source.kind == "video"
        return replace(
            source,
            ssrcs=tuple(next(self._numbers) for _ in range(layers)),
            rtx_ssrcs=tuple(next(self._numbers) for _ in range(layers))
            if source.rtx_payload_type is not None
            else (),
            red_payload_type=None,
            extensions=Extensions(),
            nack=video,
            pli=video,
        )


def _slots(source: Source) -> Iterator[SlotSpec]:
    for layer, ssrc in enumerate(source.ssrcs):
        yield SlotSpec(
            slot=layer,
            kind=source.kind,
            codec=source.codec,
            ssrc=ssrc,
            payload_type=source.payload_type,
            clock_rate=source.clock_rate,
            rtx_ssrc=source.rtx_ssrcs[layer] if source.rtx_ssrcs else None,
            rtx_payload_type=source.rtx_payload_type,
        )


def _flowing(transport: Transport, now: float) -> Flowing:
    audio, video = transport.microphone, transport.camera
    return Flowing(
        audio=audio is not None and audio.present(now),
        video=video is not None and video.present(now),
        rates=video.rates if video is not None else (),
    )


def _differs(now: Flowing, told: Flowing | None) -> bool:
    if told is None or (now.audio, now.video) != (told.audio, told.video):
        return True
    if len(now.rates) != len(told.rates):
        return True
    return any(
        (new is None) != (old is None)
        or (new is not None and old is not None and abs(new - old) > RATE_TOLD * old)
        for new, old in zip(now.rates, told.rates, strict=True)
    )
