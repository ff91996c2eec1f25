"""The agenda: a loop that does what is due, once, also after downtime and on two nodes."""

from collections.abc import Awaitable, Callable, Mapping

from scheduler.clock import Clock
from scheduler.meetings.due import Kind
from scheduler.store.engine import Store

__all__ = ["Action", "Agenda", "Kind"]

Action = Callable[[str], Awaitable[None]]
"""Does one kind of action for an occurrence id. It must be idempotent: see Agenda."""


class Agenda:
    """Takes due actions by lease and does them.

    An action is recorded as done once. It may still run twice: when the node that took it dies
    before recording, another takes it after the lease. Actions must therefore be idempotent.
    """

    def __init__(
        self, store: Store, clock: Clock, node: str, actions: Mapping[Kind, Action]
    ) -> None:
        self._store = store
        self._clock = clock
        self._node = node
        self._actions = actions

    async def run(self) -> None:
        """Do what is due until cancelled."""
        raise NotImplementedError

    def wake(self) -> None:
        """Look again now: rows were added or moved."""
        raise NotImplementedError
