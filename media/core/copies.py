"""Copies of pictures that try lines: sent a little at a time, for a burst would be a queue of its
own and hide the line's.

And unevenly. Until Chromium has an estimate it looks for clusters by which a sender tries its line:
five packets of more than 200 bytes in a row that departed equally far apart, to 2.5 ms. The rate at
which they came is its estimate then, whatever else the line carries (libwebrtc, ProcessClusters in
remote_bitrate_estimator_abs_send_time.cc). Copies every 20 ms were such clusters, so that lines
without any limit had early and low estimates.
"""

from collections.abc import Iterator, Mapping
from math import inf

from media.core.outputs import Resend
from media.core.transport import Transport

APART_S = (0.013, 0.020, 0.027)
"""In turn. Two neighbours, and two sums of neighbours, differ by more than clocks are late."""
LATE_S = 0.1
"""After such a pause nothing is made up for."""


class Copies:
    """`at` is when `due` wants to be called next."""

    __slots__ = ("_tried", "_turn", "at")

    def __init__(self) -> None:
        self.at = inf
        self._tried: list[Transport] = []
        self._turn = 0

    def review(self, tried: dict[str, None], present: Mapping[str, Transport], now: float) -> None:
        """Note whose lines are tried, out of those who may be; every 100 ms. Who is not, or is not
        there any more, is taken out of `tried`."""
        self._tried = []
        for tid in list(tried):
            transport = present.get(tid)
            if transport is not None and transport.allowance.probe_bps:
                self._tried.append(transport)
            else:
                del tried[tid]
        self.at = min(self.at, now) if self._tried else inf

    def due(self, present: Mapping[str, Transport], now: float) -> Iterator[Resend]:
        """Yield what is to be sent now to those who are still there."""
        self._turn = (self._turn + 1) % len(APART_S)
        apart = APART_S[self._turn]
        self.at = (now if now - self.at >= LATE_S else self.at) + apart
        for transport in self._tried:
            if present.get(transport.tid) is transport:
                yield from transport.probes(apart)
