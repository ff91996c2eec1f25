"""CPU per forwarded packet: one speaker to many receivers, beside the null forwarder."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import cpu
from config.settings import Media
from media.handle import Worker
from media.messages import Connected, ConnectTransport, GetStats, OpenRouter, Stats

ROOT = Path(__file__).parents[1]
LINE_LIMIT = 16 * 1024 * 1024
"""Longest line between the processes, bytes: 236 offers or answers."""
STEP_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Window:
    """What one measured phase gave; times in seconds."""

    phase: str
    seconds: float
    cpu: float
    received: int
    expected: int
    load_cpu: float


@dataclass(frozen=True, slots=True)
class Result:
    """One number of receivers. `us` are microseconds of CPU per forwarded packet."""

    receivers: int
    worker_us: float
    null_us: float
    ratio: float
    packets_per_second: int
    worker_core_percent: float
    load_core_percent: float
    lost_percent: float
    null_lost_percent: float
    join_ms: float
    """CPU of the worker for one participant to come in, milliseconds."""
    worker_peak_mb: float


async def measure(receivers: int, seconds: float, rounds: int) -> Result:
    """Run the phases in turn, worker and null forwarder with the same receivers."""
    worker = Worker(
        Media(host="127.0.0.1", announce=("127.0.0.1",), udp_port=0, in_process=False)
    )  # fmt: skip
    null = load = None
    await worker.start()
    try:
        assert worker.pid is not None
        await worker.request(OpenRouter(router="bench"))
        null = await _process("benchmarks.null_forwarder")
        load = await _process(
            "benchmarks.load",
            f"--receivers={receivers}", f"--seconds={seconds}", f"--rounds={rounds}",
        )  # fmt: skip
        hello = await _line(load)
        _tell(null, hello["ports"])
        before = cpu.seconds(worker.pid)
        answers = []
        for number, offer in enumerate(hello["offers"]):
            reply = await worker.request(
                ConnectTransport(router="bench", transport=f"p{number}", offer=offer)
            )
            assert isinstance(reply, Connected)
            answers.append(reply.answer)
        _tell(load, {"answers": answers, "null_port": (await _line(null))["port"]})
        await _line(load)
        join = (cpu.seconds(worker.pid) - before) / len(answers)
        pids = {"worker": worker.pid, "null": null.pid}
        windows = [await _window(load, pids) for _ in range(2 * rounds)]
        stats = await worker.request(GetStats())
        assert isinstance(stats, Stats)
        return _result(receivers, windows, join, stats.stats)
    finally:
        for process in (load, null):
            if process is not None:
                await _end(process)
        await worker.stop()


async def _window(load: asyncio.subprocess.Process, pids: dict[str, int]) -> Window:
    phase = (await _line(load))["phase"]
    before, load_before = cpu.seconds(pids[phase]), cpu.seconds(load.pid)
    end = await _line(load)
    return Window(
        phase,
        end["seconds"],
        cpu.seconds(pids[phase]) - before,
        end["received"],
        end["expected"],
        cpu.seconds(load.pid) - load_before,
    )


def _result(
    receivers: int, windows: Sequence[Window], join: float, stats: dict[str, object]
) -> Result:
    worker = [w for w in windows if w.phase == "worker"]
    null = [w for w in windows if w.phase == "null"]
    worker_us, null_us = _microseconds(worker), _microseconds(null)
    length = sum(w.seconds for w in worker)
    peak = stats.get("peak_memory", 0)
    return Result(
        receivers=receivers,
        worker_us=round(worker_us, 2),
        null_us=round(null_us, 2),
        ratio=round(worker_us / null_us, 2),
        packets_per_second=round(sum(w.received for w in worker) / length),
        worker_core_percent=round(100 * sum(w.cpu for w in worker) / length, 1),
        load_core_percent=round(100 * sum(w.load_cpu for w in worker) / length, 1),
        lost_percent=_lost(worker),
        null_lost_percent=_lost(null),
        join_ms=round(1000 * join, 2),
        worker_peak_mb=round(float(peak) / 1e6, 1) if isinstance(peak, int | float) else 0.0,
    )


def _microseconds(windows: Sequence[Window]) -> float:
    return 1e6 * sum(w.cpu for w in windows) / max(1, sum(w.received for w in windows))


def _lost(windows: Sequence[Window]) -> float:
    expected = sum(w.expected for w in windows)
    missing = expected - sum(w.received for w in windows)
    return round(100 * max(0, missing) / max(1, expected), 2)


def table(results: Sequence[Result]) -> str:
    """Lay the results out as a Markdown table."""
    heads = (
        "receivers", "worker µs", "null µs", "ratio", "packets/s", "worker % of a core",
        "load % of a core", "lost %", "join ms", "memory MB",
    )  # fmt: skip
    rows = [
        (
            r.receivers, r.worker_us, r.null_us, r.ratio, r.packets_per_second,
            r.worker_core_percent, r.load_core_percent, r.lost_percent, r.join_ms,
            r.worker_peak_mb,
        )
        for r in results
    ]  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|" + "---:|" * len(heads)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines)


def document(results: Sequence[Result], seconds: float, rounds: int) -> dict[str, object]:
    """Return what is written as JSON."""
    return {
        "what": "CPU per forwarded packet, 1 speaker (60 video + 50 sound packets/s) to receivers",
        "seconds_per_window": seconds,
        "rounds": rounds,
        "machine": cpu.machine(),
        "results": [asdict(result) for result in results],
    }


async def _process(module: str, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        cwd=ROOT, limit=LINE_LIMIT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def _line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(STEP_TIMEOUT):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a process of the benchmark ended early; see above")
    found: dict[str, Any] = json.loads(line)
    return found


def _tell(process: asyncio.subprocess.Process, message: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(3):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
