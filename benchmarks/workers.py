"""Two media workers against one: speakers and receivers, more and more of it.

The same receivers sit in two rooms on one worker, in two rooms on a worker each, and in one room
that spans both. What a second worker brings is read in two ways: what a packet costs, which must
stay the same, and how many packets a second get through, in steps until some are lost.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks import cpu, processes
from benchmarks.scenes import Profile
from config.settings import Media
from media.messages import Connected, ConnectTransport, OpenRouter
from media.pool import Workers

HOST = "127.0.0.1"
RECEIVERS = 200
"""Of all rooms together."""
STEPS = (16, 48)
"""Packets of one picture, thirty pictures a second."""
FPS = 30
LOST_PERCENT = 0.5
"""A step with more lost is one too many."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the receivers are spread."""

    name: str
    workers: int
    rooms: int


ONE = Layout("one worker, two rooms", 1, 2)
EACH = Layout("two workers, a room each", 2, 2)
SPANNING = Layout("two workers, one room", 2, 1)
LAYOUTS = (ONE, EACH, SPANNING)


@dataclass(frozen=True, slots=True)
class Step:
    """One window; `us` are microseconds of CPU of all workers per packet that arrived."""

    layout: str
    packets_of_a_picture: int
    us: float
    packets_per_second: int
    busiest_core_percent: float
    """Of the busiest worker, of one core."""
    load_core_percent: float
    lost_percent: float


async def measure(layout: Layout, receivers: int, seconds: float, packets: int) -> Step:
    """Run one step: so many receivers in all, placed by the pool of workers."""
    settings = Media(
        host=HOST,
        announce=(HOST,),
        udp_port=0,
        in_process=False,
        workers=layout.workers,
        room_share=receivers // layout.workers + 1,
    )
    pool = Workers(settings)
    loads: list[asyncio.subprocess.Process] = []
    try:
        await pool.start()
        for room in range(layout.rooms):
            await pool.request(OpenRouter(router=f"bench{room}"))
            each = receivers // layout.rooms
            loads.append(await _join(pool, f"bench{room}", each, seconds, packets))
        return await _window(pool, loads, layout, packets)
    finally:
        for load in loads:
            await processes.end(load)
        await pool.stop()


async def _join(
    pool: Workers, room: str, receivers: int, seconds: float, packets: int
) -> asyncio.subprocess.Process:
    profile = Profile("steps", FPS, packets)
    load = await processes.start(
        "benchmarks.load", f"--host={HOST}", f"--scene={profile.name}", "--together",
        f"--receivers={receivers}", f"--seconds={seconds}", "--rounds=1",
        f"--fps={FPS}", f"--packets={packets}",
    )  # fmt: skip
    speaker, *others = (await processes.line(load))["offers"]
    processes.tell(load, {"answers": [await _connect(pool, room, 0, speaker)]})
    await processes.line(load)
    answers = [await _connect(pool, room, n, offer) for n, offer in enumerate(others, 1)]
    processes.tell(load, {"answers": answers})
    await processes.line(load)
    return load


async def _connect(pool: Workers, room: str, number: int, offer: str) -> str:
    reply = await pool.request(
        ConnectTransport(router=room, transport=f"{room}-{number}", offer=offer)
    )
    assert isinstance(reply, Connected)
    return reply.answer


async def _window(
    pool: Workers, loads: Sequence[asyncio.subprocess.Process], layout: Layout, packets: int
) -> Step:
    for expected in ("settled", "begin"):
        for load in loads:
            said = await processes.line(load)
            assert said["event"] == expected
        if expected == "settled":
            for load in loads:
                processes.tell(load, {})
    pids = [worker.pid for worker in pool.members if worker.pid is not None]
    before = [cpu.seconds(pid) for pid in pids]
    load_before = sum(cpu.seconds(load.pid) for load in loads)
    ends = [await processes.line(load) for load in loads]
    used = [cpu.seconds(pid) - at for pid, at in zip(pids, before, strict=True)]
    length = max(end["seconds"] for end in ends)
    received, sent = sum(e["received"] for e in ends), sum(e["expected"] for e in ends)
    return Step(
        layout=layout.name,
        packets_of_a_picture=packets,
        us=round(1e6 * sum(used) / max(1, received), 2),
        packets_per_second=round(received / length),
        busiest_core_percent=round(100 * max(used) / length, 1),
        load_core_percent=round(
            100 * (sum(cpu.seconds(load.pid) for load in loads) - load_before) / length, 1
        ),
        lost_percent=round(100 * max(0, sent - received) / max(1, sent), 2),
    )


def table(steps: Sequence[Step]) -> str:
    """Lay the steps out as a Markdown table."""
    heads = (
        "layout", "packets a picture", "µs", "packets/s", "% of a core, busiest worker",
        "load % of a core", "lost %",
    )  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    lines += ["| " + " | ".join(map(str, asdict(step).values())) + " |" for step in steps]
    return "\n".join(lines)


def gains(steps: Sequence[Step], layout: Layout) -> dict[str, float]:
    """Compare a layout with one worker: the cost of a packet in the largest step that both
    carried, and the most packets a second, with next to nothing lost."""
    carried = {
        (step.layout, step.packets_of_a_picture): step
        for step in steps
        if step.lost_percent <= LOST_PERCENT
    }
    both = [size for name, size in carried if name == ONE.name and (layout.name, size) in carried]
    if not both:
        return {}
    before, after = carried[ONE.name, max(both)], carried[layout.name, max(both)]
    most = [
        max(step.packets_per_second for (name, _), step in carried.items() if name == wanted.name)
        for wanted in (ONE, layout)
    ]
    return {
        "cost_of_a_packet": round(after.us / before.us, 2),
        "most_packets": round(most[1] / most[0], 2),
    }


def document(steps: Sequence[Step], seconds: float) -> dict[str, object]:
    """Return what is written as JSON."""
    return {
        "what": "two media workers against one",
        "receivers": RECEIVERS,
        "seconds_per_window": seconds,
        "machine": cpu.machine(),
        "steps": [asdict(step) for step in steps],
        "against_one_worker": {
            layout.name: gains(steps, layout) for layout in LAYOUTS if layout is not ONE
        },
    }
