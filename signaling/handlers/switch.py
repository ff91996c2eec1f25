"""From a message to its answer. It delegates and knows no message itself."""

import asyncio

from signaling.floor import Floor
from signaling.handlers.table import ACTIONS
from signaling.protocol.client import Request
from signaling.protocol.views import View
from signaling.sessions.session import Session

PATIENCE_S = 20.0
"""How long a device waits for an answer before it is told `busy`."""


async def carry_out(floor: Floor, session: Session, message: Request) -> View | None:
    """Do what a message asks and return the `result`; raise what `faults` knows to explain."""
    action = ACTIONS[type(message)]
    await floor.access.require(session.identity, action.needs)
    async with asyncio.timeout(PATIENCE_S):
        return await action.handle(floor, session, message)
