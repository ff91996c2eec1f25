"""The Router of a room that may be on several workers, each with a part of the participants.

The parts form a star: pipes lead from the one that leads to all others. It knows everybody, hears
the loudest voices of each part, decides for all (speaker, voices, pictures, floor) and passes on
what one part wants of another. The others follow its decisions. Each part fills the slots of its
own participants and chooses layers for their lines. So to a participant the room is one.
"""

from media.core import rtcp, rtp
from media.core.following import Following
from media.core.malformed import Malformed
from media.core.outputs import Output, Said, SpeakerChanged
from media.core.pipe import Pipe
from media.core.pipe_messages import (
    Decisions,
    Flows,
    Gone,
    Here,
    Loud,
    Muted,
    PipeMessage,
    Wants,
)
from media.core.router import Router
from media.core.table import Forward
from media.core.transport import Transport


class SpanningRouter(Router):
    """A Router with pipes to other Routers of the same room; without any it is as a Router."""

    def __init__(self, router_id: str) -> None:
        super().__init__(router_id)
        self._pipes: dict[str, Pipe] = {}
        self._decided: Decisions | None = None
        """As told last, where this part leads."""

    # -- pipes --------------------------------------------------------------------------------

    @property
    def leads(self) -> bool:
        return not isinstance(self._stage, Following)

    def open_pipe(self, pipe_id: str, now: float, *, follows: bool) -> None:
        """Begin to talk to another part of the room; `follows`: that one leads from now on, and
        all others are behind it. Whatever still comes by a former pipe would be told twice, and
        its end would then take away people who are there."""
        for former in list(self._pipes) if follows else [pipe_id]:
            self.close_pipe(former, now)
        if follows and self.leads:
            self._stage = Following(self._transports)
            self._stage.pictures_changed(now)
        pipe = self._pipes[pipe_id] = Pipe(pipe_id, self._alarms, now)
        self._decided = None  # everybody is told anew
        for transport in self._transports.values():
            self._say(pipe, pipe.offer(transport, now))
        self._say_flows(pipe, now)

    def close_pipe(self, pipe_id: str, now: float) -> None:
        """Let go of another part and of everybody there; harmless where there is no such pipe."""
        pipe = self._pipes.pop(pipe_id, None)
        if pipe is None:
            return
        for tid in list(pipe.people):
            self._go(pipe, tid, now)
        for transport in list(self._transports.values()):
            pipe.withdraw(transport.tid, now)

    def lead(self, now: float) -> None:
        """Decide from now on what was decided elsewhere; harmless where it does already."""
        stage = self._stage
        if isinstance(stage, Following):
            before = stage.decisions().speaker
            self._stage = stage.promoted(now)
            if self._stage.speaker.speaker != before:
                self._outputs.append(SpeakerChanged(self._stage.speaker.speaker))

    def pipe_said(self, pipe_id: str, message: PipeMessage, now: float) -> None:
        """Take what the other end of a pipe says; unknown pipes are ignored."""
        pipe = self._pipes.get(pipe_id)
        if pipe is None:
            return
        match message:
            case Here():
                self._come(pipe, message, now)
            case Gone(tid=tid):
                self._go(pipe, tid, now)
            case Muted(tid=tid, audio=audio, video=video):
                if self._transports.get(tid) is pipe.people.get(tid):
                    self.set_muted(tid, audio, video, now)
            case Flows(of=flows):
                news = [pipe.people[tid].flows(f, now) for tid, f in flows.items()
                        if tid in pipe.people]  # fmt: skip
                if any(news):
                    self._stage.pictures_changed(now)
            case Loud(voices=voices):
                for tid, (loudness, speaks) in voices.items():
                    self._hear_far(pipe, tid, loudness, speaks, now)
            case Wants():
                pipe.want(message, now)
            case Decisions():
                if isinstance(self._stage, Following):
                    self._stage.follow(message, now)
                    self._tell(now)

    def _come(self, pipe: Pipe, here: Here, now: float) -> None:
        present = self._transports.get(here.tid)
        if present is None or present.far:
            self._admit(pipe.person(here, now), now)

    def _go(self, pipe: Pipe, tid: str, now: float) -> None:
        """Forget who was behind a pipe, unless it is here or behind another one by now."""
        person = pipe.people.get(tid)
        pipe.forget(tid)
        if person is not None and self._transports.get(tid) is person:
            self.remove_transport(tid, now)

    def _hear_far(self, pipe: Pipe, tid: str, loudness: float, speaks: bool, now: float) -> None:
        person = pipe.people.get(tid)
        if person is not None and not person.muted[0]:
            person.sounds(loudness, speaks, now)
            self._stage.hear(person.voice, now)

    # -- people -------------------------------------------------------------------------------

    def _admit(self, transport: Transport, now: float) -> None:
        super()._admit(transport, now)
        for pipe in self._pipes.values():
            if pipe.id != transport.route:
                self._say(pipe, pipe.offer(transport, now))
            elif pipe.withdraw(transport.tid, now):  # it was elsewhere before
                self._say(pipe, Gone(transport.tid))

    def remove_transport(self, tid: str, now: float) -> None:
        super().remove_transport(tid, now)
        for pipe in self._pipes.values():
            if pipe.withdraw(tid, now):
                self._say(pipe, Gone(tid))

    def set_muted(self, tid: str, audio: bool, video: bool, now: float) -> None:
        transport = self._transports.get(tid)
        if transport is None or transport.muted == (audio, video):
            return
        super().set_muted(tid, audio, video, now)
        for pipe in self._others(transport):
            self._say(pipe, Muted(tid, audio, video))
        for pipe in self._pipes.values():
            pipe.review(now)

    def _others(self, transport: Transport) -> list[Pipe]:
        """Return the pipes that a participant is not behind of."""
        return [pipe for pipe in self._pipes.values() if pipe.id != transport.route]

    # -- packets ------------------------------------------------------------------------------

    def inbound_piped(self, pipe_id: str, packet: bytes | memoryview, now: float) -> Forward | None:
        """Take one RTP packet that came through a pipe; as `inbound`."""
        pipe = self._pipes.get(pipe_id)
        data = bytes(packet)
        try:
            header = rtp.parse(data)
            owner = pipe.owner(header.ssrc) if pipe is not None else None
            if owner is None:
                self._strangers += 1
                return None
            result = self._take(owner, data, header, now)
        except Malformed:
            self._strangers += 1
            return None
        if isinstance(result, str):
            owner.drop(result)
            return None
        return result

    def inbound_piped_rtcp(self, pipe_id: str, packet: bytes | memoryview, now: float) -> None:
        """Take one RTCP packet that came through a pipe."""
        pipe = self._pipes.get(pipe_id)
        try:
            packets = rtcp.parse(packet)
        except Malformed:
            self._strangers += 1
            return
        if pipe is not None:
            pipe.take_rtcp(packets, now, self._outputs)

    # -- time ---------------------------------------------------------------------------------

    def advance(self, now: float) -> None:
        ticks, reviews = now >= self._tick_at, now >= self._review_at
        super().advance(now)
        if not self._pipes:
            return
        if ticks:
            self._say_loud(now)
        for pipe in self._pipes.values():
            if reviews:
                pipe.review(now)
                self._say_flows(pipe, now)
            self._outputs.extend(pipe.reports(now))

    def take(self) -> list[Output]:
        if self._pipes:
            self._tell_pipes()
        return super().take()

    def _tell_pipes(self) -> None:
        """Say what cannot wait for a tick: who is heard and shown, and what is needed for it."""
        stage = self._stage
        if isinstance(stage, Following):
            if stage.news is not None:
                self._say_loud(stage.news)
        else:
            decided = stage.decisions()
            if decided != self._decided:
                self._decided = decided
                for pipe in self._pipes.values():
                    self._say(pipe, decided)
        for pipe in self._pipes.values():
            wants = pipe.wants()
            if wants is not None:
                self._say(pipe, wants)

    def _tops(self) -> dict[str, int]:
        tops = super()._tops()
        for pipe in self._pipes.values():
            for tid, top in pipe.tops.items():
                tops[tid] = max(tops.get(tid, 0), top)
        for pipe in self._pipes.values():
            wants = pipe.wants(tops)
            if wants is not None:
                self._say(pipe, wants)
        return tops

    # -- saying -------------------------------------------------------------------------------

    def _say(self, pipe: Pipe, message: PipeMessage) -> None:
        self._outputs.append(Said(pipe.id, message))

    def _say_flows(self, pipe: Pipe, now: float) -> None:
        flows = pipe.flows(self._transports, now)
        if flows is not None:
            self._say(pipe, flows)

    def _say_loud(self, now: float) -> None:
        """Name our loudest voices to the part that leads, over whatever pipe there is."""
        if isinstance(self._stage, Following):
            voices = self._stage.loud(now)
            if voices is not None:
                for pipe in self._pipes.values():
                    self._say(pipe, Loud(voices))

    # -- views --------------------------------------------------------------------------------

    def dump(self) -> dict[str, object]:
        """Describe the state of this part of the room, as plain JSON values."""
        return {
            "id": self.id,
            "leads": self.leads,
            **self._stage.dump(),
            "transports": {tid: t.dump() for tid, t in self._transports.items() if not t.far},
            "pipes": {name: pipe.dump() for name, pipe in self._pipes.items()},
        }
