"""Figures for Prometheus, in a registry of the application's own."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from signaling.version import VERSION


class Metrics:
    """The registry and what the HTTP side counts. Other parts register their collectors here."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Info("liancun", "This server.", registry=self.registry).info({"version": VERSION})
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

    def text(self) -> bytes:
        """Return all figures in the text format of Prometheus."""
        return generate_latest(self.registry)
