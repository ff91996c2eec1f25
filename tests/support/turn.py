"""Debian's coturn, for as long as a test needs it."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.certificate import ServerCertificate

READY_WITHIN_S = 10.0


@asynccontextmanager
async def coturn(
    address: str, secret: str, folder: Path, certificate: ServerCertificate | None = None
) -> AsyncIterator[int]:
    """Run a TURN server on a free port of `address`, TCP and UDP; yield the port.

    With a certificate the same port speaks TLS too: coturn looks at what comes first.
    """
    program = shutil.which("turnserver")
    assert program is not None, "sh tests/prepare.sh installs coturn"
    with socket.create_server((address, 0)) as free:
        port = int(free.getsockname()[1])
    arguments = [
        *("-n", "--no-cli", "--no-dtls", "--no-multicast-peers"),
        *(f"--listening-ip={address}", f"--relay-ip={address}", f"--listening-port={port}"),
        *("--realm=liancun.example", "--use-auth-secret", f"--static-auth-secret={secret}"),
        *(f"--userdb={folder}/turn.db", f"--pidfile={folder}/turn.pid"),
        *(f"--log-file={folder}/turn.log", "--simple-log"),
    ]
    if certificate is None:
        arguments.append("--no-tls")
    else:
        arguments += [f"--cert={certificate.file}", f"--pkey={certificate.key_file}"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, *arguments, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            await _listening(address, port)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _listening(address: str, port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return
