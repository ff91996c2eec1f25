"""`python -m benchmarks.join_storm`: everybody joins one meeting within a second, through the
whole product: WebSocket, sign-in by token, join, offer, ICE, DTLS, the first picture."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import cpu, processes
from benchmarks.product import Product

RESULTS = Path(__file__).parent / "results"
GIVE_UP_S = 30.0
_REST_S = 1.5
"""Between two looks at /metrics at least, which are answered from memory within a second."""
_STEADY_S = 4.0


@dataclass(frozen=True, slots=True)
class Storm:
    """What was measured; `ms` are milliseconds of CPU for one join.

    `forwarding_ms` is the part of `worker_ms` that went into carrying the speaker's packets to
    those who were in already, by what a packet costs when all are there.
    """

    devices: int
    within_s: float
    saw: int
    first_picture_p50_s: float
    first_picture_p99_s: float
    signaling_ms: float
    worker_ms: float
    forwarding_ms: float
    load_core_percent: float
    signaling_mb: float
    worker_mb: float

    @property
    def join_ms(self) -> float:
        """CPU of one join over both processes without the forwarding beside it."""
        return round(self.signaling_ms + self.worker_ms - self.forwarding_ms, 2)


async def measure(devices: int, within: float) -> Storm:
    """Run the product and the storm; raise RuntimeError where a device could not join."""
    with tempfile.TemporaryDirectory(prefix="liancun-storm-") as folder:
        product, load = Product(Path(folder)), None
        try:
            county = await product.start(devices + 1)
            load = await processes.start("benchmarks.storm")
            processes.tell(
                load,
                {
                    "url": product.url, "occurrence": county.occurrence,
                    "tokens": county.tokens, "within": within, "give_up": GIVE_UP_S,
                },
            )  # fmt: skip
            await processes.line(load)
            await asyncio.sleep(_REST_S)
            return await _measure(product, load, devices, within)
        finally:
            if load is not None:
                await processes.end(load)
            await product.stop()


async def _measure(
    product: Product, load: asyncio.subprocess.Process, devices: int, within: float
) -> Storm:
    watched = (product.signaling, product.worker, load.pid)
    before, packets = [cpu.seconds(pid) for pid in watched], await _forwarded(product)
    clock = asyncio.get_running_loop().time
    began = clock()
    processes.tell(load, "go")
    done = await processes.line(load)
    if done["failed"]:
        raise RuntimeError(f"devices could not join: {done['failed']}\n{product.log()}")
    took = clock() - began
    signaling, worker, loading = (
        cpu.seconds(pid) - b for pid, b in zip(watched, before, strict=True)
    )
    storm_packets = await _forwarded(product) - packets
    await asyncio.sleep(_REST_S)
    steady_cpu, steady_packets = cpu.seconds(product.worker), await _forwarded(product)
    await asyncio.sleep(_STEADY_S)
    steady = cpu.seconds(product.worker) - steady_cpu
    a_packet = steady / max(1.0, await _forwarded(product) - steady_packets)
    seconds: Sequence[float] = done["seconds"]
    return Storm(
        devices=devices,
        within_s=within,
        saw=len(seconds),
        first_picture_p50_s=_percentile(seconds, 0.50),
        first_picture_p99_s=_percentile(seconds, 0.99),
        signaling_ms=round(1000 * signaling / devices, 2),
        worker_ms=round(1000 * worker / devices, 2),
        forwarding_ms=round(1000 * min(worker, a_packet * storm_packets) / devices, 2),
        load_core_percent=round(100 * loading / took, 1),
        signaling_mb=round(cpu.peak_memory(product.signaling) / 1e6, 1),
        worker_mb=round(cpu.peak_memory(product.worker) / 1e6, 1),
    )


async def _forwarded(product: Product) -> float:
    return (await product.figures())["liancun_media_packets_forwarded_total"]


def _percentile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return float("inf")
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def table(storm: Storm) -> str:
    """Lay the result out as a Markdown table."""
    heads = (
        "devices", "saw a picture", "p50 s", "p99 s", "signaling ms", "worker ms",
        "of it forwarding ms", "join ms", "load % of a core", "signaling MB", "worker MB",
    )  # fmt: skip
    row = (
        storm.devices, storm.saw, storm.first_picture_p50_s, storm.first_picture_p99_s,
        storm.signaling_ms, storm.worker_ms, storm.forwarding_ms, storm.join_ms,
        storm.load_core_percent, storm.signaling_mb, storm.worker_mb,
    )  # fmt: skip
    return "\n".join(
        (
            "| " + " | ".join(heads) + " |",
            "|" + "---:|" * len(heads),
            "| " + " | ".join(map(str, row)) + " |",
        )
    )


def main() -> None:
    """Measure once; about half a minute."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.join_storm", description=__doc__)
    parser.add_argument("--devices", type=int, default=235)
    parser.add_argument("--within", type=float, default=1.0, help="all begin in so many seconds")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    print(f"{options.devices} devices join within {options.within} s …", flush=True)
    storm = asyncio.run(measure(options.devices, options.within))
    print(f"\nJoin storm\n\n{table(storm)}\n")
    document = {"what": "join storm", "machine": cpu.machine(), **asdict(storm)}
    document["join_ms"] = storm.join_ms
    options.results.mkdir(parents=True, exist_ok=True)
    written = options.results / "join_storm.json"
    written.write_text(json.dumps(document, indent=2) + "\n")
    written.with_suffix(".md").write_text(table(storm) + "\n")
    print(f"written to {written} and {written.with_suffix('.md')}")


if __name__ == "__main__":
    main()
