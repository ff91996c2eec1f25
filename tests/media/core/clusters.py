"""What Chromium's receiver takes for packets that a sender paced to try the line.

After remote_bitrate_estimator_abs_send_time.cc of libwebrtc (`ComputeClusters`, `FindBestProbe`,
`ProcessClusters`), in which the constants have these values.
"""

from dataclasses import dataclass, field
from itertools import pairwise

LEAST_OCTETS = 200
LEAST_COUNT, EXPECTED, MOST_PACKETS = 4, 3, 15
ALIKE_S, LEAST_APART_S = 0.0025, 0.001
LATER_S, EARLIER_S = 0.002, 0.005
INITIALLY_S = 2.0


@dataclass
class Cluster:
    """The distances of packets that departed equally far apart, added up."""

    sent_s: float = 0.0
    came_s: float = 0.0
    octets: int = 0
    count: int = 0
    apart: int = 0

    def fits(self, sent_s: float) -> bool:
        return self.count == 0 or abs(sent_s - self.sent_s / self.count) < ALIKE_S

    def add(self, sent_s: float, came_s: float, octets: int) -> None:
        self.sent_s += sent_s
        self.came_s += came_s
        self.octets += octets
        self.count += 1

    @property
    def whole(self) -> bool:
        return self.count >= LEAST_COUNT and self.sent_s > 0 and self.came_s > 0

    @property
    def carried(self) -> bool:
        """It came about as fast as it was sent."""
        later = (self.came_s - self.sent_s) / self.count
        return self.apart > self.count // 2 and -EARLIER_S <= later <= LATER_S

    @property
    def bps(self) -> float:
        return self.octets * 8 / max(self.sent_s, self.came_s)


@dataclass
class Clusters:
    """Takes packets as they come until there is an estimate, and in any case for `INITIALLY_S`."""

    _packets: list[tuple[float, float, int]] = field(default_factory=list)
    _began: float | None = None

    def take(self, sent_at: float, at: float, octets: int, estimate: float | None) -> float | None:
        """Return the estimate that a packet makes; None where it stays what it was."""
        self._began = at if self._began is None else self._began
        if octets <= LEAST_OCTETS or (estimate is not None and at - self._began >= INITIALLY_S):
            return None
        self._packets.append((sent_at, at, octets))
        found = self._clusters()
        if not found:
            del self._packets[: len(self._packets) - MOST_PACKETS + 1]
            return None
        best = 0.0
        for cluster in found:
            if not cluster.carried:
                break
            best = max(best, cluster.bps)
        if best > (estimate or 0.0):
            return best
        if len(found) >= EXPECTED:
            self._packets.clear()
        return None

    def _clusters(self) -> list[Cluster]:
        clusters = [Cluster()]
        for (sent, came, _), (later_sent, later_came, octets) in pairwise(self._packets):
            sent_s, came_s = later_sent - sent, later_came - came
            # As there: what ends a cluster still counts for it.
            clusters[-1].apart += min(sent_s, came_s) >= LEAST_APART_S
            if not clusters[-1].fits(sent_s):
                clusters.append(Cluster())
            clusters[-1].add(sent_s, came_s, octets)
        return [cluster for cluster in clusters if cluster.whole]
