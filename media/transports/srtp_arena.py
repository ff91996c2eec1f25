"""SRTP states that lie together in memory.

A packet to 235 receivers goes through the states of 235 ciphers, and until the next packet comes
the machine's caches have forgotten most of them. They come back in half the time when they stand
in a row than when each lies among everything else that its participant's join allocated.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from media.transports.multi_buffer import MultiBuffer
from media.transports.srtp import SrtpPair
from media.transports.srtp_keys import SrtpKeys


class SrtpArena:
    """Makes the SrtpPairs of one worker.

    The C library gives every thread a heap of its own (malloc(3), "arenas"), so a thread that does
    nothing else makes them one behind the other. `close` is needed.
    """

    def __init__(self, multi_buffer: MultiBuffer | None = None) -> None:
        """Where `multi_buffer` is given, RTP goes out by it (see SrtpPair)."""
        self._multi_buffer = multi_buffer
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="srtp")

    def pair(self, keys: SrtpKeys, ssrcs: Iterable[int] = ()) -> SrtpPair:
        """Make a pair that will send these streams; it takes about a tenth of a millisecond.
        Raises SrtpError."""
        return self._thread.submit(_make, keys, ssrcs, self._multi_buffer).result()

    def close(self) -> None:
        """End the thread; the pairs stay as they are."""
        self._thread.shutdown()


def _make(keys: SrtpKeys, ssrcs: Iterable[int], multi_buffer: MultiBuffer | None) -> SrtpPair:
    pair = SrtpPair(keys, multi_buffer)
    for ssrc in ssrcs if pair.gcm is None else ():
        # libsrtp makes the state of a stream with its first packet. This one is sent to nobody, and
        # its number, 0, is before those that slots begin with (below 2**15), or the same.
        pair.protect_rtp(b"\x80" + bytes(7) + ssrc.to_bytes(4, "big"))
    return pair
