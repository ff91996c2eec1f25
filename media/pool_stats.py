"""The counters of all workers of a node as one, with each worker's own beside the sums."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

SUMMED: Final = ("transports", "datagrams_in", "octets_in", "rtp_out", "octets_out")
BY_REASON: Final = ("drops", "datagrams_out")

_Stats = Mapping[str, Any]


def join_stats(found: Sequence[_Stats | None]) -> dict[str, object]:
    """Join what workers say (media.plane.MediaPlane.stats), by their numbers; None is one that
    does not answer.

    `workers` holds each worker's own stats with its number as `worker`, and how many `routers` and
    ends of `pipes` it has. `routers` are those of all; one that spans several `workers` has its
    transports and the ends of its `pipes` from all of them, each with its `worker`, and its
    counters summed.
    """
    told = {number: stats for number, stats in enumerate(found) if stats is not None}
    everything = list(told.values())
    sums = {key: sum(int(stats.get(key, 0)) for stats in everything) for key in SUMMED}
    reasons = {key: _sum(stats[key] for stats in everything) for key in BY_REASON}
    totals = [stats["totals"] for stats in everything]
    tcp = [stats["tcp"] for stats in everything if stats["tcp"] is not None]
    return {
        **sums,
        **reasons,
        "totals": {
            **_sum({k: n for k, n in one.items() if k != "drops"} for one in totals),
            "drops": _sum(one["drops"] for one in totals),
        },
        "tcp": _sum({k: n for k, n in one.items() if k != "port"} for one in tcp) if tcp else None,
        "workers": [
            {
                **{k: v for k, v in stats.items() if k != "routers"},
                "worker": number,
                "routers": len(stats["routers"]),
                "pipes": sum(len(part["pipes"]) for part in stats["routers"].values()),
            }
            for number, stats in told.items()
        ],
        "routers": _routers(told),
    }


def _routers(told: Mapping[int, _Stats]) -> dict[str, dict[str, Any]]:
    routers: dict[str, dict[str, Any]] = {}
    for number, stats in told.items():
        for name, part in stats["routers"].items():
            router = routers.setdefault(
                name, {"workers": [], "router": {}, "transports": {}, "pipes": []}
            )
            router["workers"].append(number)
            router["pipes"] += [
                {"worker": number, "pipe": pipe, **state} for pipe, state in part["pipes"].items()
            ]
            counted = {k: n for k, n in part["router"].items() if isinstance(n, int)}
            router["router"] = {
                **_sum([{k: n for k, n in router["router"].items() if k != "drops"}, counted]),
                "drops": _sum([router["router"].get("drops", {}), part["router"]["drops"]]),
            }
            for transport, state in part["transports"].items():
                router["transports"][transport] = {"worker": number, **state}
            if "dump" in part:
                _add_dump(router, part["dump"], number)
    return routers


def _add_dump(router: dict[str, Any], dump: _Stats, number: int) -> None:
    """Take the transports from every part, and the decisions from the one that leads."""
    known = router.setdefault("dump", {"transports": {}, "pipes": {}})
    transports = {**known["transports"], **dump["transports"]}
    pipes = {**known["pipes"], number: dump.get("pipes", {})}
    if dump.get("leads", True):
        known.update(dump)
    known.update(transports=transports, pipes=pipes)


def _sum(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for one in counted:
        sums.update(one)
    return dict(sums)
