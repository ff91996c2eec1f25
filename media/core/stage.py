"""The stage of a room: who is heard, who is the speaker, and what every slot shows.

Decisions about pictures are taken at most every `PAUSE_S`, so that 235 people who join in one
second do not cause 235 decisions about all of them; decisions about sound are taken at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import inf

from media.core import allocation, demand, slots
from media.core.allocation import Wanted
from media.core.consumer import Consumer
from media.core.feed import Feed
from media.core.loudness import SPEECH, LoudestVoices, Voice
from media.core.pipe_messages import Decisions
from media.core.producer import Producer
from media.core.speaker import ActiveSpeaker
from media.core.stream import Stream
from media.core.transport import Transport

PAUSE_S = 0.05
FAINT = 0.5
"""A voice of this loudness and less is as good as silent."""
MEASURED_IN_TURN = 4
"""The sound of those who are not heard is measured in one of so many reviews."""


class Stage:
    """Works on the transports it is given, in their order of joining."""

    __slots__ = (
        "_assigned_at",
        "_pictures",
        "_restless",
        "_reviews",
        "_senders",
        "_sounding",
        "_spoken",
        "_transports",
        "_wanted",
        "changed",
        "changed_in_sound",
        "due",
        "floor",
        "speaker",
        "tried",
        "voices",
    )

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        self._transports = transports
        self.voices = LoudestVoices()
        self.speaker = ActiveSpeaker()
        self.floor: str | None = None
        self._spoken: list[str] = []
        """Who was the speaker, the latest first; those who left are forgotten."""
        self._pictures: dict[str, None] = {}
        """Who sends a picture, in the order of joining."""
        self.changed: set[str] = set()
        """Transports whose assignment changed and who have not been told."""
        self.changed_in_sound: set[str] = set()
        """Those of whose slots only voices changed: that can wait a little."""
        self.due: float = inf
        """When pictures are to be assigned anew."""
        self._assigned_at = -inf
        self._sounding = dict.fromkeys(t.voice for t in transports.values() if t.voice.loudness > 0)
        """Voices that are not silent; of 235 people they are a few."""
        self._senders: list[Transport] = []
        """Those who may send anything, in their order of joining."""
        self._list_senders()
        self._wanted: tuple[dict[str | None, Feed], dict[str | None, Feed]] = ({}, {})
        """What lines without a limit get of each picture: as main one, as a small one."""
        self._restless: dict[str, None] = {}
        """Those whose line or slots were not settled when they were looked at last."""
        self.tried = {tid: None for tid, t in transports.items() if t.allowance.probe_bps}
        """Whose lines may be tried by copies (media.core.copies): nearly always nobody's."""
        self._reviews = 0

    # -- sound --------------------------------------------------------------------------------

    def hear(self, voice: Voice, now: float) -> None:
        """Look at a voice of which a packet has just come."""
        if voice.loudness > 0:
            self._sounding[voice] = None
        self._consider(voice, now)

    def _consider(self, voice: Voice, now: float) -> None:
        if self.voices.consider(voice, now):
            self.assign_sound(now)

    def _heard(self) -> tuple[str, ...]:
        return self.voices.heard()

    def assign_sound(self, now: float) -> None:
        heard = self._heard()
        for transport in self._transports.values():
            self._assign_sound_of(transport, heard, now)

    def _assign_sound_of(self, transport: Transport, heard: tuple[str, ...], now: float) -> None:
        consumers = transport.audio
        wanted = slots.first_others(heard, (transport.tid,), len(consumers))
        current = [consumer.assigned for consumer in consumers]
        for consumer, tid in zip(consumers, slots.fill(current, wanted), strict=True):
            if tid != consumer.assigned:
                consumer.assigned = tid
                self.changed_in_sound.add(transport.tid)
                if transport.ready:
                    consumer.aim(self._sound_of(consumer), now)

    def _sound_of(self, consumer: Consumer) -> Stream | None:
        producer = self._source_of(consumer)
        return producer.streams[0] if producer is not None else None

    def _source_of(self, consumer: Consumer) -> Producer | None:
        """Return what the slot is to show, None where there is nothing that it could."""
        shown = consumer.assigned
        transport = self._transports.get(shown) if shown is not None else None
        if transport is None:
            return None
        producer = transport.microphone if consumer.spec.kind == "audio" else transport.camera
        if producer is None or producer.source.codec != consumer.spec.codec:
            return None
        return producer

    # -- people -------------------------------------------------------------------------------

    def joined(self, transport: Transport, now: float) -> None:
        """Give a newcomer what there is to hear and see."""
        self._list_senders()
        self._assign_sound_of(transport, self._heard(), now)
        self._assign_pictures_of(transport, self._ranking(), now)

    def _list_senders(self) -> None:
        self._senders = [each for each in self._transports.values() if each.producers]

    def start(self, transport: Transport, now: float) -> None:
        """Send a participant what its slots show."""
        for consumer in transport.audio:
            consumer.aim(self._sound_of(consumer), now)
        self._choose_layers(transport, now)

    def silence(self, transport: Transport, now: float) -> None:
        """Take a voice out of the places where it is heard."""
        transport.voice.loudness = 0.0
        if self.voices.dismiss((transport.voice,)):
            self.assign_sound(now)

    def forget(self, tid: str, now: float) -> None:
        """Forget someone who is not among the transports any more."""
        if tid in self._spoken:
            self._spoken.remove(tid)
        self._pictures.pop(tid, None)
        self._list_senders()
        self.told(tid)
        self.pictures_changed(now)

    def tick(self, now: float) -> bool:
        """Judge who speaks, every `speaker.TICK_S`; tell whether the speaker changed."""
        self.quieten(now)
        if not self.speaker.tick(self._unmuted(), now):
            return False
        speaker = self.speaker.speaker
        if speaker is not None:
            if speaker in self._spoken:
                self._spoken.remove(speaker)
            self._spoken.insert(0, speaker)
        self.assign_pictures(now)
        return True

    def _unmuted(self) -> Iterator[Voice]:
        for voice in self._sounding:
            holder = self._transports.get(voice.tid)
            if holder is not None and not holder.muted[0]:
                yield voice

    def quieten(self, now: float) -> None:
        """Let voices die away whose packets stopped."""
        gone = []
        for voice in list(self._sounding):
            voice.fade(now)
            if voice.loudness <= FAINT:
                voice.loudness = 0.0
                del self._sounding[voice]
        for tid in self.voices.heard():
            holder = self._transports[tid]
            if holder.microphone is None or not holder.microphone.present(now):
                gone.append(holder.voice)
        if gone and self.voices.dismiss(gone):
            self.assign_sound(now)

    # -- pictures -----------------------------------------------------------------------------

    def pictures_changed(self, now: float) -> None:
        """Let pictures be assigned anew soon."""
        self.due = min(self.due, max(now, self._assigned_at + PAUSE_S))

    def assign_pictures(self, now: float) -> None:
        """Choose for every receiver whose picture is in which slot, and which layer."""
        self.due, self._assigned_at = inf, now
        self._pictures = self._present(now)
        ranking = self._ranking()
        for transport in self._transports.values():
            self._assign_pictures_of(transport, ranking, now)

    def review(self, now: float) -> None:
        """Follow the layers as they flow and stop, and the lines as they fill; every 250 ms."""
        self._measure(now)
        if self._present(now) != self._pictures:
            self.assign_pictures(now)
            return
        before, self._wanted = self._wanted, self._best()
        # Nothing is to be decided for a settled line, as nearly everybody's is, until there is
        # another layer to be had or the line shows a sign.
        for tid in list(self._restless if self._wanted == before else self._transports):
            transport = self._transports.get(tid)
            if transport is None or _is_settled(transport, *self._wanted):
                self._restless.pop(tid, None)
            else:
                self._choose_layers(transport, now)

    def doubt(self, transport: Transport) -> None:
        """Look at a line again in the next review: it showed a sign."""
        self._restless[transport.tid] = None

    def _measure(self, now: float) -> None:
        """Renew the rates of the sources: of pictures, of who is heard, and in turn of others."""
        self._reviews += 1
        heard = self._heard()
        for number, transport in enumerate(self._senders, self._reviews):
            for producer in transport.producers:
                if (
                    producer.source.kind == "video"
                    or number % MEASURED_IN_TURN == 0
                    or transport.tid in heard
                ):
                    producer.measure(now)

    def _best(self) -> tuple[dict[str | None, Feed], dict[str | None, Feed]]:
        main: dict[str | None, Feed] = {}
        small: dict[str | None, Feed] = {}
        for tid in self._pictures:
            transport = self._transports.get(tid)
            producer = transport.camera if transport is not None else None
            if producer is None:
                continue
            if producer.highest is not None:
                main[tid] = producer.feeds[producer.highest]
            if producer.smallest is not None:
                small[tid] = producer.feeds[producer.smallest]
        return main, small

    def _present(self, now: float) -> dict[str, None]:
        present: dict[str, None] = {}
        for transport in self._senders:
            camera = transport.camera
            if camera is not None and camera.present(now):
                present[transport.tid] = None
        return present

    def _ranking(self) -> list[str]:
        return slots.ranked(self._spoken, list(self._pictures))

    def _assign_pictures_of(self, transport: Transport, ranking: list[str], now: float) -> None:
        if not transport.video:
            return
        tid = transport.tid
        main = slots.main_picture(tid, self.floor, ranking)
        small = transport.video[1:]
        wanted = slots.first_others(ranking, (tid, main), len(small))
        others = slots.fill([consumer.assigned for consumer in small], wanted)
        for consumer, shown in zip(transport.video, [main, *others], strict=True):
            paused = shown is not None and shown not in self._pictures
            if shown != consumer.assigned or paused != consumer.paused:
                consumer.assigned, consumer.paused = shown, paused
                self.changed.add(tid)
        self._choose_layers(transport, now)

    def _choose_layers(self, transport: Transport, now: float) -> None:
        """Aim the picture slots at what the line allows; what it does not is paused."""
        if not transport.video or not transport.ready:
            return
        self._restless[transport.tid] = None
        allowance = transport.allowance
        allowance.advance(
            transport.pictures_bps,
            transport.plan,
            now,
            repeatable=allowance.budget == inf or transport.repeatable,
        )
        if allowance.probe_bps:
            self.tried[transport.tid] = None
        producers = [self._shown(consumer) for consumer in transport.video]
        if allowance.budget == inf:
            choices = allocation.unlimited(producers)
        else:
            wanted = [
                None
                if producer is None
                else Wanted(producer.rates, consumer.layer(producer), producer.small)
                for producer, consumer in zip(producers, transport.video, strict=True)
            ]
            transport.plan = allocation.plan(wanted, allowance.budget)
            choices = transport.plan.layers
        for consumer, producer, choice in zip(transport.video, producers, choices, strict=True):
            self._aim(consumer, producer, choice, now)
            starved = consumer.feed is None and consumer.target is None and producer is not None
            # A new line opens within moments: what has not begun yet is not called paused.
            starved = starved and not allowance.opening
            if starved != consumer.starved:
                consumer.starved = starved
                self.changed.add(transport.tid)

    def _shown(self, consumer: Consumer) -> Producer | None:
        return None if consumer.paused else self._source_of(consumer)

    def _aim(
        self, consumer: Consumer, producer: Producer | None, choice: int | None, now: float
    ) -> None:
        if producer is not None and choice is not None:
            consumer.aim(producer.feeds[choice], now)
        elif producer is None or any(rate is not None for rate in producer.rates):
            if consumer.feed is not None or consumer.target is not None:
                consumer.aim(None, now)
        elif consumer.target is None and consumer.feed not in producer.feeds:
            # Nothing flows this moment, though the camera is there: wait for its lowest layer.
            consumer.aim(producer.streams[0], now)

    def likely(self) -> Iterator[str]:
        """Yield those who may be on the main pictures in the next moment."""
        if self.floor is not None:
            yield self.floor
        for tid in self.voices.heard():  # some of them may have fallen silent
            if self._transports[tid].voice.loudness >= SPEECH:
                yield tid
        yield from self._spoken[: demand.WARM_SPEAKERS]

    def told(self, tid: str) -> None:
        """Note that somebody knows its slots, or is not here any more."""
        self.changed.discard(tid)
        self.changed_in_sound.discard(tid)

    def resume(self, *, speaker: str | None, floor: str | None, spoken: Sequence[str]) -> None:
        """Go on from what another stage had decided."""
        self.speaker.speaker, self.floor, self._spoken = speaker, floor, list(spoken)

    def decisions(self) -> Decisions:
        """Return what is decided for all, wherever they are."""
        return Decisions(
            self.speaker.speaker,
            self.floor,
            self._heard(),
            tuple(self._spoken),
            tuple(self._pictures),
        )

    def dump(self) -> dict[str, object]:
        decided = self.decisions()
        return {
            "speaker": decided.speaker,
            "floor": decided.floor,
            "heard": list(decided.heard),
            "spoken": list(decided.spoken),
            "pictures": list(decided.pictures),
        }


def _is_settled(
    transport: Transport, main: Mapping[str | None, Feed], small: Mapping[str | None, Feed]
) -> bool:
    """Tell whether a line without a limit gets all that there is: nothing is to be decided then,
    as it is for nearly everybody, four times a second."""
    if not transport.allowance.content:
        return False
    wanted = main
    for consumer in transport.video:
        if consumer.feed is not wanted.get(consumer.assigned):
            return False
        if consumer.target is not None or consumer.starved:
            return False
        wanted = small
    return True
