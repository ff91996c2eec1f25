"""What /metrics gives, from a real server: sound names, few series, nothing that can break it."""

import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from media.messages import Answer, Command, GetStats, Stats
from signaling.figures import MediaFigures
from signaling.http import metrics
from tests.signaling.live import Branch

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "config" / "OPERATING.md").read_text(encoding="utf-8")
OF_ANY_PROGRAM = ("python_gc_", "process_", "liancun_worker_process_")


class Told:
    """A worker of which the test says what it counted."""

    def __init__(self, one: dict[str, Any]) -> None:
        self.one = one

    async def request(self, command: Command) -> Answer:
        assert isinstance(command, GetStats)
        one = {"worker": 0, "pipes": 0, "drops": {}, "datagrams_out": {}, **self.one}
        return Stats(stats={"workers": [one], "routers": {}, "tcp": None})


async def scrape(branch: Branch) -> dict[str, Metric]:
    async with branch.server.http() as http, http.get("/metrics") as answer:
        assert answer.status == 200
        return {m.name: m for m in text_string_to_metric_families(await answer.text())}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    sample = next(
        s for s in found[name.removesuffix("_total")].samples
        if s.name == name and s.labels == labels
    )  # fmt: skip
    return sample.value


def exposed(found: dict[str, Metric]) -> set[str]:
    """Return the names as operators write them: a counter's with `_total`."""
    return {
        f"{m.name}_total" if m.type == "counter" else m.name
        for m in found.values()
        if not m.name.startswith(OF_ANY_PROGRAM) and not m.name.endswith("_created")
    }


async def test_a_device_that_joins_is_counted(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.join("phone1", meeting)
    found = await scrape(branch)
    assert value(found, "liancun_joins_total") == 1
    assert value(found, "liancun_devices_connected") == 1
    assert value(found, "liancun_rooms") == 1
    assert value(found, "liancun_peers") == 1
    assert value(found, "liancun_attendance_facts_total", kind="joined") == 1
    assert value(found, "liancun_attendance_facts_total", kind="left") == 0


async def test_the_worker_says_what_it_holds(branch: Branch) -> None:
    await branch.open()
    found = await scrape(branch)
    assert value(found, "liancun_workers_up") == 1
    assert value(found, "liancun_media_routers") == 1
    assert value(found, "liancun_media_transports", worker="0", state="connected") == 0
    assert value(found, "liancun_agenda_lag_seconds") == 0


async def test_the_table_of_the_guide_is_what_is_given(branch: Branch) -> None:
    rows = re.findall(r"^\| `(liancun_[a-z_]+)` \| (\w*)", GUIDE, re.MULTILINE)
    found = await scrape(branch)
    found = await scrape(branch)  # by now a request was answered
    assert {name for name, _ in rows} - {"liancun_worker_restarts_total"} <= exposed(found)
    assert exposed(found) <= {name for name, _ in rows}
    for name, kind in rows:
        assert found[name.removesuffix("_total")].type == kind, name


async def test_no_figure_has_a_room_a_device_or_a_person_as_label(branch: Branch) -> None:
    meeting = await branch.open()
    await branch.join("phone1", meeting)
    found = await scrape(branch)
    labels = {label for m in found.values() for s in m.samples for label in s.labels}
    assert labels <= {"method", "route", "status", "le", "state", "kind", "where", "reason",
                      "version", "generation", "worker", "channel", "how"}  # fmt: skip


async def test_a_worker_that_does_not_answer_costs_its_figures_only(
    branch: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await branch.open()
    worker = branch.server.floor.worker
    await worker.request(GetStats())
    await worker.stop()
    monkeypatch.setattr(metrics, "FRESH_FOR_S", 0.0)
    found = await scrape(branch)
    assert value(found, "liancun_workers_up") == 0
    assert "liancun_media_routers" not in found
    assert value(found, "liancun_rooms") == 1


async def test_a_packet_that_was_only_late_does_not_turn_a_counter_back() -> None:
    worker = Told({"pid": 7, "totals": {"lost": 100}})
    figures = MediaFigures(worker)
    for lost, pid, shown in ((100, 7, 100), (99, 7, 100), (103, 7, 103), (2, 8, 2)):
        worker.one |= {"pid": pid, "totals": {"lost": lost, "drops": {}}}
        await figures.refresh()
        families = {family.name: family for family in figures.collect()}
        (sample,) = families["liancun_media_packets_lost"].samples
        assert sample.value == shown
