"""A media worker as the signaling process holds it: started, asked, restarted, stopped."""

import asyncio
import contextlib
import itertools
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import TypeAdapter
from structlog.typing import FilteringBoundLogger

from config.settings import Media
from media import worker_log
from media.frames import FrameError, Wire
from media.messages import Answer, Command, Event, Refused, Reply

REQUEST_TIMEOUT = 10.0
"""Seconds a command may take; an offer with 25 video slots takes 10 ms."""

START_TIMEOUT = 20.0
STOP_TIMEOUT = 2.0
"""Seconds between SIGTERM and SIGKILL."""

BACKOFF_FIRST, BACKOFF_LAST = 0.1, 5.0
STEADY_AFTER = 30.0
"""A worker that lived this long, in seconds, is restarted at once when it dies."""

End = Callable[[], Coroutine[Any, Any, None]]
"""Ends one life of the worker for good."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_reply: TypeAdapter[Reply] = TypeAdapter(Reply)
_event: TypeAdapter[Event] = TypeAdapter(Event)


class WorkerUnavailable(Exception):
    """There is no worker now, or it did not answer in time."""


class CommandRefused(Exception):
    """The worker said no; `code` is one of media.messages.Refused."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class _Child:
    """One life of the worker."""

    wire: Wire
    end: End
    pid: int | None
    udp_port: int
    born: float


class Worker:
    """Start a worker, carry commands to it and events from it, start it again when it dies.

    `on_event` gets the worker's events in order. After a death all requests under way raise
    WorkerUnavailable, the worker is started again with growing pauses, and then `on_restarted` is
    called: the new worker knows no router, so the caller opens them again and asks the
    participants for new offers. `on_died` is called before the requests under way fail. All are
    called on the event loop and must not block.
    """

    def __init__(
        self,
        settings: Media,
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        on_died: Callable[[], None] = lambda: None,
        on_restarted: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._on_event = on_event
        self._on_died = on_died
        self._on_restarted = on_restarted
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._child: _Child | None = None
        self._dying: _Child | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id of the living worker; None in between, and inside this process."""
        return self._child.pid if self._child else None

    @property
    def udp_port(self) -> int | None:
        return self._child.udp_port if self._child else None

    async def start(self) -> None:
        """Start the worker and return when its media port is open.

        Raises WorkerUnavailable when it cannot start (the port is taken, say).
        """
        if self._supervisor is not None:
            raise RuntimeError("started already")
        self._child = await self._give_birth()
        self._supervisor = asyncio.create_task(self._supervise(), name="media worker")

    def request(self, command: Command) -> Coroutine[Any, Any, Answer]:
        """Carry out one command. It is sent at once, before it is awaited: commands are carried out
        in the order of the calls.

        Raises, when awaited, CommandRefused, or WorkerUnavailable when there is no worker, it dies
        meanwhile, or REQUEST_TIMEOUT passes.
        """
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if self._child is not None:
            number = next(self._ids)
            self._waiting[number] = future
            future.add_done_callback(lambda done: self._waiting.pop(number))
            self._child.wire.send({"id": number, "command": command.model_dump(mode="json")})
        else:
            future.set_exception(WorkerUnavailable("the media worker is not running"))
        return _answer(command, future)

    async def stop(self) -> None:
        """Stop the worker and wait until nothing is left of it; at most some seconds."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None
        await self._bury()

    async def _supervise(self) -> None:
        pause = BACKOFF_FIRST
        while True:
            if self._child is not None:
                await self._listen(self._child)
                if time.monotonic() - self._child.born >= STEADY_AFTER:
                    pause = BACKOFF_FIRST
                _log.error("media worker died", pid=self._child.pid)
                self._on_died()
                await self._bury()
            await asyncio.sleep(pause)
            pause = min(2 * pause, BACKOFF_LAST)
            try:
                self._child = await self._give_birth()
            except WorkerUnavailable as error:
                _log.error("media worker does not start", reason=str(error))
                continue
            self.restarts += 1
            _log.warning("media worker restarted", pid=self._child.pid)
            self._on_restarted()

    async def _listen(self, child: _Child) -> None:
        """Distribute what the worker says until it is gone."""
        while True:
            try:
                frame = await child.wire.receive()
                if frame is None:
                    return
                if "event" in frame:
                    self._tell(_event.validate_python(frame["event"], strict=False))
                elif "log" in frame:
                    worker_log.write(frame["log"])
                else:
                    future = self._waiting.get(int(str(frame["id"])))
                    if future is not None and not future.done():
                        future.set_result(_reply.validate_python(frame["reply"], strict=False))
            except (FrameError, ValueError, KeyError):
                _log.exception("media worker speaks nonsense")
                return

    def _tell(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception:
            _log.exception("event of the media worker was not taken")

    async def _bury(self) -> None:
        """Fail what waits and leave nothing of the child; may be cancelled and called again."""
        self._dying, self._child = self._child or self._dying, None
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(WorkerUnavailable("the media worker died"))
        if self._dying is not None:
            await self._dying.wire.close()
            await self._dying.end()
            self._dying = None

    async def _give_birth(self) -> _Child:
        ours, theirs = socket.socketpair()
        try:
            if self._settings.in_process:
                end, pid = await _run_here(self._settings, theirs)
            else:
                end, pid = await _spawn(self._settings, theirs)
        except BaseException:
            ours.close()
            theirs.close()
            raise
        wire: Wire | None = None
        try:
            wire = await Wire.over(ours)
            async with asyncio.timeout(START_TIMEOUT):
                frame = await wire.receive()
            ready = frame.get("ready") if frame else None
            if not isinstance(ready, dict):
                raise WorkerUnavailable(str(frame.get("failed")) if frame else "it ended at once")
        except BaseException as error:
            if wire is not None:
                await wire.close()
            ours.close()
            await end()
            if isinstance(error, (TimeoutError, FrameError)):
                raise WorkerUnavailable("the media worker does not start") from error
            raise
        return _Child(wire, end, pid, int(ready["udp_port"]), time.monotonic())


async def _answer(command: Command, future: asyncio.Future[Reply]) -> Answer:
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT):
            reply = await future
    except TimeoutError as error:
        raise WorkerUnavailable(f"no reply to {command.type} in time") from error
    if isinstance(reply, Refused):
        raise CommandRefused(reply.code, reply.detail)
    return reply


async def _spawn(settings: Media, theirs: socket.socket) -> tuple[End, int]:
    arguments = ["-m", "media.worker", "--control-fd", str(theirs.fileno())]
    arguments += ["--settings", settings.model_dump_json()]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=asyncio.subprocess.DEVNULL, pass_fds=(theirs.fileno(),)
    )
    theirs.close()

    async def end() -> None:
        """The closed wire alone ends the worker; SIGTERM and SIGKILL are for one that hangs."""
        for send in (signal.SIGTERM, signal.SIGKILL):
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(send)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT):
                    await process.wait()
                    return

    return end, process.pid


async def _run_here(settings: Media, theirs: socket.socket) -> tuple[End, None]:
    from media.worker import serve

    task = asyncio.create_task(serve(settings, theirs), name="media worker in process")

    async def end() -> None:
        await asyncio.wait([task], timeout=STOP_TIMEOUT)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return end, None
