"""What our server decides for a receiver while it watches, four times a second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from benchmarks.lines_servers import Room

EVERY_S = 0.25
_HEAD = "    at  budget  probe  estimate  sending  picture  layer  rtt  lost  nacks  resent  plis"


@asynccontextmanager
async def trace(room: Room, say: Callable[[str], object]) -> AsyncIterator[None]:
    """Say one line after the other for as long as the context lasts; bit rates in kbit/s."""
    task = asyncio.create_task(_trace(room, say))
    try:
        yield
    finally:
        task.cancel()


async def _trace(room: Room, say: Callable[[str], object]) -> None:
    begun = monotonic()
    say(_HEAD)
    while (state := await room.state()) is not None:
        say(_line(monotonic() - begun, state))
        await asyncio.sleep(EVERY_S)


def _line(at: float, state: dict[str, Any]) -> str:
    main = next(each for each in state["consumers"] if each["kind"] == "video")
    layer = "-" if main["layer"] is None else str(main["layer"])
    if main["switching_to"] is not None:
        layer += f">{main['switching_to']}"
    return (
        f"{at:6.2f} {_kbit(state['budget_bps'])} {_kbit(state['probe_bps']):>6}"
        f" {_kbit(state['estimate_bps']):>9} {_kbit(state['sending_bps']):>8}"
        f" {_kbit(main['bps']):>8} {layer:>6} {state['round_trip'] * 1000:4.0f}"
        f" {state['lost']:5.2f} {main['nacks']:6} {main['resent']:7} {main['plis']:5}"
    )


def _kbit(bps: float | None) -> str:
    return "      -" if bps is None else f"{bps / 1000:7.0f}"
