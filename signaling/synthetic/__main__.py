"""`python -m signaling.synthetic [--cache FOLDER]`: carry synthetic phones in one process.

The first line of standard input is a JSON list of {url, token, name, caption?}; `url` is that of
the WebSocket. The phones hang up in order when standard input is closed, or at SIGTERM or SIGINT.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from signaling.synthetic.village import PhoneSpec, run

try:
    import uvloop

    _new_loop: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
except ImportError:  # there is no uvloop on Windows
    _new_loop = None

_SPECS = TypeAdapter(list[PhoneSpec])


class _UntilClosed(asyncio.Protocol):
    """Sets an event when the other side closes."""

    def __init__(self, closed: asyncio.Event) -> None:
        self._closed = closed

    def eof_received(self) -> None:
        self._closed.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._closed.set()


def main() -> int:
    """Read the list and carry the phones; 2 where the list cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m signaling.synthetic", description=__doc__)
    parser.add_argument(
        "--cache", type=Path, default=Path("var/synthetic"), help="folder of the recordings"
    )
    options = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        specs = _SPECS.validate_json(_first_line())
    except ValidationError as error:
        print(f"standard input: {error.errors(include_url=False, include_input=False)[0]['msg']}",
              file=sys.stderr)  # fmt: skip
        return 2
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(_carry(specs, options.cache))
    return 0


async def _carry(specs: list[PhoneSpec], cache: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # Unbuffered, so that nothing of what follows the first line is read ahead of the loop.
    pipe = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    transport, _ = await loop.connect_read_pipe(lambda: _UntilClosed(stop), pipe)
    try:
        await run(specs, cache, stop)
    finally:
        transport.close()


def _first_line() -> bytes:
    """Read one line byte for byte from the descriptor, past no buffer."""
    line = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


if __name__ == "__main__":
    sys.exit(main())
