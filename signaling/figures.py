"""Figures of the rooms, the agenda and the media worker. Sums only: no room, device or person is a
label, so that their number does not grow with the county."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar, get_args

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector

from media.handle import Worker
from media.messages import GetStats, Stats
from media.pool import Workers
from media.transports.transport import State
from scheduler.agenda import Agenda
from scheduler.attendance.log import AttendanceLog
from signaling.floor import Floor
from signaling.http.metrics import Metrics
from signaling.rooms.stage import MediaWorker

_Family = TypeVar("_Family", CounterMetricFamily, GaugeMetricFamily)

COUNTERS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("datagrams_received", "Datagrams received, of any kind.", ("datagrams_in",)),
    ("received_bytes", "Bytes of these datagrams.", ("octets_in",)),
    ("packets_received", "RTP packets accepted from senders.", ("totals", "packets")),
    ("payload_bytes", "Payload of these, bytes.", ("totals", "octets")),
    ("packets_lost", "RTP packets that did not come by themselves, whether asked again or not.",
     ("totals", "lost")),
    ("packets_forwarded", "RTP packets written for receivers.", ("rtp_out",)),
    ("forwarded_bytes", "Bytes of these, as they go out.", ("octets_out",)),
    ("packets_asked_again", "RTP packets asked of senders by NACK.",
     ("totals", "nacked")),
    ("keyframes_asked", "Key frames asked of senders.", ("totals", "keyframes_asked")),
    ("datagrams_sent", "Datagrams the kernel took.", ("datagrams_out", "sent")),
)  # fmt: skip
"""Name, help and place in the worker's stats; `liancun_media_` stands before the name."""

ROUTERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("streams", "Incoming streams: voices, and each simulcast layer.", "streams"),
    ("streams_watched", "Incoming streams that are sent to anybody.", "watched"),
    ("rows", "Streams going out to receivers.", "rows"),
)
"""Gauges summed over all routers: name, help, key in Router.stats."""

OUT_LOSSES: Final = frozenset({"too_long", "socket_full", "refused_by_kernel"})
"""Of what the worker counts when sending; the rest are no losses."""


def watch_floor(metrics: Metrics, floor: Floor) -> None:
    """Show the rooms and the media worker."""
    metrics.watch("sessions", "Devices and persons connected or expected back at once.",
                  lambda: len(floor.sessions))  # fmt: skip
    metrics.watch("devices_connected", "Devices and persons with an open connection.",
                  lambda: sum(session.is_there for session in floor.sessions))  # fmt: skip
    metrics.watch("tasks", "Running asyncio tasks of the signaling process.",
                  lambda: len(asyncio.all_tasks()))  # fmt: skip
    metrics.watch("rooms", "Rooms open on this node.", lambda: len(list(floor.hub)))
    metrics.watch("peers", "Devices in rooms.", lambda: sum(len(room.peers) for room in floor.hub))
    metrics.count("joins", "Devices let into rooms.", lambda: floor.entrance.joins)
    figures = MediaFigures(floor.worker)
    metrics.registry.register(figures)
    metrics.ask("media worker", figures.refresh)
    if isinstance(floor.worker, Workers):
        members = floor.worker.members
        metrics.count("worker_restarts", "Restarts of media workers.",
                      lambda: sum(worker.restarts for worker in members))  # fmt: skip
        metrics.registry.register(WorkerProcesses(members))


def watch_attendance(metrics: Metrics, attendance: AttendanceLog) -> None:
    """Show how many facts of attendance are written."""
    metrics.registry.register(_Facts(attendance))


def watch_agenda(metrics: Metrics, agenda: Agenda) -> None:
    """Show how far the agenda is behind; no figure is better than an old one."""
    lag: list[float] = []

    async def look() -> None:
        lag.clear()
        lag.append((await agenda.lag()).total_seconds())

    metrics.ask("agenda", look)
    metrics.watch(
        "agenda_lag_seconds",
        "How long the first due action has waited, seconds; NaN when the store does not answer.",
        lambda: lag[0] if lag else float("nan"),
    )


