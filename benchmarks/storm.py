"""The load of the join storm: many light devices in one process, all within a second.

Talks JSON lines with its parent: the addresses in; `ready` when a speaker is in; a line in to go;
then what happened.
"""

import asyncio
import json
import random
import sys
import time

import aiohttp

from benchmarks.load import say, speaker_loop, speaker_voice
from benchmarks.visitor import Visitor
from media.synthetic.encoded import EncodedVoice, Sound
from media.transports.dtls import Certificate
from signaling.synthetic.link import Declined, LinkLost

_FPS = 15
_SILENCE = EncodedVoice((Sound(b"\0", 127),), Sound(b"\0", 127))
_LOOK_EVERY_S = 0.02
"""How exactly the time of the first picture is known, seconds."""


async def _storm(
    url: str, occurrence: str, tokens: list[str], within: float, give_up: float
) -> None:
    certificate, dice = Certificate.generate(), random.Random(1)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        speaker = Visitor(
            http, url, tokens[0], certificate,
            loop=speaker_loop(_FPS, 1), voice=speaker_voice(),
        )  # fmt: skip
        visitors = [Visitor(http, url, t, certificate, voice=_SILENCE) for t in tokens[1:]]
        try:
            await speaker.come(occurrence)
            speaker.speak()
            say(event="ready")
            await asyncio.to_thread(sys.stdin.readline)
            offsets = sorted(dice.uniform(0, within) for _ in visitors)
            comings = [
                asyncio.create_task(_come(*each, occurrence))
                for each in zip(visitors, offsets, strict=True)
            ]
            seen = await _watch(visitors, time.monotonic() + give_up)
            for task in comings:
                task.cancel()
            outcomes = await asyncio.gather(*comings, return_exceptions=True)
            failed = [repr(outcome) for outcome in outcomes if outcome is not None]
            say(event="done", seconds=sorted(seen), failed=failed[:5])
            await asyncio.to_thread(sys.stdin.readline)
        finally:
            for visitor in (speaker, *visitors):
                await visitor.vanish()


async def _come(visitor: Visitor, offset: float, occurrence: str) -> str | None:
    await asyncio.sleep(offset)
    try:
        await visitor.come(occurrence)
    except (LinkLost, Declined, ConnectionError) as error:
        return repr(error)
    return None


async def _watch(visitors: list[Visitor], end: float) -> list[float]:
    """Return how long each waited for its first picture, seconds; those who saw none are left
    out."""
    waiting, seen = list(visitors), []
    while waiting and (now := time.monotonic()) < end:
        seeing = [visitor for visitor in waiting if visitor.sees]
        seen += [now - visitor.began for visitor in seeing]
        waiting = [visitor for visitor in waiting if visitor not in seeing]
        await asyncio.sleep(_LOOK_EVERY_S)
    return seen


def main() -> None:
    """Do what the first line of standard input says."""
    asyncio.run(_storm(**json.loads(sys.stdin.readline())))


if __name__ == "__main__":
    main()
