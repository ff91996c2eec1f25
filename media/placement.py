"""Which worker carries whom: a room on the least loaded worker, a large room on several.

A worker's load is the number of transports it carries: each of them costs checks, keys and rows,
whatever its line can take, and the number is known before the first packet. The rules, in order:

1. A room opens on the living worker with the least transports; among equals the one with fewer
   rooms, then the first. That worker leads the room.
2. A transport that offers again stays where it is.
3. A new one goes to the first worker of its room that carries fewer than `share` transports of it,
   the leading one first.
4. Where all are full, the room spans one more worker, the least loaded by rule 1.
5. Where there is no more worker, to the one that carries the fewest of this room.

When a worker is lost, the one that carries most of a room leads it on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Loss:
    """What a room lost with a worker."""

    router: str
    transports: frozenset[str]


@dataclass(slots=True)
class _Spread:
    """A room: its transports by worker, in the order in which the workers were taken."""

    leader: int
    parts: dict[int, set[str]] = field(default_factory=dict)


class Placement:
    """Pure bookkeeping: who lives, which room is where, and where the next transport goes."""

    def __init__(self, share: int) -> None:
        """`share` is how many transports of one room one worker is to carry."""
        self._share = share
        self._alive: set[int] = set()
        self._rooms: dict[str, _Spread] = {}

    def __contains__(self, router: object) -> bool:
        return router in self._rooms

    @property
    def alive(self) -> bool:
        """There is a worker to place rooms on."""
        return bool(self._alive)

    def up(self, worker: int) -> None:
        """Note that a worker lives, with nothing on it."""
        self._alive.add(worker)

    def down(self, worker: int) -> list[Loss]:
        """Note that a worker died; return what was on it. Rooms with nothing left are forgotten."""
        self._alive.discard(worker)
        losses = []
        for router, room in list(self._rooms.items()):
            if worker not in room.parts:
                continue
            lost, led = room.parts.pop(worker), room.leader == worker
            if not room.parts:
                del self._rooms[router]
            elif led:
                room.leader = max(room.parts, key=lambda part: len(room.parts[part]))
            losses.append(Loss(router, frozenset(lost)))
        return losses

    def open(self, router: str) -> int | None:
        """Place a room that is not placed; return its leading worker, None where none lives."""
        room = self._rooms.get(router)
        if room is None:
            worker = self._least_loaded(self._alive)
            if worker is None:
                return None
            room = self._rooms[router] = _Spread(worker, {worker: set()})
        return room.leader

    def close(self, router: str) -> tuple[int, ...]:
        """Forget a room; return the workers that had it."""
        room = self._rooms.pop(router, None)
        return tuple(room.parts) if room is not None else ()

    def choose(self, router: str, transport: str) -> int:
        """Return where a transport of a placed room goes; the worker may be new to the room."""
        room = self._rooms[router]
        present = self.of(router, transport)
        if present is not None:
            return present
        for worker in sorted(room.parts, key=lambda part: part != room.leader):
            if len(room.parts[worker]) < self._share:
                return worker
        further = self._least_loaded(self._alive - room.parts.keys())
        if further is not None:
            return further
        return min(room.parts, key=lambda part: len(room.parts[part]))

    def span(self, router: str, worker: int) -> None:
        """Note that a room is on one more worker."""
        self._rooms[router].parts.setdefault(worker, set())

    def retreat(self, router: str, worker: int) -> frozenset[str]:
        """Note that a room is no longer on a worker that does not lead it; return what was."""
        room = self._rooms.get(router)
        if room is None or room.leader == worker:
            return frozenset()
        return frozenset(room.parts.pop(worker, ()))

    def put(self, router: str, transport: str, worker: int) -> None:
        """Note that a worker carries a transport; nothing for a room that is gone from there."""
        room = self._rooms.get(router)
        if room is not None and worker in room.parts:
            room.parts[worker].add(transport)

    def take(self, router: str, transport: str) -> None:
        """Note that a transport is gone."""
        room = self._rooms.get(router)
        for carried in room.parts.values() if room is not None else ():
            carried.discard(transport)

    def leader(self, router: str) -> int | None:
        """Return the worker that leads a room, None for one that is not placed."""
        room = self._rooms.get(router)
        return room.leader if room is not None else None

    def parts(self, router: str) -> tuple[int, ...]:
        """Return the workers that a room is on."""
        room = self._rooms.get(router)
        return tuple(room.parts) if room is not None else ()

    def of(self, router: str, transport: str) -> int | None:
        """Return the worker that carries a transport."""
        room = self._rooms.get(router)
        parts = room.parts.items() if room is not None else ()
        return next((worker for worker, carried in parts if transport in carried), None)

    def load(self, worker: int) -> tuple[int, int]:
        """Return how many transports and rooms are on a worker."""
        counts = [len(carried) for carried in self._on(worker)]
        return sum(counts), len(counts)

    def _on(self, worker: int) -> Iterator[set[str]]:
        for room in self._rooms.values():
            if worker in room.parts:
                yield room.parts[worker]

    def _least_loaded(self, workers: set[int]) -> int | None:
        return min(workers, key=lambda worker: (*self.load(worker), worker), default=None)
