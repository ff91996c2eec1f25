"""Serve until SIGTERM or SIGINT, then stop in order, in time and without leftovers."""

import argparse
import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog
from aiohttp import web

from config.settings import Settings
from media.handle import WorkerUnavailable
from scheduler.store.engine import StoreError
from signaling.app import create_app
from signaling.commands.failure import CommandFailed
from signaling.commands.shared import Commands
from signaling.http.addresses import Addresses

try:
    import uvloop

    _new_loop: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
except ImportError:  # there is no uvloop on Windows
    _new_loop = None

REQUESTS_MAY_TAKE_S: Final = 1.0
"""How long requests under way may go on after the order to stop, seconds."""
STOP_WITHIN_S: Final = 4.5
"""After this the rest is abandoned: an operator waits five seconds, not ten."""

log = structlog.stdlib.get_logger(__name__)


def add_commands(commands: Commands) -> None:
    """Add `serve`."""
    parser = commands.add_parser("serve", help="run the server")
    parser.set_defaults(command=_serve)


def _serve(settings: Settings, options: argparse.Namespace) -> int:
    run(serve(create_app(settings), settings))
    return 0


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a command's coroutine on the fast loop where there is one."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(main)


async def serve(
    app: web.Application,
    settings: Settings,
    announce: Callable[[Addresses], Awaitable[None]] | None = None,
) -> None:
    """Serve `app` on the configured address until told to stop.

    `announce` is awaited when everything is up. Raises CommandFailed when the port is taken or a
    part cannot start.
    """
    listener = listen(settings.http.host, settings.http.port)
    port = listener.getsockname()[1]
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, shutdown_timeout=REQUESTS_MAY_TAKE_S
    )
    stop = _stop_event()
    try:
        await _unless_stopped(runner.setup(), stop)
        if stop.is_set():
            return
        await web.SockSite(runner, listener).start()
        log.info("serving", host=settings.http.host, port=port)
        if announce is not None:
            await announce(Addresses.of(settings.http, port))
        await stop.wait()
        log.info("stopping")
    except StoreError as error:
        raise CommandFailed(f"the store: {str(error).splitlines()[0]}") from error
    except WorkerUnavailable as error:
        hint = "; is LIANCUN_MEDIA__UDP_PORT in use?" if "in use" in str(error) else ""
        raise CommandFailed(f"the media worker: {str(error).splitlines()[0]}{hint}") from error
    finally:
        listener.close()
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await runner.cleanup()
            log.info("stopped")
        except TimeoutError:
            log.error("not everything stopped in time", seconds=STOP_WITHIN_S)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise CommandFailed with what to do about it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"port {port} is taken; stop what uses it or set LIANCUN_HTTP__PORT"
        elif error.errno in (errno.EACCES, errno.EPERM):
            why = f"port {port} may not be used without more rights; set LIANCUN_HTTP__PORT"
        else:
            why = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise CommandFailed(why) from error


def _stop_event() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


async def _unless_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Do `work`, but give up when the order to stop comes first."""
    doing = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not doing.done():
        doing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await doing
