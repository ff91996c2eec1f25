"""The log of attendance: facts are appended when they happen and never changed."""

from datetime import datetime

from scheduler.attendance.model import Cause, Correction, How, RollEntry
from scheduler.clock import Clock
from scheduler.store.engine import Store


class AttendanceLog:
    """Appends facts for one run of one node. `node` names the node, `boot` this run of it.

    `presence` is an id chosen by signaling: one device staying in one occurrence without a break.
    Every method is one committed transaction; repeating one does no harm to the fold.
    """

    def __init__(self, store: Store, clock: Clock, node: str, boot: str) -> None:
        self._store = store
        self._clock = clock
        self._node = node
        self._boot = boot

    async def joined(
        self, occurrence: str, presence: str, device: str | None, person: str | None
    ) -> None:
        """A device came in; with `person` that person is signed in by it."""
        raise NotImplementedError

    async def signed_in(self, occurrence: str, presence: str, person: str, how: How | str) -> None:
        """A person said to sit at the device; counts from now while the presence lasts."""
        raise NotImplementedError

    async def left(
        self, occurrence: str, presence: str, cause: Cause | str, at: datetime | None = None
    ) -> None:
        """The device went, now or at `at`."""
        raise NotImplementedError

    async def mark(
        self,
        occurrence: str,
        site: str,
        person: str,
        mark: str,
        by: str | None,
        substitute: str | None = None,
    ) -> None:
        """Tick a person of the roster at a site; raise Invalid("not_on_roster"), Conflict."""
        raise NotImplementedError

    async def marks(self, occurrence: str, site: str) -> tuple[RollEntry, ...]:
        """Return the persons the site may tick, with their last tick."""
        raise NotImplementedError

    async def correct(
        self,
        occurrence: str,
        person: str,
        state: str,
        minutes: float | None,
        author: str,
        reason: str,
    ) -> Correction:
        """Append a correction; raise Invalid, NotFound."""
        raise NotImplementedError

    async def keep_alive(self) -> None:
        """Write down that this run is alive. Call it at the start and every second."""
        raise NotImplementedError

    async def recover(self) -> int:
        """End the presences that former runs of this node left open, when they were last alive.

        Return how many. Call it once at the start, before anybody joins.
        """
        raise NotImplementedError
