"""The load: all participants of a room, in a process of its own.

Participants are real as far as the server sees: they shake hands by DTLS, keep their consent alive,
send what their role says and report. Talks JSON lines with its parent: offers and ports out; the
speaker's answer in, `speaking` out; the others' answers and the null forwarder's port in; then
`begin` and `end` of every phase out. Loads of one measurement that run `--together` also say
`settled` and wait for a line before each window.
"""

import argparse
import heapq
import json
import random
import select
import sys
import time

from benchmarks import scenes
from benchmarks.party import Inbox, Party
from benchmarks.scenes import Profile, Scene, speaker_loop, speaker_voice
from media.transports.dtls import Certificate

__all__ = ["Load", "say", "speaker_loop", "speaker_voice"]

_SETTLE_S = 1.0
_SETTLE_TIMES = 10
"""A server may begin with sound and small pictures and find out what a line carries: a window
begins once everything arrives, or after so many times _SETTLE_S."""
_FLOWING = 0.97
"""Of the packets expected."""
_QUIET_S = 0.15
"""Before everything is counted nothing is sent for so long, and what is on its way arrives."""
_CATCH_UP_S = 0.3
"""Then those who speak send at once what they did not; delays are measured after that."""
_CONNECT_WITHIN_S = 60.0
_LOOK_S = 0.5
"""Everybody's timers are looked at so often, whatever they said, seconds."""
_STEP_S = 0.05
_SAMPLED = 8
_STREAMS = 8
"""SSRCs of one party on the way to the null forwarder."""


