"""All synthetic phones of one process: started one after the other, talking in turns."""

import asyncio
import random
import re
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict, Field

from media.synthetic.recording import Cancelled, Recording, record
from media.synthetic.turns import Turns
from media.transports.dtls import Certificate
from signaling.synthetic.phone import Line, SyntheticPhone

_SETTLE_S = 0.1
"""Pause between two phones that start, seconds."""

_DRAW_AT_ONCE = 2
_TOWNSHIP = re.compile("(.{1,6}?(?:镇|乡|街道))(.{2,})")

log = structlog.stdlib.get_logger(__name__)


class PhoneSpec(BaseModel):
    """One phone of the list; `name` stands in its picture, `caption` under it.

    Without a caption the township that the name begins with is taken out of it for that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    token: str = Field(repr=False)
    name: str = Field(min_length=1, max_length=40)
    caption: str = Field(default="", max_length=60)

    def titles(self) -> tuple[str, str]:
        """Return what stands in the picture, large and small: 示范六村, 寄料镇."""
        found = None if self.caption else _TOWNSHIP.fullmatch(self.name)
        return (found[2], found[1]) if found else (self.name, self.caption)


async def run(specs: Sequence[PhoneSpec], cache: Path, stop: asyncio.Event) -> None:
    """Carry the phones until `stop` is set, then hang all of them up.

    Recordings are read from `cache` or made, one after the other; a phone calls as soon as its own
    is there.
    """
    phones: list[SyntheticPhone] = []
    certificate = Certificate.generate()
    async with aiohttp.ClientSession() as http:
        tasks = [asyncio.create_task(_talk(phones))]
        starting = asyncio.create_task(_start(specs, cache, stop, http, certificate, phones, tasks))
        try:
            await stop.wait()
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            for task in tasks:
                task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(outcome, Exception):
                    log.error("phone broke down", error=repr(outcome))
    log.info("phones hung up", phones=len(phones))


async def _start(
    specs: Sequence[PhoneSpec],
    cache: Path,
    stop: asyncio.Event,
    http: aiohttp.ClientSession,
    certificate: Certificate,
    phones: list[SyntheticPhone],
    tasks: list[asyncio.Task[None]],
) -> None:
    drawing = asyncio.Semaphore(_DRAW_AT_ONCE)

    async def drawn(number: int, spec: PhoneSpec) -> Recording:
        async with drawing:
            return await asyncio.to_thread(
                record, cache, *spec.titles(), number, cancelled=stop.is_set
            )

    recordings = [asyncio.create_task(drawn(*pair)) for pair in enumerate(specs)]
    try:
        for number, spec in enumerate(specs):
            recording = await recordings[number]
            line = Line(spec.url, spec.token)
            phone = SyntheticPhone(number, line, recording, http, certificate)
            phones.append(phone)
            tasks.append(asyncio.create_task(phone.run()))
            await asyncio.sleep(_SETTLE_S)
    except Cancelled:
        return
    finally:
        for task in recordings:
            task.cancel()
        await asyncio.gather(*recordings, return_exceptions=True)
    log.info("phones started", phones=len(phones))


async def _talk(phones: Sequence[SyntheticPhone]) -> None:
    """Give the turns to those who are in a meeting."""
    loop = asyncio.get_running_loop()
    turns = Turns(random.Random(), loop.time())
    before: str | None = None
    while True:
        by_name = {str(phone.number): phone for phone in phones}
        present = [name for name, phone in by_name.items() if phone.can_speak]
        speaker = turns.advance(present, loop.time())
        if speaker != before:
            for name, phone in by_name.items():
                if name in (before, speaker):
                    phone.speak(name == speaker)
            before = speaker
        # Twice a second, because a speaker may lose its line in the middle of a turn.
        await asyncio.sleep(min(0.5, max(0.02, turns.deadline() - loop.time())))
