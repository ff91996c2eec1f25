"""Worker processes as a pool, what they said, and participants that join by it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import Media
from media.messages import (
    Connected,
    ConnectTransport,
    GetStats,
    OpenRouter,
    RoomEvent,
    Slot,
    SlotsChanged,
    SpeakerChanged,
    Stats,
    TransportStateChanged,
)
from media.pool import Lost, Workers
from media.synthetic.encoded import EncodedVoice, Sound
from media.synthetic.participant import SyntheticParticipant
from tests.media.synthetic.builders import a_loop


def a_speech() -> EncodedVoice:
    """Syllables: what stays equally loud is no speech."""
    sounds = tuple(Sound(b"voice" + bytes((n,)), 20 if n % 6 < 3 else 34) for n in range(48))
    return EncodedVoice(sounds, Sound(b"hush", 127))


class Pool:
    """The workers, what they said, and what was lost."""

    def __init__(self, settings: Media, key_every: int = 4) -> None:
        self._key_every = key_every
        self.events: list[RoomEvent] = []
        self.slots: dict[str, tuple[Slot, ...]] = {}
        self.lost: asyncio.Queue[Lost] = asyncio.Queue()
        self.workers = Workers(settings, on_event=self._hear, on_lost=self.lost.put_nowait)

    def _hear(self, event: RoomEvent) -> None:
        self.events.append(event)
        if isinstance(event, SlotsChanged):
            self.slots[event.transport] = event.slots

    async def open(self, *routers: str) -> None:
        for router in routers:
            await self.workers.request(OpenRouter(router=router))

    async def join(self, router: str, transport: str) -> SyntheticParticipant:
        loop = a_loop(max(12, self._key_every), self._key_every)
        participant = SyntheticParticipant(loop, a_speech())
        reply = await self.workers.request(
            ConnectTransport(router=router, transport=transport, offer=participant.offer())
        )
        assert isinstance(reply, Connected)
        self.slots[transport] = reply.slots
        participant.accept(reply.answer)
        await participant.connected()
        return participant

    async def stats(self) -> dict[str, object]:
        reply = await self.workers.request(GetStats())
        assert isinstance(reply, Stats)
        return reply.stats

    def kill(self, number: int) -> None:
        pid = self.workers.members[number].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def states(self, transport: str) -> list[str]:
        return [
            event.state
            for event in self.events
            if isinstance(event, TransportStateChanged) and event.transport == transport
        ]

    def main_picture(self, transport: str) -> str | None:
        """Return whom a participant was told last to see."""
        return next(s.transport for s in self.slots[transport] if s.kind == "video")

    def voices(self, transport: str) -> set[str]:
        return {s.transport for s in self.slots[transport] if s.kind == "audio" and s.transport}

    def speakers(self) -> list[str | None]:
        return [event.transport for event in self.events if isinstance(event, SpeakerChanged)]


@asynccontextmanager
async def a_pool(
    workers: int = 2, *, in_process: bool = False, room_share: int = 240, key_every: int = 4
) -> AsyncIterator[Pool]:
    """`key_every`: every how many frames a camera sends a key frame unasked."""
    pool = Pool(
        Media(
            host="127.0.0.1",
            udp_port=0,
            workers=workers,
            in_process=in_process,
            room_share=room_share,
        ),
        key_every,
    )
    await pool.workers.start()
    try:
        async with asyncio.timeout(30):
            yield pool
    finally:
        await pool.workers.stop()