class Load:
    """The parties of a scene, in the order of its roles: the speaker is the first."""

    def __init__(self, host: str, scene: Scene, dice: random.Random) -> None:
        self._host, self._scene = host, scene
        certificate = Certificate.generate()
        self.parties = [Party(role, host, certificate, dice) for role in scene.roles]
        receivers = self.receivers
        for party in receivers[:: max(1, len(receivers) // _SAMPLED)][:_SAMPLED]:
            party.sample()
        self._poll = select.epoll()
        self._by_fd = {party.fd: index for index, party in enumerate(self.parties)}
        for fd in self._by_fd:
            self._poll.register(fd, select.EPOLLIN)
        self._inbox = Inbox()
        self._due: list[tuple[float, int]] = []
        self._due_of = [float("inf")] * len(self.parties)

    @property
    def receivers(self) -> list[Party]:
        """Those whose media is counted."""
        return [p for p in self.parties if p.role.audio_slots + p.role.video_slots]

    def forwarded(self) -> list[dict[str, int]]:
        """Say what the null forwarder is to do: which SSRC to how many ports, but not to `but`."""
        return [
            {
                "ssrc": _first_ssrc(index) + self._scene.roles[index].streams().index(stream),
                "count": count,
                "but": self.parties[index].port,
            }
            for (index, stream), count in self._scene.audience.items()
        ]

    def accept(self, first: int, answers: list[str]) -> None:
        """Connect the parties from number `first` on; raise TimeoutError if that takes too long."""
        now = time.monotonic()
        parties = self.parties[first : first + len(answers)]
        for index, (party, answer) in enumerate(zip(parties, answers, strict=True), first):
            party.accept(answer, now)
            self._look(index, now)
        end = now + _CONNECT_WITHIN_S
        while any(p.endpoint.connection.state != "connected" for p in parties):
            if time.monotonic() > end:
                states = {p.endpoint.connection.state for p in parties}
                raise TimeoutError(f"not all connected: {states}")
            self._step(min(end, time.monotonic() + _STEP_S))

    def divert(self, null_port: int | None) -> None:
        """Send media to the null forwarder, or to the server again."""
        address = None if null_port is None else (self._host, null_port)
        now = time.monotonic()
        for index, party in enumerate(self.parties):
            party.divert(address, _first_ssrc(index))
            self._look(index, now)

    def phase(
        self, name: str, length: float, null_port: int | None, *, together: bool = False
    ) -> None:
        """Send to the server, or to the null forwarder, and say when the window was."""
        self.divert(null_port)
        for _ in range(_SETTLE_TIMES):
            before, expected = self._received(), self._expected()
            self.run(_SETTLE_S)
            if self._received() - before >= _FLOWING * (self._expected() - expected):
                break
        if together:
            say(event="settled")
            while not select.select([sys.stdin], [], [], 0)[0]:
                self.run(_STEP_S)
            sys.stdin.readline()
        self.run(_QUIET_S, quiet=True)
        before, expected = self._received(), self._expected()
        say(event="begin", phase=name)
        started = time.monotonic()
        self.run(_CATCH_UP_S)
        for party in self.parties:
            if party.delays is not None:
                party.delays.clear()
        self.run(length - _CATCH_UP_S)
        passed = time.monotonic() - started
        self.run(_QUIET_S, quiet=True)
        say(
            event="end",
            phase=name,
            seconds=passed,
            received=self._received() - before,
            expected=self._expected() - expected,
            delays=sorted(d for party in self.parties for d in party.delays or ()),
        )
        if null_port is not None:
            self.divert(None)

    def close(self) -> None:
        for party in self.parties:
            party.close()
        self._poll.close()

    def _received(self) -> int:
        return sum(p.packets for p in self.parties)

    def _expected(self) -> int:
        sent = {index: self.parties[index].sent() for index, _ in self._scene.audience}
        return sum(
            count * sent[index].get(stream, 0)
            for (index, stream), count in self._scene.audience.items()
        )

    def run(self, length: float, *, quiet: bool = False) -> None:
        """Serve everybody for some seconds; `quiet`: only receive."""
        end = time.monotonic() + length
        while time.monotonic() < end:
            self._step(end, quiet=quiet)

    def _look(self, index: int, now: float) -> None:
        """Note when a party is due next."""
        due = min(self.parties[index].deadline(), now + _LOOK_S)
        if due != self._due_of[index]:
            self._due_of[index] = due
            heapq.heappush(self._due, (due, index))

    def _step(self, end: float, *, quiet: bool = False) -> None:
        """Wait for the next datagram or timer and serve it."""
        now = time.monotonic()
        due = end if quiet or not self._due else min(end, self._due[0][0])
        for fd, _ in self._poll.poll(max(0.0, due - now)):
            self.parties[self._by_fd[fd]].read(self._inbox)
        if quiet:
            return
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            due, index = heapq.heappop(self._due)
            if due == self._due_of[index]:
                self.parties[index].advance(now)
                self._look(index, now)


def _first_ssrc(index: int) -> int:
    """Return the SSRC on the way to the null forwarder that a party's streams begin with."""
    return 1 + index * _STREAMS


def say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def _scene(options: argparse.Namespace) -> Scene:
    if options.scene == "lecture":
        return scenes.lecture(options.receivers)
    profile = Profile(options.scene, options.fps, options.packets)
    return scenes.one_speaker(profile, options.receivers)


def main() -> None:
    """Connect and run the phases: `--rounds` times the server, then the null forwarder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True, help="an address of this machine")
    parser.add_argument("--scene", default="speaker", help="lecture, or one speaker")
    parser.add_argument("--receivers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--together", action="store_true", help="without the null forwarder")
    parser.add_argument("--fps", type=int, default=0, help="the speaker's pictures a second")
    parser.add_argument("--packets", type=int, default=0, help="of one picture")
    options = parser.parse_args()
    load = Load(options.host, _scene(options), random.Random(1))
    try:
        say(
            offers=[p.endpoint.offer() for p in load.parties],
            ports=[p.port for p in load.receivers],
            forwarded=load.forwarded(),
        )
        load.accept(0, json.loads(sys.stdin.readline())["answers"])
        load.run(_SETTLE_S)
        say(event="speaking")
        reply = json.loads(sys.stdin.readline())
        load.accept(1, reply["answers"])
        say(event="connected")
        for _ in range(options.rounds):
            load.phase("server", options.seconds, None, together=options.together)
            if not options.together:
                load.phase("null", options.seconds, reply["null_port"])
        if options.together:
            sys.stdin.readline()  # until the parent has read what it wants to know of us
    finally:
        load.close()


if __name__ == "__main__":
    main()
