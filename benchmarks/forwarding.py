"""CPU per forwarded packet, beside the null forwarder: of one speaker or a whole lecture."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks import cpu, processes
from benchmarks.scenes import FRAMES, SINGLE, Profile
from benchmarks.server import Server

LECTURE = "lecture"
OURS = "liancun"


@dataclass(frozen=True, slots=True)
class Window:
    """What one measured phase gave; times in seconds. `phase` is `server` or `null`."""

    phase: str
    seconds: float
    cpu: float
    received: int
    expected: int
    load_cpu: float
    delays: Sequence[int] = ()
    """Microseconds from sender to receiver, sorted."""


@dataclass(frozen=True, slots=True)
class Result:
    """One number of receivers. `us` are microseconds of CPU per forwarded packet."""

    server: str
    profile: str
    receivers: int
    server_us: float
    null_us: float
    ratio: float
    packets_per_second: int
    server_core_percent: float
    load_core_percent: float
    lost_percent: float
    null_lost_percent: float
    join_ms: float
    """CPU of the server for one participant to come in, milliseconds."""
    peak_mb: float
    delay_p50_ms: float
    """From the sender's socket to the receiver's, through the server."""
    delay_p99_ms: float
    null_delay_p50_ms: float
    null_delay_p99_ms: float


async def measure(
    name: str,
    server: Server,
    profile: Profile | None,
    receivers: int,
    seconds: float,
    rounds: int,
) -> Result:
    """Run the phases in turn, server and null forwarder with the same receivers: of one speaker
    by `profile`, or without one a lecture, whose receivers are all there are."""
    null = load = None
    try:
        pid = await server.start()
        null = await processes.start("benchmarks.null_forwarder")
        load = await processes.start(
            "benchmarks.load",
            f"--host={server.host}", f"--receivers={receivers}",
            f"--seconds={seconds}", f"--rounds={rounds}", *_scene(profile),
        )  # fmt: skip
        hello = await processes.line(load)
        processes.tell(
            null,
            {"host": server.host, "ports": hello["ports"], "forwarded": hello["forwarded"]},
        )
        before = cpu.seconds(pid)
        speaker, *others = hello["offers"]
        processes.tell(load, {"answers": await server.connect([speaker])})
        await processes.line(load)
        answers = await server.connect(others)
        null_port = (await processes.line(null))["port"]
        processes.tell(load, {"answers": answers, "null_port": null_port})
        await processes.line(load)
        join = (cpu.seconds(pid) - before) / (1 + len(others))
        pids = {"server": pid, "null": null.pid}
        windows = [await _window(load, pids) for _ in range(2 * rounds)]
        scene = LECTURE if profile is None else profile.name
        return result(name, scene, receivers, windows, join, await server.peak_memory())
    finally:
        for process in (load, null):
            if process is not None:
                await processes.end(process)
        await server.stop()


async def _window(load: asyncio.subprocess.Process, pids: dict[str, int]) -> Window:
    phase = (await processes.line(load))["phase"]
    before, load_before = cpu.seconds(pids[phase]), cpu.seconds(load.pid)
    end = await processes.line(load)
    return Window(
        phase,
        end["seconds"],
        cpu.seconds(pids[phase]) - before,
        end["received"],
        end["expected"],
        cpu.seconds(load.pid) - load_before,
        end["delays"],
    )


def _scene(profile: Profile | None) -> list[str]:
    if profile is None:
        return [f"--scene={LECTURE}"]
    return [f"--scene={profile.name}", f"--fps={profile.fps}", f"--packets={profile.packets}"]


def result(
    name: str,
    profile: str,
    receivers: int,
    windows: Sequence[Window],
    join: float,
    peak: float,
) -> Result:
    """Add up windows; `join` in seconds of CPU, `peak` in bytes."""
    server = [w for w in windows if w.phase == "server"]
    null = [w for w in windows if w.phase == "null"]
    server_us, null_us = _microseconds(server), _microseconds(null)
    length = sum(w.seconds for w in server)
    return Result(
        server=name,
        profile=profile,
        receivers=receivers,
        server_us=round(server_us, 2),
        null_us=round(null_us, 2),
        ratio=round(server_us / null_us, 2),
        packets_per_second=round(sum(w.received for w in server) / length),
        server_core_percent=round(100 * sum(w.cpu for w in server) / length, 1),
        load_core_percent=round(100 * sum(w.load_cpu for w in server) / length, 1),
        lost_percent=_lost(server),
        null_lost_percent=_lost(null),
        join_ms=round(1000 * join, 2),
        peak_mb=round(peak / 1e6, 1),
        delay_p50_ms=_delay(server, 0.50),
        delay_p99_ms=_delay(server, 0.99),
        null_delay_p50_ms=_delay(null, 0.50),
        null_delay_p99_ms=_delay(null, 0.99),
    )


def _microseconds(windows: Sequence[Window]) -> float:
    return 1e6 * sum(w.cpu for w in windows) / max(1, sum(w.received for w in windows))


def _delay(windows: Sequence[Window], share: float) -> float:
    delays = sorted(delay for window in windows for delay in window.delays)
    if not delays:
        return 0.0
    return round(delays[min(len(delays) - 1, int(share * len(delays)))] / 1000, 2)


def _lost(windows: Sequence[Window]) -> float:
    expected = sum(w.expected for w in windows)
    missing = expected - sum(w.received for w in windows)
    return round(100 * max(0, missing) / max(1, expected), 2)


def table(results: Sequence[Result]) -> str:
    """Lay the results out as a Markdown table."""
    heads = (
        "server", "picture", "receivers", "µs", "null µs", "ratio", "packets/s", "% of a core",
        "load % of a core", "lost %", "delay p99 ms", "join ms", "memory MB",
    )  # fmt: skip
    rows = [
        (
            r.server, r.profile, r.receivers, r.server_us, r.null_us, r.ratio,
            r.packets_per_second, r.server_core_percent, r.load_core_percent, r.lost_percent,
            r.delay_p99_ms, r.join_ms, r.peak_mb,
        )
        for r in results
    ]  # fmt: skip
    return _laid_out(heads, rows)


def lecture_table(results: Sequence[Result]) -> str:
    """Lay the results of lectures out as a Markdown table."""
    heads = (
        "server", "people", "µs", "null µs", "ratio", "packets/s", "% of a core",
        "load % of a core", "lost %", "delay p50 ms", "p99 ms", "null p50 ms", "null p99 ms",
        "memory MB",
    )  # fmt: skip
    rows = [
        (
            r.server, r.receivers, r.server_us, r.null_us, r.ratio, r.packets_per_second,
            r.server_core_percent, r.load_core_percent, r.lost_percent, r.delay_p50_ms,
            r.delay_p99_ms, r.null_delay_p50_ms, r.null_delay_p99_ms, r.peak_mb,
        )
        for r in results
    ]  # fmt: skip
    return _laid_out(heads, rows)


def _laid_out(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    words = sum(isinstance(cell, str) for cell in rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * words]
    lines[1] += "---:|" * (len(heads) - words)
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def times_as_much(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Return how many times as much the other servers need for the same, by name and profile."""
    found = {(r.server, r.profile, r.receivers): r.server_us for r in results}
    times: dict[str, dict[str, float]] = {}
    for (server, profile, receivers), microseconds in found.items():
        ours = found.get((OURS, profile, receivers))
        if server != OURS and ours:
            times.setdefault(server, {})[profile] = round(microseconds / ours, 2)
    return times


def document(results: Sequence[Result], seconds: float, rounds: int) -> dict[str, object]:
    """Return what is written as JSON."""
    return {
        "what": "CPU per forwarded packet: 1 speaker (picture and 50 sound packets/s) or a lecture",
        "profiles": {profile.name: str(profile) for profile in (SINGLE, FRAMES)},
        "seconds_per_window": seconds,
        "rounds": rounds,
        "machine": cpu.machine(),
        "results": [asdict(result) for result in results],
        "times_as_much_as_ours": times_as_much(results),
    }