class MediaFigures:
    """What the worker counts, as it said when it was asked last; without an answer nothing but
    that it is down."""

    def __init__(self, worker: MediaWorker) -> None:
        self._worker = worker
        self._stats: dict[str, Any] | None = None
        self._highest: dict[tuple[str, str, int], float] = {}
        """Of each counter, by worker and process."""

    async def refresh(self) -> None:
        """Ask the worker; raises what the handle raises."""
        self._stats = None
        answer = await self._worker.request(GetStats())
        if isinstance(answer, Stats):
            self._stats = answer.stats

    def collect(self) -> Iterable[Metric]:
        """Yield the families of Prometheus."""
        stats = self._stats
        yield GaugeMetricFamily(
            "liancun_workers_up",
            "Media workers that answer.",
            value=len(stats["workers"]) if stats is not None else 0,
        )
        if stats is None:
            return
        workers = {str(worker["worker"]): worker for worker in stats["workers"]}
        for name, text, path in COUNTERS:
            # By worker: one that dies begins at zero, and a sum would seem to count backwards.
            yield _labelled(
                CounterMetricFamily(f"liancun_media_{name}", text, labels=["worker"]),
                {
                    (number,): self._rising(name, number, worker["pid"], _at(worker, path))
                    for number, worker in workers.items()
                },
            )
        rooms = stats["routers"].values()
        yield GaugeMetricFamily("liancun_media_routers", "Open routers.", value=len(rooms))
        for name, text, key in ROUTERS:
            value = sum(room["router"][key] for room in rooms)
            yield GaugeMetricFamily(f"liancun_media_{name}", text, value=value)
        yield _labelled(
            GaugeMetricFamily(
                "liancun_media_transports", "Transports by state.", labels=["worker", "state"]
            ),
            _states(workers, rooms),
        )
        yield _labelled(
            GaugeMetricFamily(
                "liancun_media_pipes", "Ends of pipes to other workers.", labels=["worker"]
            ),
            {(number,): worker["pipes"] for number, worker in workers.items()},
        )
        yield _labelled(
            CounterMetricFamily(
                "liancun_media_drops",
                "What was dropped, by reason.",
                labels=["worker", "where", "reason"],
            ),
            {
                (number, *place): count
                for number, worker in workers.items()
                for place, count in _drops(worker).items()
            },
        )
        tcp = stats["tcp"]
        yield GaugeMetricFamily(
            "liancun_media_tcp_connections",
            "Open connections of ICE-TCP.",
            value=tcp["connections"] if tcp else 0,
        )

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is depends on the answer."""
        return ()

    def _rising(self, name: str, worker: str, pid: int, value: float) -> float:
        """Return what a counter says that may only rise while its process lives.

        A packet that was overtaken is lost until it comes: to Prometheus one less would be a
        counter that began anew, and all of it would count again.
        """
        key = name, worker, pid
        for gone in [k for k in self._highest if k[:2] == key[:2] and k != key]:
            del self._highest[gone]
        self._highest[key] = max(value, self._highest.get(key, 0.0))
        return self._highest[key]


class WorkerProcesses:
    """CPU, memory and files of every worker's process, under its number."""

    def __init__(self, members: Iterable[Worker]) -> None:
        self._members = tuple(members)

    def collect(self) -> Iterable[Metric]:
        """Yield the families of Prometheus."""
        families: dict[str, Metric] = {}
        for number, worker in enumerate(self._members):
            of_one = ProcessCollector("liancun_worker", partial(_pid, worker), registry=None)
            for metric in of_one.collect():
                family = families.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for sample in metric.samples:
                    family.add_sample(sample.name, {"worker": str(number)}, sample.value)
        return families.values()

    def describe(self) -> Iterable[Metric]:
        """Nothing: a worker that is down has no process."""
        return ()


def _pid(worker: Worker) -> int:
    return worker.pid or 0  # of which there is nothing to tell


class _Facts:
    def __init__(self, attendance: AttendanceLog) -> None:
        self._attendance = attendance

    def collect(self) -> Iterable[Metric]:
        yield _labelled(
            CounterMetricFamily(
                "liancun_attendance_facts", "Facts of attendance written.", labels=["kind"]
            ),
            {(kind.value,): count for kind, count in self._attendance.written.items()},
        )


def _labelled(family: _Family, values: Mapping[tuple[str, ...], float]) -> _Family:
    for labels, value in sorted(values.items()):
        family.add_metric(labels, value)
    return family


def _at(stats: Mapping[str, Any], path: tuple[str, ...]) -> float:
    value: Any = stats
    for key in path:
        value = value.get(key, 0)
    return float(value)


def _states(
    workers: Iterable[str], rooms: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, ...], float]:
    found = Counter(
        (str(t["worker"]), t["state"]) for room in rooms for t in room["transports"].values()
    )
    return {(w, state): found[w, state] for w in workers for state in get_args(State)}


def _drops(stats: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """`in`: before a packet was known to be a participant's; `room`: by its Router; `out`: when
    sending."""
    places: dict[str, Mapping[str, int]] = {
        "in": stats["drops"],
        "room": stats["totals"]["drops"],
        "out": {k: n for k, n in stats["datagrams_out"].items() if k in OUT_LOSSES},
    }
    return {(where, why): n for where, drops in places.items() for why, n in drops.items()}
