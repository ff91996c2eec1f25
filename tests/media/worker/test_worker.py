"""The worker process and its handle: commands, refusals, death, restart, an orderly stop."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from config.settings import Media
from media.frames import Wire
from media.handle import CommandRefused, Worker, WorkerUnavailable
from media.messages import (
    CloseRouter,
    CloseTransport,
    Connected,
    ConnectTransport,
    Done,
    Event,
    GetStats,
    GiveFloor,
    OpenRouter,
    SetMuted,
    Stats,
    TransportStateChanged,
)
from media.synthetic.participant import SyntheticParticipant
from media.worker import NICE
from tests.media.sdp.builders import CHROMIUM, audio, data_channel, offer
from tests.media.synthetic.builders import a_loop, a_voice


class Heard:
    """Events of a worker, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.restarted = asyncio.Event()

    async def state(self, transport: str) -> str:
        while True:
            event = await self.events.get()
            if isinstance(event, TransportStateChanged) and event.transport == transport:
                return event.state


@asynccontextmanager
async def running(*, in_process: bool = False) -> AsyncIterator[tuple[Worker, Heard]]:
    heard = Heard()
    worker = Worker(
        Media(host="127.0.0.1", udp_port=0, in_process=in_process),
        on_event=heard.events.put_nowait,
        on_restarted=heard.restarted.set,
    )
    await worker.start()
    try:
        async with asyncio.timeout(30):
            yield worker, heard
    finally:
        await worker.stop()


async def connect(worker: Worker, transport: str) -> SyntheticParticipant:
    await worker.request(OpenRouter(router="room"))
    participant = SyntheticParticipant(a_loop(), a_voice())
    reply = await worker.request(
        ConnectTransport(router="room", transport=transport, offer=participant.offer())
    )
    assert isinstance(reply, Connected)
    participant.accept(reply.answer)
    await participant.connected()
    return participant


def highest_priority() -> int:
    """Return what a process may have here that asks for what a worker asks for."""
    ask = f"""
import contextlib, os
with contextlib.suppress(PermissionError):
    os.setpriority(os.PRIO_PROCESS, 0, {NICE})
print(os.getpriority(os.PRIO_PROCESS, 0))
"""
    run = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, timeout=30)
    return int(run.stdout)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("in_process", [False, True])
async def test_a_participant_connects_and_the_worker_says_so(in_process: bool) -> None:
    async with running(in_process=in_process) as (worker, heard):
        participant = await connect(worker, "phone")
        assert await heard.state("phone") == "connected"
        await participant.close()
        assert await heard.state("phone") == "failed"


async def test_an_offer_is_answered_with_the_slots() -> None:
    async with running(in_process=True) as (worker, _):
        await worker.request(OpenRouter(router="room"))
        reply = await worker.request(
            ConnectTransport(router="room", transport="phone", offer=CHROMIUM)
        )
        assert isinstance(reply, Connected)
        assert [(slot.kind, slot.slot) for slot in reply.slots] == [
            *(("audio", n) for n in range(3)),
            *(("video", n) for n in range(3)),
        ]
        assert reply.answer.startswith("v=0\r\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_sdp"),
        ("v=0\r\n" * 50_000, "invalid_sdp"),
        ("\u6c5d\u5dde", "invalid_sdp"),
        (offer(data_channel()), "unsupported_sdp"),
        (offer(audio("sendonly")).replace("actpass", "passive"), "unsupported_sdp"),
    ],
)
async def test_a_bad_offer_is_refused_and_the_worker_lives(text: str, code: str) -> None:
    async with running(in_process=True) as (worker, _):
        await worker.request(OpenRouter(router="room"))
        with pytest.raises(CommandRefused) as refusal:
            await worker.request(ConnectTransport(router="room", transport="phone", offer=text))
        assert refusal.value.code == code
        assert await worker.request(GiveFloor(router="room", transport=None)) == Done()


async def test_a_bad_second_offer_leaves_the_first_connection() -> None:
    async with running(in_process=True) as (worker, _):
        participant = await connect(worker, "phone")
        with pytest.raises(CommandRefused):
            await worker.request(ConnectTransport(router="room", transport="phone", offer="v=1"))
        assert participant.state == "connected"
        stats = await worker.request(GetStats())
        assert isinstance(stats, Stats)
        assert stats.stats["transports"] == 1
        await participant.close()


async def test_the_same_transport_again_replaces_its_connection() -> None:
    async with running(in_process=True) as (worker, heard):
        first = await connect(worker, "phone")
        second = await connect(worker, "phone")
        assert [await heard.state("phone"), await heard.state("phone")] == ["connected"] * 2
        stats = await worker.request(GetStats())
        assert isinstance(stats, Stats)
        assert stats.stats["transports"] == 1
        await first.close()
        await second.close()


