"""What is known of another server before it is started."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.server import Server


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server. `server` makes a Server with one room: its `start` names the process whose
    CPU counts; its `connect` gets the light clients' offers and returns what each has to accept,
    the other server's answer or its own offer; its media stays on this machine's addresses."""

    name: str
    installed: Callable[[], bool]
    how_to_get: str
    """One line: where the program comes from."""
    server: Callable[[], Server]
