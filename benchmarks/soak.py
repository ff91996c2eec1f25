"""`python -m benchmarks.soak --minutes 30`: people come and go, and the server does not grow.

In rounds: devices come, stay for a while, hang up or vanish, come again; their room spans two media
workers. Then all go, and when the grace is over all processes are looked at. What is left then is
what leaks.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from benchmarks import cpu
from benchmarks.load import speaker_loop, speaker_voice
from benchmarks.product import County, Product
from benchmarks.visitor import Visitor
from media.transports.dtls import Certificate
from signaling.synthetic.link import Declined, LinkLost

RESULTS = Path(__file__).parent / "results"
DEVICES = 24
WORKERS = 2
ROOM_SHARE = 8
"""Of the dozen and a half who are in at a time, those on one worker."""
SPEAKERS = 3
ROUND_S = 45.0
LONGEST_STAY_S = 12.0
GRACE_S = 2
QUIET_S = GRACE_S + 4.0
"""After the grace the last are gone; a look at /metrics is kept for a second."""

Look = dict[str, float]
MUST_RETURN = (
    "tasks", "signaling_files", *(f"worker{n}_files" for n in range(WORKERS)),
    "sessions", "peers", "transports", "rows", "pipes",
)  # fmt: skip
"""What must be again as it was after the first round."""
MAY_WOBBLE = {"tasks": 2.0, "signaling_files": 12.0}
"""A connection of the store's pool has three files; how many are open depends on the last rush."""
MEMORY = ("signaling_mb", *(f"worker{n}_mb" for n in range(WORKERS)))
MEMORY_MAY_GROW_MB = 8.0
"""Of the last third of the rounds over the second: in the first one caches fill."""


async def soak(minutes: float) -> list[Look]:
    """Run rounds for so long; return what was seen after each of them."""
    looks: list[Look] = []
    with tempfile.TemporaryDirectory(prefix="liancun-soak-") as folder:
        product = Product(
            Path(folder),
            LIANCUN_SIGNALING__RESUME_GRACE_S=str(GRACE_S),
            LIANCUN_MEDIA__WORKERS=str(WORKERS),
            LIANCUN_MEDIA__ROOM_SHARE=str(ROOM_SHARE),
        )
        try:
            county = await product.start(DEVICES)
            end = time.monotonic() + 60 * minutes
            while not looks or time.monotonic() < end:
                spanning = asyncio.create_task(_spanning(product))
                came = await _round(product.url, county, ROUND_S)
                await asyncio.sleep(QUIET_S)
                looks.append(await _look(product, came, await spanning))
                print("  ".join(f"{name} {value:g}" for name, value in looks[-1].items()),
                      flush=True)  # fmt: skip
        finally:
            await product.stop()
    return looks


async def _round(url: str, county: County, seconds: float) -> int:
    """Let devices come and go; return how often one came."""
    certificate, end = Certificate.generate(), time.monotonic() + seconds
    loop, voice = speaker_loop(15, 1), speaker_voice()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        visitors = [
            Visitor(
                http, url, token, certificate,
                loop=loop if n < SPEAKERS else None, voice=voice if n < SPEAKERS else None,
            )
            for n, token in enumerate(county.tokens)
        ]  # fmt: skip
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_visit(v, county.occurrence, end)) for v in visitors]
    return sum(task.result() for task in tasks)


async def _visit(visitor: Visitor, occurrence: str, end: float) -> int:
    came = 0
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(left, random.uniform(0, 2.0)))
        try:
            await visitor.come(occurrence)
            came += 1
            visitor.speak()
            left = max(0.0, end - time.monotonic())
            await asyncio.sleep(min(left, random.uniform(0, LONGEST_STAY_S)))
        except (LinkLost, Declined, ConnectionError) as error:
            print(f"a device did not come in: {error!r}", file=sys.stderr, flush=True)
        await (visitor.leave() if random.random() < 0.7 else visitor.vanish())
    return came


async def _spanning(product: Product) -> float:
    """Return how many ends of pipes there are in the middle of a round."""
    await asyncio.sleep(ROUND_S / 2)
    return (await product.figures())["liancun_media_pipes"]


async def _look(product: Product, came: int, pipe_ends: float) -> Look:
    figures = await product.figures()
    workers = list(enumerate(product.workers))
    return {
        "came": came,
        "pipe_ends_in_between": pipe_ends,
        "signaling_mb": round(cpu.memory(product.signaling) / 1e6, 1),
        **{f"worker{n}_mb": round(cpu.memory(pid) / 1e6, 1) for n, pid in workers},
        "signaling_files": cpu.open_files(product.signaling),
        **{f"worker{n}_files": cpu.open_files(pid) for n, pid in workers},
        "tasks": figures["liancun_tasks"],
        "sessions": figures["liancun_sessions"],
        "peers": figures["liancun_peers"],
        "transports": figures["liancun_media_transports"],
        "rows": figures["liancun_media_rows"],
        "pipes": figures["liancun_media_pipes"],
        "restarts": figures["liancun_worker_restarts_total"],
    }


def grown(looks: Sequence[Look]) -> list[str]:
    """Say what grew, in words; nothing for a server that is as it was."""
    first, last = looks[0], looks[-1]
    found = [
        f"{name}: {first[name]:g} after the first round, {last[name]:g} after the last"
        for name in MUST_RETURN
        if last[name] > first[name] + MAY_WOBBLE.get(name, 0.0)
    ]
    third = len(looks) // 3
    if third:
        for name in MEMORY:
            earlier = _mean(looks[third : 2 * third], name)
            later = _mean(looks[-third:], name)
            if later > earlier + MEMORY_MAY_GROW_MB:
                found.append(f"{name}: {earlier:.1f} in the middle, {later:.1f} in the end")
    if last["restarts"]:
        found.append(f"the media worker died {last['restarts']:g} times")
    if not all(look["came"] for look in looks):
        found.append("a round in which nobody came in")
    if not all(look["pipe_ends_in_between"] for look in looks):
        found.append("a round whose room did not span the workers")
    return found


def _mean(looks: Sequence[Look], name: str) -> float:
    return sum(look[name] for look in looks) / len(looks)


def main() -> int:
    """Soak; 1 where something grew."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    options = parser.parse_args()
    looks = asyncio.run(soak(options.minutes))
    found = grown(looks)
    options.results.mkdir(parents=True, exist_ok=True)
    document = {"what": "soak", "machine": cpu.machine(), "rounds": looks, "grown": found}
    (options.results / "soak.json").write_text(json.dumps(document, indent=2) + "\n")
    print("\n".join(found) or f"nothing grew in {len(looks)} rounds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