async def test_commands_for_what_is_not_there_are_refused_and_closing_is_harmless() -> None:
    async with running(in_process=True) as (worker, _):
        with pytest.raises(CommandRefused, match="unknown_router"):
            await worker.request(GiveFloor(router="room", transport=None))
        await worker.request(OpenRouter(router="room"))
        await worker.request(OpenRouter(router="room"))
        with pytest.raises(CommandRefused, match="unknown_transport"):
            await worker.request(SetMuted(router="room", transport="phone", audio=True, video=True))
        await worker.request(CloseTransport(router="room", transport="phone"))
        await worker.request(CloseRouter(router="room"))
        await worker.request(CloseRouter(router="room"))


async def test_a_killed_worker_is_restarted_and_the_caller_is_told() -> None:
    async with running() as (worker, heard):
        participant = await connect(worker, "phone")
        before = worker.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        await heard.restarted.wait()
        assert worker.pid not in (None, before)
        with pytest.raises(CommandRefused, match="unknown_router"):
            await worker.request(GiveFloor(router="room", transport=None))
        again = await connect(worker, "phone")
        await participant.close()
        await again.close()


async def test_the_log_of_the_worker_is_written_by_the_signaling_process() -> None:
    with capture_logs() as lines:
        async with running() as (worker, heard):
            await worker.request(OpenRouter(router="room"))
            liar = SyntheticParticipant(a_loop(), a_voice())
            fingerprint = f"a=fingerprint:sha-256 {':'.join(['00'] * 32)}"
            reply = await worker.request(
                ConnectTransport(
                    router="room",
                    transport="phone",
                    offer=re.sub("a=fingerprint:sha-256 [0-9A-F:]+", fingerprint, liar.offer()),
                )
            )
            assert isinstance(reply, Connected)
            liar.accept(reply.answer)
            while await heard.state("phone") != "failed":
                pass
            await worker.request(GetStats())
            await liar.close()
    (line,) = [line for line in lines if line["event"] == "transport failed"]
    assert (line["transport"], line["log_level"]) == ("phone", "info")


async def test_a_page_that_was_left_in_order_is_no_line_in_the_log() -> None:
    with capture_logs() as lines:
        async with running() as (worker, heard):
            participant = await connect(worker, "phone")
            await participant.close()
            while await heard.state("phone") != "failed":
                pass
            await worker.request(GetStats())
    assert [line for line in lines if line.get("transport") == "phone"] == []


async def test_a_request_under_way_fails_when_the_worker_dies() -> None:
    async with running() as (worker, _):
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        request = asyncio.create_task(worker.request(GetStats()))
        await asyncio.sleep(0)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(WorkerUnavailable):
            await request


async def test_a_stopped_worker_leaves_no_process() -> None:
    async with running() as (worker, _):
        pid = worker.pid
        assert pid is not None
        assert alive(pid)
    assert not alive(pid)
    with pytest.raises(WorkerUnavailable):
        await worker.request(GetStats())


async def test_a_worker_that_hangs_is_killed() -> None:
    async with running() as (worker, _):
        pid = worker.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
    assert not alive(pid)


async def test_a_taken_port_is_told_at_the_start() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        worker = Worker(Media(host="127.0.0.1", udp_port=taken.getsockname()[1]))
        with pytest.raises(WorkerUnavailable, match="port"):
            await worker.start()
        await worker.stop()


async def _child() -> tuple[asyncio.subprocess.Process, Wire]:
    import sys

    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media.worker", "--control-fd", str(theirs.fileno())),
        *("--settings", Media(host="127.0.0.1", udp_port=0).model_dump_json()),
        pass_fds=(theirs.fileno(),),
    )
    theirs.close()
    wire = await Wire.over(ours)
    ready = await wire.receive()
    assert ready is not None
    assert "ready" in ready
    return process, wire


async def test_the_process_ends_by_itself_when_its_parent_is_gone() -> None:
    process, wire = await _child()
    await wire.close()
    async with asyncio.timeout(5):
        assert await process.wait() == 0


async def test_the_process_ends_on_sigterm() -> None:
    process, wire = await _child()
    process.terminate()
    async with asyncio.timeout(5):
        assert await process.wait() == 0
    await wire.close()


async def test_the_process_answers_nonsense_with_a_refusal() -> None:
    process, wire = await _child()
    wire.send({"id": 1, "command": {"type": "dance"}})
    frame = await wire.receive()
    assert frame is not None
    reply = frame["reply"]
    assert isinstance(reply, dict)
    assert (frame["id"], reply["type"], reply["code"]) == (1, "refused", "internal")
    await wire.close()
    assert await process.wait() == 0


async def test_media_go_before_other_work_where_the_system_permits_it() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    async with running() as (worker, _):
        assert worker.pid is not None
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == highest_priority()
        assert os.getpriority(os.PRIO_PROCESS, 0) == before
