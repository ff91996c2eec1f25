"""What arrived in one slot, counted from the clear RTP headers (RFC 3550 §6.4.1, A.1, A.8)."""

from struct import Struct

from media.core.rtcp import ReportBlock

_HEADER = Struct("!BBHI")
_FARTHEST_AHEAD = 3000


class Incoming:
    """Reception of one SSRC."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.packets = 0
        self.octets = 0
        self.frames = 0
        """Packets with the marker: pictures, or beginnings of talk."""
        self.last_at: float | None = None
        """When the last packet came."""
        self._clock_rate = clock_rate
        self._first = -1
        self._highest = 0  # extended
        self._jitter = 0.0
        self._transit: float | None = None
        self._before = (0, 0)  # expected and received at the last report
        self._last_sr = (0, 0.0)

    @property
    def expected(self) -> int:
        return self._highest - self._first + 1 if self._first >= 0 else 0

    @property
    def lost(self) -> int:
        """Packets that never came; below 0 when some came twice."""
        return self.expected - self.packets

    def take(self, packet: bytes, now: float) -> None:
        """Count one packet of at least 12 bytes."""
        _, second, sequence, timestamp = _HEADER.unpack_from(packet)
        self.packets += 1
        self.octets += len(packet)
        self.frames += second >> 7
        if self._first < 0:
            self._first = self._highest = sequence
        else:
            ahead = (sequence - self._highest) & 0xFFFF
            if ahead < _FARTHEST_AHEAD:
                self._highest += ahead
        transit = now * self._clock_rate - timestamp
        # A switch of the source keeps the timestamps continuous; 2**32 is taken out by the window.
        if self._transit is not None and abs(transit - self._transit) < 10 * self._clock_rate:
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit
        self.last_at = now

    def sender_report(self, ntp: int, now: float) -> None:
        """Remember the server's report for the round trip in ours."""
        self._last_sr = (ntp >> 16 & 0xFFFFFFFF, now)

    def report(self, now: float) -> ReportBlock:
        """Build the block of this stream since the last one."""
        expected, received = (
            self.expected - self._before[0],
            self.packets - self._before[1],
        )
        self._before = (self.expected, self.packets)
        lost = max(0, expected - received)
        middle, at = self._last_sr
        return ReportBlock(
            ssrc=self.ssrc,
            fraction_lost=min(255, lost * 256 // expected) if expected > 0 else 0,
            lost=self.lost,
            highest=self._highest & 0xFFFFFFFF,
            jitter=round(self._jitter),
            last_sr=middle,
            delay_since_sr=round((now - at) * 65536) if middle else 0,
        )
