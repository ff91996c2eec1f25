"""Figures for Prometheus, in a registry of the application's own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector

from signaling.version import VERSION

ASK_WITHIN_S: Final = 1.0
"""What does not answer in this time is left out; Prometheus itself waits for 10 s by default."""
FRESH_FOR_S: Final = 1.0
"""The address is public: however often it is asked, the parts behind it are asked once a second."""

log = structlog.get_logger(__name__)


class Metrics:
    """The registry and what the HTTP side counts. Other parts register their collectors here."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Info("liancun", "This server.", registry=self.registry).info({"version": VERSION})
        self._asking: dict[str, Callable[[], Awaitable[None]]] = {}
        self._failing: set[str] = set()
        self._asked_at = float("-inf")
        self._asked = asyncio.Lock()
        self._requests = Counter(
            "liancun_http_requests",
            "HTTP requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "liancun_http_request_seconds",
            "Time to answer an HTTP request, seconds.",
            ["route"],
            registry=self.registry,
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. Strangers choose the method, so unknown ones are one."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"
        self._requests.labels(known, route, str(status)).inc()
        if status != 101:
            self._seconds.labels(route).observe(seconds)

    def watch(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        """Add a figure that is read when it is asked for."""
        Gauge(f"liancun_{name}", documentation, registry=self.registry).set_function(value)

    def count(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        """Add a figure that only grows, read when asked for; its name gets `_total`."""
        self.registry.register(_Counted(f"liancun_{name}", documentation, value))

    def ask(self, name: str, part: Callable[[], Awaitable[None]]) -> None:
        """Call `part` before the figures are written, so that it can ask what is far away. It must
        forget its former answer first: it may be cancelled after ASK_WITHIN_S, or raise."""
        self._asking[name] = part

    async def text(self) -> bytes:
        """Return all figures in the text format of Prometheus."""
        async with self._asked:
            if time.monotonic() - self._asked_at >= FRESH_FOR_S:
                await asyncio.gather(*(self._ask(name) for name in self._asking))
                self._asked_at = time.monotonic()
        return generate_latest(self.registry)

    async def _ask(self, name: str) -> None:
        try:
            async with asyncio.timeout(ASK_WITHIN_S):
                await self._asking[name]()
            self._failing.discard(name)
        except Exception as error:
            if name not in self._failing:  # once, not at every scrape
                log.warning("figures left out", part=name, reason=repr(error))
            self._failing.add(name)


class _Counted:
    """A collector of one counter that somebody else keeps."""

    def __init__(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        self._name, self._documentation, self._value = name, documentation, value

    def collect(self) -> Iterable[Metric]:
        yield CounterMetricFamily(self._name, self._documentation, self._value())
