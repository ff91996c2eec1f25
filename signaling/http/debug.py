"""What an engineer looks at: the live rooms with their peers and transports, ids only."""

from typing import Any

from pydantic import BaseModel

from media.handle import CommandRefused, WorkerUnavailable
from media.messages import GetStats, Stats
from signaling.floor import FLOOR
from signaling.http.call import Call
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("operation")


class LiveRooms(BaseModel):
    """`media` holds the counters of the worker, null while there is none."""

    sessions: int
    rooms: list[dict[str, Any]]
    media: dict[str, Any] | None


@ROUTES.get("/api/debug/rooms", needs=Permission.ROOMS_INSPECT)
async def inspect_rooms(call: Call) -> LiveRooms:
    """Dump the live rooms and the counters of the media worker."""
    floor = call.part(FLOOR)
    media: dict[str, Any] | None = None
    try:
        answer = await floor.worker.request(GetStats())
        if isinstance(answer, Stats):
            media = answer.stats
    except (WorkerUnavailable, CommandRefused):
        pass
    return LiveRooms(sessions=len(floor.sessions), rooms=floor.hub.snapshot(), media=media)
