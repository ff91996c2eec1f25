"""What an engineer looks at: the live rooms with their peers and transports, ids only."""

import asyncio
from typing import Any, Final

from pydantic import BaseModel

from media.handle import CommandRefused, WorkerUnavailable
from media.messages import GetStats, Stats
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("operation")
ANSWER_WITHIN_S: Final = 2.0
"""A page that looks on does without a worker that takes longer."""


class Which(Input):
    """`occurrence` asks for everything that is inside one of the rooms."""

    occurrence: Id | None = None


class LiveRooms(BaseModel):
    """`media` holds the counters of the worker, null while there is none; the router of the room
    that was asked for has a `dump`: all its producers, layers and slots."""

    sessions: int
    rooms: list[dict[str, Any]]
    media: dict[str, Any] | None


@ROUTES.get("/api/debug/rooms", needs=Permission.ROOMS_INSPECT)
async def inspect_rooms(call: Call, query: Which) -> LiveRooms:
    """Dump the live rooms and the counters of the media worker."""
    floor = call.part(FLOOR)
    media: dict[str, Any] | None = None
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            answer = await floor.worker.request(GetStats(detail=query.occurrence is not None))
        if isinstance(answer, Stats):
            media = _only(answer.stats, query.occurrence)
    except (WorkerUnavailable, CommandRefused, TimeoutError):
        pass
    return LiveRooms(sessions=len(floor.sessions), rooms=floor.hub.snapshot(), media=media)


def _only(stats: dict[str, Any], occurrence: str | None) -> dict[str, Any]:
    """Return the stats with the dump of one room at most: those of all are megabytes."""
    routers = {
        name: {k: v for k, v in router.items() if k != "dump" or name == occurrence}
        for name, router in stats["routers"].items()
    }
    return {**stats, "routers": routers}
