"""`python -m benchmarks.hostile.fuzz`: bent datagrams into the parsers and into a live meeting.

Fails where a parser raises what it does not document, where memory grows, or where the meeting
does not go on. The same seed bends the same way.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import socket
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import cpu
from benchmarks.hostile.line import Line
from benchmarks.hostile.meeting import FPS, Meeting
from benchmarks.hostile.parsers import SHARES, benders, parsers

RESULTS = Path(__file__).parents[1] / "results"
LIVE_SHARE = 0.4
"""Of all datagrams, those sent to a live worker; the others go to the parsers by hand."""
_WARM_UP = 0.1
"""Of the datagrams of a part, before memory is looked at: caches fill."""
_TRACED = 0.25
"""Of the datagrams of a part, how many are taken while every allocation is counted."""
PARSERS_MAY_KEEP_KB = 64.0
WORKER_MAY_GROW_MB = 4.0
_BURST, _PAUSE_S = 200, 0.01
"""A burst and the pause after it: the port's buffer must not overflow, which is no matter of
parsing."""
_STRANGERS = 8
_DRAIN_S = 0.2
_LIVES = 5
_ON_THE_WIRE = ("stun", "dtls", "rtp", "rtp", "rtcp")
_BY_STRANGERS, _SEALED = 0.55, 0.9
"""Below the first a datagram comes from a stranger, below the second sealed from the rogue, above
bare from the rogue."""
_STALE, _NEW_SOURCE = 0.2, 0.1
_SHORTEST_RTP = 12
_GOES_ON = 0.8
"""Of the pictures expected at least; the rest is left to a machine that is busy."""
_OWN = os.getpid()


@dataclass(slots=True)
class Parsed:
    """The datagrams given to the parsers: how many, what came out, what memory was kept."""

    datagrams: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kept_kb: float = 0.0
    grown_mb: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Lived:
    """The datagrams sent to a live worker, and how its meeting fared."""

    datagrams: int
    taken: int
    faults: int
    deaths: int
    drops: Mapping[str, int]
    grown_mb: float
    frames: int
    frames_expected: int
    lost: int
    seconds: float


def parse(count: int, seed: int) -> Parsed:
    """Give `count` datagrams to all parsers."""
    bent, found = benders(seed), Parsed()
    targets = parsers(random.Random(seed))
    started = time.monotonic()

    def feed(share: float) -> None:
        for name, (kind, take) in targets.items():
            for _ in range(round(count * SHARES[name] * share)):
                datagram = bent[kind].next()
                found.datagrams += 1
                try:
                    take(datagram)
                except Exception as error:  # this is what is looked for
                    found.faults[f"{name}: {error!r}"[:200]] += 1

    feed(_WARM_UP)
    gc.collect()
    before = cpu.memory(_OWN)
    feed(1 - _WARM_UP - _TRACED)
    gc.collect()
    found.grown_mb = round((cpu.memory(_OWN) - before) / 1e6, 2)
    tracemalloc.start()
    feed(_TRACED / 2)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    feed(_TRACED / 2)
    gc.collect()
    found.kept_kb = round((tracemalloc.get_traced_memory()[0] - kept) / 1024, 1)
    tracemalloc.stop()
    found.seconds = round(time.monotonic() - started, 1)
    return found


class Attack:
    """Who sends bent datagrams to a meeting: strangers from addresses of their own, and a rogue who
    is in it. The rogue's are sealed as good ones are, or come bare from its known address. It is
    put out and comes again now and then, because it may well break its own line."""

    def __init__(self, meeting: Meeting, seed: int) -> None:
        self._meeting = meeting
        self._bent = benders(seed)
        self._dice = random.Random(seed)
        self._number = 0
        self._strangers = [
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(_STRANGERS)
        ]

    async def send(self, count: int) -> None:
        """Send so many, at a pace that the port's buffer can take."""
        for _ in range(_LIVES):
            rogue = Line(self._meeting.certificate)
            await self._meeting.come(rogue)
            for number in range(count // _LIVES):
                self._one(rogue)
                if number % _BURST == 0:
                    await asyncio.sleep(_PAUSE_S)
            await asyncio.sleep(_DRAIN_S)
            await self._meeting.go(rogue)

    def close(self) -> None:
        for stranger in self._strangers:
            stranger.close()

    def _one(self, rogue: Line) -> None:
        kind = self._dice.choice(_ON_THE_WIRE)
        datagram = self._bent[kind].next()
        chance = self._dice.random()
        if chance < _BY_STRANGERS:
            stranger = self._dice.choice(self._strangers)
            stranger.sendto(datagram, ("127.0.0.1", self._meeting.port))
        elif kind == "rtp" and chance < _SEALED:
            rogue.send_rtp(self._fresh(datagram))
        elif kind == "rtcp" and chance < _SEALED:
            rogue.send_rtcp(datagram)
        else:
            rogue.send(datagram)

    def _fresh(self, packet: bytes) -> bytes:
        """Give most packets a new number, without which the cipher takes them for repetitions, and
        some a new source."""
        if len(packet) < _SHORTEST_RTP or self._dice.random() < _STALE:
            return packet
        self._number = (self._number + 1) & 0xFFFF
        source = packet[8:12] if self._dice.random() > _NEW_SOURCE else self._dice.randbytes(4)
        return packet[:2] + self._number.to_bytes(2, "big") + packet[4:8] + source + packet[12:]


async def live(count: int, seed: int) -> Lived:
    """Send `count` datagrams to a worker with a meeting going on."""
    meeting, started = Meeting(), time.monotonic()
    attack = Attack(meeting, seed)
    try:
        await meeting.start()
        await meeting.speaker()
        watcher = Line(meeting.certificate)
        await meeting.come(watcher)
        first = round(count * _WARM_UP)
        await attack.send(first)
        memory, taken = meeting.memory_mb(), await meeting.datagrams()
        lost, frames, since = watcher.lost, watcher.frames, time.monotonic()
        await attack.send(count - first)
        seconds = time.monotonic() - since
        drops = await meeting.drops()
        return Lived(
            datagrams=count,
            taken=await meeting.datagrams() - taken,
            faults=drops.get("internal", 0),
            deaths=meeting.deaths,
            drops=dict(sorted(drops.items())),
            grown_mb=round(meeting.memory_mb() - memory, 2),
            frames=watcher.frames - frames,
            frames_expected=int(seconds * FPS),
            lost=watcher.lost - lost,
            seconds=round(time.monotonic() - started, 1),
        )
    finally:
        attack.close()
        await meeting.stop()


def faults(parsed: Parsed, lived: Lived) -> list[str]:
    """Say what went wrong, in words; nothing where all is well."""
    found = [f"{count} times {fault}" for fault, count in parsed.faults.items()]
    if parsed.kept_kb > PARSERS_MAY_KEEP_KB:
        found.append(f"the parsers kept {parsed.kept_kb} KB")
    if lived.faults or lived.deaths:
        found.append(f"the worker failed {lived.faults} times and died {lived.deaths} times")
    if lived.grown_mb > WORKER_MAY_GROW_MB:
        found.append(f"the worker grew by {lived.grown_mb} MB")
    if lived.frames < _GOES_ON * lived.frames_expected:
        found.append(f"{lived.frames} pictures instead of {lived.frames_expected}")
    return found


def table(parsed: Parsed, lived: Lived) -> str:
    """Lay the result out as a Markdown table."""
    drops = ", ".join(f"{reason} {count:,}" for reason, count in lived.drops.items())
    rows = (
        ("datagrams into the parsers", f"{parsed.datagrams:,} in {parsed.seconds} s"),
        ("exceptions that are not documented", sum(parsed.faults.values())),
        ("kept by the parsers, KB (traced) / MB (resident)",
         f"{parsed.kept_kb} / {parsed.grown_mb}"),
        ("datagrams into a live worker", f"{lived.datagrams:,} in {lived.seconds} s"),
        ("faults and deaths of the worker", f"{lived.faults} / {lived.deaths}"),
        ("growth of the worker, MB", lived.grown_mb),
        ("pictures a watcher got meanwhile, of", f"{lived.frames} / {lived.frames_expected}"),
        ("packets the watcher missed", lived.lost),
        ("dropped, by reason", drops),
    )  # fmt: skip
    return "\n".join(
        ("| what | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows))
    )


def main() -> int:
    """Run both parts; 1 where something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile.fuzz", description=__doc__)
    parser.add_argument("--datagrams", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=410_482)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    to_live = round(options.datagrams * LIVE_SHARE)
    print(f"{options.datagrams - to_live:,} datagrams into the parsers …", flush=True)
    parsed = parse(options.datagrams - to_live, options.seed)
    print(f"{to_live:,} datagrams into a live worker …", flush=True)
    lived = asyncio.run(live(to_live, options.seed))
    wrong = faults(parsed, lived)
    document = {
        "what": "fuzz", "machine": cpu.machine(), "seed": options.seed,
        "parsers": asdict(parsed), "live": asdict(lived), "wrong": wrong,
    }  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    written = options.results / "fuzz.json"
    written.write_text(json.dumps(document, indent=2) + "\n")
    print(f"\n{table(parsed, lived)}\n\n" + ("\n".join(wrong) or "nothing went wrong"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
