"""One UDP port with two queues: what has to go on at once, and what may wait a little.

Receivers' reports and checks come one by one, a few hundred in a second of a large meeting. Waking
up for each costs ten times what reading it does, because everything that is needed for it has left
the caches since the last one. So they have a queue of their own, which is looked at a hundred times
a second or less, and what lies there is read in one go. A flood of checks fills that queue and not
the one of the media.

The two are sockets on one address (SO_REUSEPORT of socket(7)), and a classic BPF program tells the
kernel which of them a datagram is for (SO_ATTACH_REUSEPORT_CBPF, Linux 4.5).

Everything is sent from the second socket: nobody waits for it to become readable, and the kernel
needs to wake nobody up for every packet that has left it.
"""

import socket
import struct
from typing import Any, Final

from media.transports.libc import ffi
from media.transports.receive_slab import ReceiveSlab
from media.transports.send_slab import SendSlab
from media.transports.udp import UdpEndpoint

_SO_ATTACH_REUSEPORT_CBPF: Final = 51
_LOAD_BYTE, _LESS, _EQUAL, _RETURN = 0x30, 0x35, 0x15, 0x06
"""BPF_LD|BPF_B|BPF_ABS, BPF_JMP|BPF_JGE (taken where it is not less), BPF_JMP|BPF_JEQ, BPF_RET."""
_MEDIA, _CONTROL = 0, 1
"""The sockets in the order in which they were bound."""
_INSTRUCTION: Final = struct.Struct("=HBBI")
_PROGRAM: Final = (
    # RFC 7983: below 4 is STUN, 128 to 191 is RTP or RTCP. Behind the end of a datagram are zeros.
    (_LOAD_BYTE, 0, 0, 0),
    (_LESS, 0, 5, 4),  # a check
    (_LESS, 0, 3, 128),
    # SR and RR begin what is regular; feedback that cannot wait comes by itself (RFC 5506).
    (_LOAD_BYTE, 0, 0, 1),
    (_EQUAL, 2, 0, 200),
    (_EQUAL, 1, 0, 201),
    (_RETURN, 0, 0, _MEDIA),
    (_RETURN, 0, 0, _CONTROL),
)


class SplitPort:
    """Two sockets on one port. `inbox` is to be read when `fd` is readable, `aside` every few
    milliseconds; what is in `outbox` goes out from the same port."""

    def __init__(self, host: str, port: int, *, pinned: bool = False) -> None:
        """Bind, as UdpEndpoint does. Raises OSError (the port is taken, say)."""
        self._media = UdpEndpoint(host, port, pinned=pinned)
        try:
            self._control = UdpEndpoint(host, self._media.port, pinned=pinned, beside=self._media)
        except OSError:
            self._media.close()
            raise
        try:
            _attach(self._media.socket)
        except OSError as error:
            self.close()
            raise OSError(error.errno, f"sorting datagrams: {error.strerror}") from error
        self.port: Final = self._media.port
        self.socket: Final = self._media.socket
        self.fd: Final = self._media.fd
        self.inbox: Final[ReceiveSlab] = self._media.inbox
        """Media, handshakes, and feedback that asks for something."""
        self.aside: Final[ReceiveSlab] = self._control.inbox
        """Checks and regular reports."""
        self.aside_fd: Final = self._control.fd
        self.outbox: Final[SendSlab] = self._control.outbox

    def close(self) -> None:
        self._media.close()
        self._control.close()


def _attach(sock: socket.socket) -> None:
    program: Any = ffi.from_buffer(b"".join(_INSTRUCTION.pack(*line) for line in _PROGRAM))
    address = int(ffi.cast("uintptr_t", program))
    # struct sock_fprog: the number of instructions, and where they are.
    filter_ = struct.pack("@HP", len(_PROGRAM), address)
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_CBPF, filter_)
