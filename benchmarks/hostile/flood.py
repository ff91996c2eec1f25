"""`python -m benchmarks.hostile.flood`: what floods from strangers cost somebody in a meeting.

Windows with and without a flood alternate in one meeting: a voice whose packets say when they were
sent, and somebody who hears it.
"""

import argparse
import asyncio
import json
import struct
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import cpu, processes
from benchmarks.hostile.flooder import KINDS
from benchmarks.hostile.line import Line
from benchmarks.hostile.meeting import Meeting
from benchmarks.load import speaker_voice
from media.synthetic.outgoing import extension_block

RESULTS = Path(__file__).parents[1] / "results"
_STAMP = struct.Struct("!dI")
_SETTLE_S = 0.5
_VOICE = 111
_HEADER_BYTES = 12
_PACKETS_PER_S = 50


@dataclass(frozen=True, slots=True)
class Window:
    """What the listener had of one window. Delays are milliseconds from send to receipt."""

    flood: str
    flood_per_s: int
    sent: int
    lost: int
    delay_p50_ms: float
    delay_p99_ms: float
    worker_core_percent: float


class Probe:
    """Speaks packets that say when they were sent, and notes when they are heard."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self._sent = 0
        self._delays: dict[int, float] = {}
        self.name = ""
        """The ICE name of the speaker's connection, as somebody on its line could know it."""

    async def start(self) -> None:
        """Let the speaker and the listener in."""
        self._speaker = Line(self._meeting.certificate, voice=speaker_voice())
        self.name = await self._meeting.come(self._speaker)
        self._speaker.endpoint.microphone = None  # it is offered, and speaks through us alone
        await self._meeting.come(Line(self._meeting.certificate, on_rtp=self._heard))

    async def window(self, seconds: float) -> tuple[int, list[float]]:
        """Speak for so long; return how many packets were sent, and the delays of those heard."""
        self._delays = {}
        first, began = self._sent, time.monotonic()
        while (elapsed := time.monotonic() - began) < seconds:
            while self._sent - first < elapsed * _PACKETS_PER_S:
                self._speak()
            await asyncio.sleep(1 / _PACKETS_PER_S / 2)
        await asyncio.sleep(_SETTLE_S)
        return self._sent - first, sorted(
            delay for number, delay in self._delays.items() if number >= first
        )

    def _speak(self) -> None:
        block = extension_block([(4, b"0"), (1, b"\x9e")])
        head = struct.pack(
            "!BBHII", 0x90, _VOICE, self._sent & 0xFFFF, 960 * self._sent & 0xFFFFFFFF, 0x5EED
        )
        self._speaker.send_rtp(head + block + _STAMP.pack(time.monotonic(), self._sent))
        self._sent += 1

    def _heard(self, packet: bytes) -> None:
        if packet[1] & 0x7F == _VOICE and len(packet) >= _HEADER_BYTES + _STAMP.size:
            sent_at, number = _STAMP.unpack(packet[-_STAMP.size :])
            self._delays[number] = 1000 * (time.monotonic() - sent_at)


async def measure(seconds: float, rate: float, kinds: Sequence[str] = KINDS) -> list[Window]:
    """Run a window without a flood before and after each kind of flood."""
    meeting = Meeting()
    windows = []
    try:
        await meeting.start()
        probe = Probe(meeting)
        await probe.start()
        await probe.window(1.0)
        for kind in kinds:
            windows.append(await _window(meeting, probe, seconds, "", 0.0))
            windows.append(await _window(meeting, probe, seconds, kind, rate))
        windows.append(await _window(meeting, probe, seconds, "", 0.0))
    finally:
        await meeting.stop()
    return windows


async def _window(meeting: Meeting, probe: Probe, seconds: float, kind: str, rate: float) -> Window:
    flooder = None
    if kind:
        flooder = await processes.start(
            "benchmarks.hostile.flooder", str(meeting.port), kind, str(rate), probe.name
        )
        await processes.line(flooder)
    used, began = cpu.seconds(meeting.pid), time.monotonic()
    sent, delays = await probe.window(seconds)
    percent = 100 * (cpu.seconds(meeting.pid) - used) / (time.monotonic() - began)
    per_s = 0
    if flooder is not None:
        assert flooder.stdin is not None
        flooder.stdin.close()
        told = await processes.line(flooder)
        per_s = round(told["sent"] / told["seconds"])
        await processes.end(flooder)
    return Window(
        flood=kind or "none",
        flood_per_s=per_s,
        sent=sent,
        lost=sent - len(delays),
        delay_p50_ms=_percentile(delays, 0.50),
        delay_p99_ms=_percentile(delays, 0.99),
        worker_core_percent=round(percent, 1),
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return float("inf")
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def table(windows: Sequence[Window]) -> str:
    """Lay the result out as a Markdown table."""
    heads = (
        "flood", "a second", "sent", "lost", "delay p50 ms", "p99 ms", "worker % of a core",
    )  # fmt: skip
    rows = [
        "| " + " | ".join(str(value) for value in asdict(window).values()) + " |"
        for window in windows
    ]
    return "\n".join(("| " + " | ".join(heads) + " |", "|---|" + "---:|" * 6, *rows))


def main() -> None:
    """Measure once; about a minute."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile.flood", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="of one window")
    parser.add_argument("--rate", type=float, default=10_000.0, help="datagrams a second")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    windows = asyncio.run(measure(options.seconds, options.rate))
    print(f"\nFloods\n\n{table(windows)}\n")
    document = {
        "what": "flood", "machine": cpu.machine(), "windows": [asdict(w) for w in windows],
    }  # fmt: skip
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "flood.json").write_text(json.dumps(document, indent=2) + "\n")
    (options.results / "flood.md").write_text(table(windows) + "\n")


if __name__ == "__main__":
    main()
