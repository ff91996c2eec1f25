"""Calls that come together share one trip to the store: group commit, and the same for reads."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

MOST = 100
"""Calls in one batch; what a batch costs others that wait stays small."""

C = TypeVar("C")
A = TypeVar("A")


class Batches(Generic[C, A]):
    """Carries calls out in batches: those that come while one is under way form the next.

    A lone call is carried out at once. No batch begins before its calls have come, so what it
    reads is never older than the call, and what it writes is committed before the call returns.
    """

    def __init__(
        self, carry_out: Callable[[Sequence[C]], Awaitable[Sequence[A | Exception]]]
    ) -> None:
        """`carry_out` returns for each call its answer or what to raise, in their order. If it
        raises itself, each call of the batch is carried out alone: one must not fail another."""
        self._carry_out = carry_out
        self._waiting: deque[tuple[C, asyncio.Future[A]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def call(self, call: C) -> A:
        """Return the answer to a call, or raise what was found for it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append((call, future))
        if self._task is None:
            # Without the context of this call: a batch is nobody's request.
            self._task = loop.create_task(self._run(), name="batches", context=Context())
        return await future

    async def finish(self) -> None:
        """Wait until nothing is under way, though nobody may wait for it any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while self._waiting:
                size = min(MOST, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(size)]
                await self._carry([each for each in batch if not each[1].done()])
        finally:
            self._task = None

    async def _carry(self, batch: list[tuple[C, asyncio.Future[A]]]) -> None:
        answers: Sequence[A | Exception] = ()
        try:
            if batch:
                answers = await self._carry_out([call for call, _ in batch])
        except asyncio.CancelledError:
            for _, future in (*batch, *self._waiting):
                future.cancel()
            self._waiting.clear()
            raise
        except Exception as error:
            if len(batch) > 1:
                for each in batch:
                    await self._carry([each])
                return
            answers = [error]
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # who asked has gone
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
