"""The media workers at their boundary: take commands, keep what they were told, say the rest."""

from collections.abc import Callable

from config.settings import Media
from media.handle import CommandRefused, WorkerUnavailable
from media.messages import (
    CloseRouter,
    CloseTransport,
    Command,
    Connected,
    ConnectTransport,
    Done,
    GetStats,
    GiveFloor,
    OpenRouter,
    RoomEvent,
    SetMuted,
    Slot,
    Stats,
)
from media.pool import Lost

ANSWER = "v=0 answer"
SLOTS = (Slot(slot=0, kind="audio"), Slot(slot=0, kind="video"))


class MediaDouble:
    """Routers and transports by id; `die` and `revive` make it a worker that was lost."""

    def __init__(
        self,
        settings: Media | None = None,
        *,
        on_event: Callable[[RoomEvent], None] = lambda event: None,
        on_lost: Callable[[Lost], None] = lambda lost: None,
    ) -> None:
        self.say = on_event
        self._on_lost = on_lost
        self._lost: dict[str, frozenset[str]] = {}
        self.routers: dict[str, set[str]] = {}
        self.muted: dict[str, tuple[bool, bool]] = {}
        self.floor: dict[str, str | None] = {}
        self.alive = False
        self.before_reply: Callable[[Command], None] = lambda command: None
        self.after_reply: Callable[[Command], None] = lambda command: None

    async def start(self) -> None:
        self.alive = True

    async def stop(self) -> None:
        self.alive = False

    def die(self) -> None:
        self.alive = False
        self._lost = {router: frozenset(there) for router, there in self.routers.items()}
        self.routers.clear()

    def revive(self) -> None:
        self.alive = True
        self._on_lost(self._lost)

    async def request(self, command: Command) -> Done | Connected | Stats:
        if not self.alive:
            raise WorkerUnavailable("dead")
        self.before_reply(command)
        try:
            return self._carry_out(command)
        finally:
            self.after_reply(command)

    def _carry_out(self, command: Command) -> Done | Connected | Stats:
        match command:
            case OpenRouter(router=router):
                self.routers.setdefault(router, set())
            case CloseRouter(router=router):
                self.routers.pop(router, None)
            case ConnectTransport(router=router, transport=transport, offer=offer):
                if router not in self.routers:
                    raise CommandRefused("unknown_router", router)
                if not offer.startswith("v=0"):
                    raise CommandRefused("invalid_sdp", "no v=0")
                self.routers[router].add(transport)
                return Connected(answer=ANSWER, slots=SLOTS)
            case CloseTransport(router=router, transport=transport):
                self.routers.get(router, set()).discard(transport)
            case SetMuted(transport=transport, audio=audio, video=video):
                self.muted[transport] = (audio, video)
            case GiveFloor(router=router, transport=floor):
                self.floor[router] = floor
            case GetStats():
                return Stats(stats={})
        return Done()
