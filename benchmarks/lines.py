"""`python -m benchmarks.lines`: real Chromium behind bad lines, our server and Janus in turn."""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import lines_browser, lines_senders
from benchmarks.lines_browser import Actor
from benchmarks.lines_network import CLEAN, Line, NotPermitted, enter
from benchmarks.lines_report import Report, Result, Uplink
from benchmarks.lines_servers import JanusRoom, LiancunRoom, Room
from benchmarks.lines_stage import Stage, open_stage
from benchmarks.lines_trace import trace
from benchmarks.peers.janus import PEER as JANUS

RESULTS = Path(__file__).parent / "results"
LINES = (
    CLEAN,
    Line("1 % loss", loss=0.01),
    Line("5 % loss", loss=0.05),
    Line("10 % loss", loss=0.10),
    Line("20 % loss", loss=0.20),
    Line("300 ms", delay=0.15),
    Line("500 kbit/s", kbit=500),
    Line("200 kbit/s", kbit=200),
    Line("500 kbit/s, 5 % loss, 100 ms", kbit=500, loss=0.05, delay=0.05),
)
SETTLES_S = 6.0
"""The sender's upper layers need some seconds until they flow."""
_BESIDES_S = 30.0


def main() -> None:
    """Measure every line with every server; about five minutes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lines", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of watching each line")
    parser.add_argument("--runs", type=int, default=1, help="of each line")
    parser.add_argument(
        "--only", default="", help="lines of these names, with | between, or none: -"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--no-janus", action="store_true", help="leave Janus out")
    parser.add_argument("--no-liancun", action="store_true", help="leave our own server out")
    parser.add_argument("--no-uplink", action="store_true", help="leave the sender's start out")
    parser.add_argument("--no-sound", action="store_true", help="leave lossy senders out")
    parser.add_argument("--trace", action="store_true", help="print what our server decides")
    options = parser.parse_args()
    rooms = [] if options.no_liancun else ["liancun"]
    if not options.no_janus and not JANUS.installed():
        print(f"janus: left out; {JANUS.how_to_get}")
    elif not options.no_janus:
        rooms.append("janus")
    try:
        enter()
    except NotPermitted as error:
        sys.exit(f"benchmarks.lines needs root, to make networks and lines: {error}")
    names = options.only.split("|")
    plan = _Plan(
        rooms=rooms,
        lines=[line for line in LINES if line.name in names or not options.only],
        runs=options.runs,
        seconds=options.seconds,
        traced=options.trace,
        uplink=not options.no_uplink,
        sound=not options.no_sound,
    )
    report = asyncio.run(_measure(plan))
    print(f"\n{report.text()}")
    options.results.mkdir(parents=True, exist_ok=True)
    written: Path = options.results / "lines.json"
    if written.exists():
        report = report.into(Report.of(json.loads(written.read_text())))
    written.write_text(json.dumps(report.document(), indent=2, ensure_ascii=False) + "\n")
    written.with_suffix(".md").write_text(report.text() + "\n")
    print(f"written to {written} and {written.with_suffix('.md')}")


@dataclass(frozen=True, slots=True)
class _Plan:
    rooms: Sequence[str]
    lines: Sequence[Line]
    runs: int
    seconds: float
    traced: bool
    uplink: bool
    sound: bool


async def _measure(plan: _Plan) -> Report:
    async with open_stage() as stage:
        results: list[Result] = []
        for name in plan.rooms if plan.lines else ():
            results += await _watch(stage, _room(name), plan)
        uplinks = []
        for way, without in lines_senders.BEGINNINGS if plan.uplink else ():
            for _ in range(plan.runs):
                print(f"liancun: the sender's first seconds, {way} …", flush=True)
                uplinks.append(Uplink(way, await lines_senders.begin(stage, without)))
        sounds = []
        for way in lines_senders.SOUNDS if plan.sound else ():
            for line in lines_senders.LOSSY:
                print(f"liancun: sound from behind {line.name}, {way} …", flush=True)
                sounds += await lines_senders.sound(stage, line, way, plan.runs, plan.seconds)
        return Report([line.name for line in LINES], results, uplinks, sounds)


def _room(name: str) -> Room:
    return LiancunRoom() if name == "liancun" else JanusRoom()


async def _watch(stage: Stage, room: Room, plan: _Plan) -> list[Result]:
    """Let one sender in and receivers one after the other, each behind another line."""
    results = []
    try:
        await room.start()
        async with lines_browser.page(stage.sender) as page:
            sender = Actor(page, "sender")
            await room.publish(sender)
            following = asyncio.create_task(_follow(room, sender))
            try:
                await asyncio.sleep(SETTLES_S)
                for line in plan.lines:
                    for _ in range(plan.runs):
                        print(f"{room.name}: {line.name} …", flush=True)
                        results.append(await _look(stage, room, line, plan))
            finally:
                following.cancel()
    finally:
        await room.stop()
    return results


async def _follow(room: Room, sender: Actor) -> None:
    """Send the layers that the server wants, where it says so."""
    told: dict[str, bool] = {}
    while True:
        wanted = getattr(room, "wanted", told)
        if wanted != told:
            told = dict(wanted)
            await sender("send", told)
        await asyncio.sleep(0.05)


async def _look(stage: Stage, room: Room, line: Line, plan: _Plan) -> Result:
    await stage.network.shape("receiver", line)
    try:
        async with (
            asyncio.timeout(plan.seconds + _BESIDES_S),
            lines_browser.page(stage.receiver) as page,
        ):
            receiver = Actor(page, "receiver")
            await room.subscribe(receiver)
            async with trace(room, print) if plan.traced else contextlib.nullcontext():
                seen: dict[str, Any] = await receiver("watch", plan.seconds)
            await room.leave()
        return Result.of(room.name, line.name, seen)
    finally:
        await stage.network.shape("receiver", CLEAN)


if __name__ == "__main__":
    main()
