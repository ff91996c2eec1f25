"""Media of a meeting with the real worker: connected, lost with the worker, and back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media.pool import Workers
from media.synthetic.participant import SyntheticParticipant
from tests.signaling.live import Branch, running_branch
from tests.signaling.wire import Refusal, Wire


@asynccontextmanager
async def watching(wire: Wire) -> AsyncIterator[SyntheticParticipant]:
    """Connect the media of a device that only looks on."""
    participant = SyntheticParticipant(None, None, audio_slots=1, video_slots=2)
    answer = await wire.ask("media.offer", sdp=participant.offer())
    participant.accept(answer["sdp"])
    try:
        yield participant
    finally:
        await participant.close()


def connected(event: dict[str, object]) -> bool:
    return event["state"] == "connected"


async def test_an_offer_connects_and_names_the_slots(branch: Branch) -> None:
    meeting = await branch.open()
    wire, _ = await branch.join("phone1", meeting)
    participant = SyntheticParticipant(None, None, audio_slots=1, video_slots=2)
    answer = await wire.ask("media.offer", sdp=participant.offer())
    assert [(s["kind"], s["slot"], s["peer"]) for s in answer["slots"]] == [
        ("audio", 0, None),
        ("video", 0, None),
        ("video", 1, None),
    ]
    participant.accept(answer["sdp"])
    await wire.until("media.state", connected)
    await participant.close()


async def test_fresh_ice_credentials_are_drawn_for_the_connection_there_is(branch: Branch) -> None:
    meeting = await branch.open()
    wire, _ = await branch.join("phone1", meeting)
    with pytest.raises(Refusal, match="media_unavailable"):
        await wire.ask("media.restart_ice")
    async with watching(wire):
        await wire.until("media.state", connected)
        first, second = [await wire.ask("media.restart_ice") for _ in range(2)]
        assert first["ufrag"] != second["ufrag"]
        assert "media.restart" not in wire.types()


async def test_when_the_worker_dies_the_devices_offer_again(tmp_path: Path) -> None:
    async with running_branch(tmp_path, media={"udp_port": 0, "in_process": False}) as branch:
        meeting = await branch.open()
        wire, _ = await branch.join("phone1", meeting)
        workers = branch.server.floor.worker
        assert isinstance(workers, Workers)
        (worker,) = workers.members
        async with watching(wire):
            await wire.until("media.state", connected)
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            restart = await wire.until("media.restart")
        async with watching(wire):
            await wire.until("media.state", lambda e: connected(e) and e["seq"] > restart["seq"])
        assert "peer.left" not in wire.types()
        assert await asyncio.wait_for(wire.ask("ping"), 5) is None
