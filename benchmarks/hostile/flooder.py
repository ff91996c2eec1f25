"""`python -m benchmarks.hostile.flooder PORT KIND RATE NAME`: floods a media port.

Says when it begins; when its standard input is closed it stops and says how many datagrams it sent
and in how many seconds.
"""

import json
import random
import select
import socket
import sys
import time
from collections.abc import Sequence

from media.transports import stun
from media.transports.dtls import Certificate, DtlsEndpoint

KINDS = ("stun", "stun by name", "client hello")
_SOURCES = 64
_DIFFERENT = 256
_TURN_S = 0.001


def datagrams(kind: str, name: str) -> Sequence[bytes]:
    """Return different ones of a kind: checks for names nobody has, checks for `name` signed with
    a wrong password, ClientHellos."""
    if kind == "client hello":
        return _client_hellos()
    known = kind == "stun by name"
    return [
        stun.check(
            random.randbytes(12),
            local=stun.Credentials.generate(),
            remote=stun.Credentials(name if known else f"nobody{n:02x}", "x" * 24),
            tie_breaker=n, priority=1, use_candidate=True,
        )
        for n in range(_DIFFERENT)
    ]  # fmt: skip


def _client_hellos() -> Sequence[bytes]:
    certificate, found = Certificate.generate(), []
    for _ in range(16):
        client = DtlsEndpoint(certificate, "client", [("sha-256", certificate.fingerprint)])
        client.start(0.0)
        found += client.take()
    return found


def main() -> None:
    """Flood at the rate asked for, or as fast as this process can."""
    port, kind, rate, name = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
    ready = datagrams(kind, name)
    sources = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(_SOURCES)]
    for source in sources:
        source.connect(("127.0.0.1", port))
        source.setblocking(False)
    print(json.dumps({"event": "begin"}), flush=True)
    sent, began = 0, time.monotonic()
    while not select.select([sys.stdin], [], [], 0)[0]:
        due = int((time.monotonic() - began) * rate)
        while sent < due:
            try:
                sources[sent % _SOURCES].send(ready[sent % len(ready)])
            except OSError:
                break  # the port's buffer is full, or an answer was refused: that one is gone
            finally:
                sent += 1
        time.sleep(_TURN_S)
    print(json.dumps({"sent": sent, "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main()
