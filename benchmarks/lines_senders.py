"""What a sender's own line does: its first seconds, and its sound when the line loses packets."""

import asyncio
from typing import Any

from benchmarks import lines_browser
from benchmarks.lines_browser import Actor
from benchmarks.lines_network import CLEAN, Line
from benchmarks.lines_report import Sound
from benchmarks.lines_servers import LiancunRoom
from benchmarks.lines_stage import Stage

BEGINNINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("transport-cc", ()),
    ("REMB alone", ("transport-cc", "transport-wide-cc")),
)
"""What of the offer is dropped."""
BEGINNING_S = 8.5
SOUNDS = ("plain", "redundant", "as our pages")
"""The last one runs the code of the pages, which decides by itself."""
LOSSY = (
    Line("5 % loss", loss=0.05),
    Line("10 % loss", loss=0.10),
    Line("20 % loss", loss=0.20),
)
_LEARNS_S = 10.0
"""In this time a sender hears of the loss and protects its sound as far as it does."""


async def begin(stage: Stage, without: tuple[str, ...]) -> list[dict[str, float]]:
    """Watch what a sender sends in its first seconds; `without` drops lines of its offer."""
    room = LiancunRoom()
    try:
        await room.start()
        async with lines_browser.page(stage.sender) as page:
            sender = Actor(page, "sender")
            await room.publish(sender, without)
            samples: list[dict[str, float]] = await sender("watch", BEGINNING_S)
            return samples
    finally:
        await room.stop()


async def sound(stage: Stage, line: Line, way: str, runs: int, seconds: float) -> list[Sound]:
    """Let a sender speak from behind a line, and listen at a clean one."""
    room, heard = LiancunRoom(), []
    try:
        await room.start()
        async with lines_browser.page(stage.sender) as page:
            sender = Actor(page, "page" if way == SOUNDS[-1] else "sender")
            await room.publish(sender, redundant=way == "redundant")
            await stage.network.shape("sender", line)
            await asyncio.sleep(_LEARNS_S)
            for _ in range(runs):
                async with lines_browser.page(stage.receiver) as far:
                    receiver = Actor(far, "receiver")
                    await room.subscribe(receiver)
                    before: dict[str, float] = await sender("sound")
                    seen: dict[str, Any] = await receiver("watch", seconds)
                    after: dict[str, float] = await sender("sound")
                    await room.leave()
                heard.append(Sound.of(line.name, way, seen, before, after))
    finally:
        await stage.network.shape("sender", CLEAN)
        await room.stop()
    return heard
