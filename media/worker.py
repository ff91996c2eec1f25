"""The media worker: commands from the signaling process in, replies and events out.

`python -m media.worker --control-fd N --settings JSON` is started by media.handle with one end of
a socket pair. It lives as long as that socket does: when the other end closes, or on SIGTERM, it
says goodbye to all participants and ends. `serve` is the same inside another process.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import socket
import time

import structlog
import uvloop
from pydantic import TypeAdapter, ValidationError
from structlog.typing import FilteringBoundLogger

from config.settings import Media
from media import worker_log
from media.frames import FrameError, Wire
from media.messages import (
    ClosePipe,
    CloseRouter,
    CloseTransport,
    Command,
    Connected,
    ConnectTransport,
    Done,
    Event,
    GetStats,
    GiveFloor,
    IceRestarted,
    JoinPipe,
    LeadRouter,
    OfferPipe,
    OpenRouter,
    Refused,
    Reply,
    RestartIce,
    SetMuted,
    Stats,
)
from media.plane.errors import PlaneError
from media.plane.plane import MediaPlane
from media.sdp.errors import SdpError

NICE = -10
"""The priority a worker asks for, see setpriority(2)."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_command: TypeAdapter[Command] = TypeAdapter(Command)


async def serve(settings: Media, control: socket.socket, *, own_process: bool = False) -> None:
    """Serve commands from `control` until its other end closes, or until cancelled.

    In a process of its own the log lines go to the other end too.

    The first frame is {"ready": {"udp_port": …}}, or {"failed": why} and the end.
    """
    wire = await Wire.over(control)
    if own_process:
        worker_log.forward(wire)

    def tell(event: Event) -> None:
        wire.send({"event": event.model_dump(mode="json")})

    try:
        try:
            plane = MediaPlane(settings, tell)
        except (OSError, ValueError) as error:
            wire.send({"failed": f"{settings.host} port {settings.udp_port}: {error}"})
            return
        try:
            wire.send({"ready": {"udp_port": plane.udp_port, "addresses": list(plane.addresses)}})
            await _listen(wire, plane)
        finally:
            plane.close()
    finally:
        await wire.close()


async def _listen(wire: Wire, plane: MediaPlane) -> None:
    while True:
        try:
            frame = await wire.receive()
        except FrameError:
            _log.exception("the signaling process speaks nonsense")
            return
        if frame is None:
            return
        reply = _answer(plane, frame.get("command"))
        wire.send({"id": frame.get("id"), "reply": reply.model_dump(mode="json")})


def _answer(plane: MediaPlane, raw: object) -> Reply:
    """Carry out one command; whatever goes wrong becomes a Refused."""
    try:
        return _carry_out(plane, _command.validate_python(raw))
    except (PlaneError, SdpError) as error:
        return Refused(code=error.code, detail=error.detail)
    except ValidationError as error:
        return Refused(code="internal", detail=f"not a command: {error.error_count()} errors")
    except Exception as error:  # a fault of ours must not end the meetings of the others
        _log.exception("command failed")
        return Refused(code="internal", detail=type(error).__name__)


def _carry_out(plane: MediaPlane, command: Command) -> Reply:
    match command:
        case OpenRouter():
            plane.open_router(command.router)
        case CloseRouter():
            plane.close_router(command.router)
        case ConnectTransport():
            answer, slots = plane.connect(command.router, command.transport, command.offer)
            return Connected(answer=answer, slots=tuple(slots))
        case RestartIce():
            ufrag, password = plane.restart_ice(command.router, command.transport)
            return IceRestarted(ufrag=ufrag, password=password)
        case CloseTransport():
            plane.close_transport(command.router, command.transport)
        case SetMuted():
            plane.set_muted(
                command.router, command.transport, audio=command.audio, video=command.video
            )
        case GiveFloor():
            plane.give_floor(command.router, command.transport)
        case LeadRouter():
            plane.lead(command.router)
        case OfferPipe():
            return plane.pipes.offer(command.router, command.pipe)
        case JoinPipe():
            plane.pipes.join(command)
        case ClosePipe():
            plane.pipes.hang_up(command.router, command.pipe)
        case GetStats():
            return Stats(stats={**_process(), **plane.stats(detail=command.detail)})
    return Done()


def _ask_for_priority() -> None:
    """Let media go before other work of this machine: what takes the core from a worker in the
    middle of a packet to 235 receivers keeps all of them waiting. Where the system does not permit
    it (RLIMIT_NICE of getrlimit(2)) everything stays as it is."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)


def _process() -> dict[str, object]:
    """What this process has used: CPU seconds, and the most memory it ever held, in bytes."""
    return {
        "pid": os.getpid(),
        "cpu_s": round(time.process_time(), 3),
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


async def _main(settings: Media, control: socket.socket) -> None:
    serving = asyncio.create_task(serve(settings, control, own_process=True))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, serving.cancel)
    # Ctrl-C goes to the whole group of a terminal; the signaling process decides when we stop.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def main() -> None:
    """Run as a process of its own; see the top of this file."""
    parser = argparse.ArgumentParser(prog="media.worker")
    parser.add_argument("--control-fd", type=int, required=True)
    parser.add_argument("--settings", default="{}", help="the section `media` as JSON")
    arguments = parser.parse_args()
    settings = Media.model_validate_json(arguments.settings)
    control = socket.socket(fileno=arguments.control_fd)
    _ask_for_priority()
    uvloop.run(_main(settings, control))


if __name__ == "__main__":
    main()
