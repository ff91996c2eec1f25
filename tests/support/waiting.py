"""Waiting for what is counted and not announced."""

import asyncio
from collections.abc import Callable

_LOOK_EVERY_S = 0.01


async def until(condition: Callable[[], bool], within_s: float = 30.0) -> None:
    """Let the loop turn until something is so; raise TimeoutError when it is not in time."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  (nobody sets an event for it)
            await asyncio.sleep(_LOOK_EVERY_S)
