"""`python -m benchmarks.lines`: real Chromium behind bad lines, our server and Janus in turn."""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from benchmarks import lines_browser
from benchmarks.lines_browser import Actor
from benchmarks.lines_network import CLEAN, SERVER, Line, Network, NotPermitted, enter
from benchmarks.lines_relay import Relay
from benchmarks.lines_report import Result, Uplink, table, uplink_table
from benchmarks.lines_servers import JanusRoom, LiancunRoom, Room, media_at, rerouted
from benchmarks.peers import janus, known
from tests.support.chromium import write_voice

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
UPLINKS = (("transport-cc", ()), ("REMB alone", ("transport-cc", "transport-wide-cc")))
"""What of the offer is dropped."""
UPLINK_S = 10.0
SETTLES_S = 6.0
"""The sender's upper layers need some seconds until they flow."""
_BESIDES_S = 30.0


def main() -> None:
    """Measure every line with every server; about five minutes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lines", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of watching each line")
    parser.add_argument("--only", default="", help="lines whose name contains this")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--no-janus", action="store_true", help="leave Janus out")
    parser.add_argument("--no-uplink", action="store_true", help="leave the sender's start out")
    options = parser.parse_args()
    rooms = ["liancun"]
    if not options.no_janus:
        rooms += [peer.name for peer in known.present([janus.PEER])]
    try:
        enter()
    except NotPermitted as error:
        sys.exit(f"benchmarks.lines needs root, to make networks and lines: {error}")
    chosen = [line for line in LINES if options.only in line.name]
    results, uplinks = asyncio.run(
        _measure(rooms, chosen, options.seconds, uplink=not options.no_uplink)
    )
    text = table(results) + ("\n\n" + uplink_table(uplinks) if uplinks else "")
    print(f"\n{text}")
    options.results.mkdir(parents=True, exist_ok=True)
    written: Path = options.results / "lines.json"
    document = {
        "seconds": options.seconds,
        "lines": [result.document() for result in results],
        "uplinks": [uplink.document() for uplink in uplinks],
    }
    written.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    written.with_suffix(".md").write_text(text + "\n")
    print(f"written to {written} and {written.with_suffix('.md')}")


async def _measure(
    rooms: Sequence[str], lines: Sequence[Line], seconds: float, *, uplink: bool
) -> tuple[list[Result], list[Uplink]]:
    async with _stage() as stage:
        results: list[Result] = []
        for name in rooms if lines else ():
            results += await _watch(stage, _room(name), lines, seconds)
        uplinks = []
        if uplink:
            for way, without in UPLINKS:
                print(f"liancun: the sender's first seconds, {way} …", flush=True)
                uplinks.append(Uplink(way, await _start(stage, tuple(without))))
        order = {line.name: number for number, line in enumerate(lines)}
        return sorted(results, key=lambda result: order[result.line]), uplinks


@dataclass(frozen=True, slots=True)
class _Stage:
    network: Network
    relay: Relay
    relay_port: int
    sender: Browser
    receiver: Browser


@asynccontextmanager
async def _stage() -> AsyncIterator[_Stage]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liancun-lines-")))
        network, relay = Network(), Relay(SERVER)
        stack.push_async_callback(network.close)
        await network.open()
        stack.callback(relay.close)
        port = await relay.open()
        film = lines_browser.write_film(folder / "film.mjpeg")
        voice = write_voice(folder / "voice.wav")
        sender = await stack.enter_async_context(
            lines_browser.chromium(
                folder, "sender", network.at("sender"),
                f"--use-file-for-fake-video-capture={film}",
                f"--use-file-for-fake-audio-capture={voice}",
            )
        )  # fmt: skip
        receiver = await stack.enter_async_context(
            lines_browser.chromium(folder, "receiver", network.at("receiver"))
        )
        yield _Stage(network, relay, port, sender, receiver)


def _room(name: str) -> Room:
    return LiancunRoom() if name == "liancun" else JanusRoom()


async def _watch(stage: _Stage, room: Room, lines: Sequence[Line], seconds: float) -> list[Result]:
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
                for line in lines:
                    if line.delay and isinstance(room, JanusRoom):
                        continue  # it answers no check that comes by the relay
                    print(f"{room.name}: {line.name} …", flush=True)
                    results.append(await _look(stage, room, line, seconds))
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


async def _look(stage: _Stage, room: Room, line: Line, seconds: float) -> Result:
    def way(sdp: str) -> str:
        if not line.delay:
            return sdp
        stage.relay.lead(media_at(sdp))
        return rerouted(sdp, SERVER, stage.relay_port)

    stage.relay.delay = line.delay
    await stage.network.shape("receiver", line)
    try:
        async with (
            asyncio.timeout(seconds + _BESIDES_S),
            lines_browser.page(stage.receiver) as page,
        ):
            receiver = Actor(page, "receiver")
            await room.subscribe(receiver, way)
            seen: dict[str, Any] = await receiver("watch", seconds)
            await room.leave()
        return Result.of(room.name, line.name, seen)
    finally:
        await stage.network.shape("receiver", CLEAN)


async def _start(stage: _Stage, without: tuple[str, ...]) -> list[dict[str, float]]:
    """Watch what a sender sends in its first seconds."""
    room = LiancunRoom()
    try:
        await room.start()
        async with lines_browser.page(stage.sender) as page:
            sender = Actor(page, "sender")
            await room.publish(sender, without)
            samples: list[dict[str, float]] = await sender("watch", UPLINK_S)
            return samples
    finally:
        await room.stop()


if __name__ == "__main__":
    main()
