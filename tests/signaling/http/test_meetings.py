"""Meetings over HTTP: scheduled, opened, ended, reported — each by who may."""

import io
from datetime import timedelta
from typing import Any

import aiohttp
import openpyxl
import pytest

from signaling import keys
from tests.support.server import RunningServer

PERSONS = ["fs001", "fs002", "fs003"]


def adhoc(server: RunningServer, **changes: Any) -> dict[str, Any]:
    start = server.clock.now() - timedelta(minutes=1)
    return {
        "unit": "p-net-1",
        "title": "果树",
        "start": start.isoformat(),
        "duration_s": 3600,
        "persons": PERSONS,
        "sites": ["s-meishan-01", "s-city-1"],
        "non_voting": ["org002"],
        "recorder": "fs002",
        "host": "fs003",
    } | changes


def series(**changes: Any) -> dict[str, Any]:
    return {
        "unit": "p-net-1",
        "type": "network_branch_meeting",
        "title": "例会",
        "rrule": "FREQ=WEEKLY;BYDAY=FR",
        "starts_on": "2026-01-02",
        "start_time": "19:00:00",
        "duration_s": 3600,
        "persons": PERSONS,
    } | changes


async def posted(
    client: aiohttp.ClientSession, path: str, body: object = None, status: int = 200
) -> dict[str, Any]:
    async with client.post(path, json=body) as answer:
        result: dict[str, Any] = await answer.json(content_type=None)
        assert answer.status == status, result
        return result


async def got(client: aiohttp.ClientSession, path: str, status: int = 200) -> dict[str, Any]:
    async with client.get(path) as answer:
        result: dict[str, Any] = await answer.json(content_type=None)
        assert answer.status == status, result
        return result


@pytest.fixture
async def meeting(ruzhou: RunningServer) -> str:
    """The id of an ad-hoc meeting that is open."""
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        called = await posted(organizer, "/api/occurrences", adhoc(ruzhou), 201)
        opened = await posted(organizer, f"/api/occurrences/{called['id']}/open")
        assert opened["state"] == "open"
        return str(called["id"])


async def test_an_organizer_ends_a_meeting_and_reads_who_was_there(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        detail = await got(organizer, f"/api/occurrences/{meeting}")
        assert {person["person"] for person in detail["persons"]} == {*PERSONS, "org002"}
        assert detail["unit_name"] == "第一网络党支部"
        closed = await posted(organizer, f"/api/occurrences/{meeting}/close")
        assert closed["state"] == "closed"
        report = await got(organizer, f"/api/occurrences/{meeting}/attendance")
        assert report["counts"]["expected"] == 3
        late = await posted(organizer, f"/api/occurrences/{meeting}/open", status=409)
        assert late["code"]


async def test_a_secretary_runs_the_own_branch_only(ruzhou: RunningServer, meeting: str) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as own:
        assert (await got(own, f"/api/occurrences/{meeting}"))["may_run"]
    async with ruzhou.http(await ruzhou.token_of_person("fs017")) as other:
        await got(other, f"/api/occurrences/{meeting}", 403)
        await posted(other, f"/api/occurrences/{meeting}/close", status=403)
        await posted(other, "/api/occurrences", adhoc(ruzhou), 403)
        await posted(other, "/api/series", series(), 403)


async def test_each_sees_the_meetings_that_concern_them(
    ruzhou: RunningServer, meeting: str
) -> None:
    start, end = ruzhou.clock.now() - timedelta(hours=1), ruzhou.clock.now() + timedelta(hours=2)
    query = f"/api/occurrences?from={start:%Y-%m-%dT%H:%M:%SZ}&to={end:%Y-%m-%dT%H:%M:%SZ}"
    tokens = {
        "org001": await ruzhou.token_of_person("org001"),
        "fs002": await ruzhou.token_of_person("fs002"),
        "fs020": await ruzhou.token_of_person("fs020"),
        "phone": await ruzhou.token_of_device("phone-meishan-01"),
        "room": await ruzhou.token_of_device("room-city-1"),
        "other phone": await ruzhou.token_of_device("phone-jiliao-10"),
    }
    seen = {}
    for who, token in tokens.items():
        async with ruzhou.http(token) as client:
            found = await got(client, query)
            seen[who] = [occurrence["id"] for occurrence in found["occurrences"]]
    assert seen == {
        "org001": [meeting],
        "fs002": [meeting],
        "fs020": [],
        "phone": [meeting],
        "room": [meeting],
        "other phone": [],
    }


async def test_host_and_recorder_may_what_the_meeting_asks_of_them(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as recorder:
        await got(recorder, f"/api/occurrences/{meeting}/attendance")
        await posted(recorder, f"/api/occurrences/{meeting}/close", status=403)
    async with ruzhou.http(await ruzhou.token_of_person("fs003")) as host:
        await posted(host, f"/api/occurrences/{meeting}/close")


async def test_a_correction_stands_beside_the_facts(ruzhou: RunningServer, meeting: str) -> None:
    correction = {"person": "fs001", "state": "present", "minutes": 30, "reason": "线路故障"}
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as recorder:
        await posted(recorder, f"/api/occurrences/{meeting}/corrections", correction, 201)
        report = await got(recorder, f"/api/occurrences/{meeting}/attendance")
    row = next(row for row in report["rows"] if row["person"] == "fs001")
    assert (row["state"], row["counted_state"]) == ("absent", "present")
    assert row["corrections"][0]["author"] == "fs002"


async def test_the_room_calls_its_own_roll_and_no_other(
    ruzhou: RunningServer, meeting: str
) -> None:
    path = f"/api/occurrences/{meeting}/roll-call"
    mark = {"site": "s-city-1", "person": "org002", "mark": "present"}
    async with ruzhou.http(await ruzhou.token_of_device("room-city-1")) as room:
        listed = await got(room, f"{path}?site=s-city-1")
        assert "org002" in {entry["person"] for entry in listed["entries"]}
        marked = await posted(room, path, mark)
        ticks = {entry["person"]: entry["mark"] for entry in marked["entries"]}
        assert ticks["org002"] == "present"
        await got(room, f"{path}?site=s-meishan-01", 403)
        await posted(room, path, mark | {"site": "s-meishan-01"}, 403)
    async with ruzhou.http(await ruzhou.token_of_device("phone-meishan-01")) as phone:
        await posted(phone, path, mark, 403)


async def test_leave_is_asked_for_oneself_and_granted_by_the_secretary(
    ruzhou: RunningServer,
) -> None:
    start = (ruzhou.clock.now() + timedelta(hours=3)).isoformat()
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        called = await posted(secretary, "/api/occurrences", adhoc(ruzhou, start=start), 201)
        path = f"/api/occurrences/{called['id']}/leave"
        async with ruzhou.http(await ruzhou.token_of_person("fs003")) as member:
            asked = await posted(member, path, {"person": "fs003", "reason": "family"}, 201)
            assert asked["decision"] == "requested"
        async with ruzhou.http(await ruzhou.token_of_person("fm001")) as stranger:
            await posted(stranger, path, {"person": "fs003", "reason": "work"}, 403)
        decided = await posted(secretary, f"{path}-decision", {"person": "fs003", "approve": True})
        assert decided["decision"] == "approved"
        cancelled = await posted(
            secretary, f"/api/occurrences/{called['id']}/cancel", {"reason": "停电"}
        )
        assert cancelled["state"] == "cancelled"


async def test_a_series_is_laid_out_and_changed_by_who_read_its_version(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        made = await posted(secretary, "/api/series", series(), 201)
        change = series(title="周例会", version=made["version"])
        async with secretary.put(f"/api/series/{made['id']}", json=change) as answer:
            assert (await answer.json())["title"] == "周例会"
        async with secretary.put(f"/api/series/{made['id']}", json=change) as answer:
            assert answer.status == 409
        assert [s["title"] for s in (await got(secretary, "/api/series"))["series"]] == ["周例会"]
    async with ruzhou.http(await ruzhou.token_of_person("fs017")) as other:
        assert (await got(other, "/api/series"))["series"] == []
        await got(other, f"/api/series/{made['id']}", 403)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rrule": "FREQ=SOMETIMES"},
        {"duration_s": 0},
        {"start_time": "25:00"},
        {"persons": ["nobody"]},
        {"tilte": "x"},
    ],
)
async def test_a_wrong_series_is_refused_and_nothing_is_stored(
    ruzhou: RunningServer, wrong: dict[str, Any]
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        async with organizer.post("/api/series", json=series(**wrong)) as answer:
            assert answer.status in (404, 422)
        assert (await got(organizer, "/api/series"))["series"] == []
    assert await ruzhou.part(keys.MEETINGS).all_series() == ()


async def test_statistics_are_of_one_s_units_or_of_oneself(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        await posted(organizer, f"/api/occurrences/{meeting}/close")
        today = ruzhou.part(keys.DIRECTORY).today()
        path = f"/api/attendance?from={today}&to={today}"
        everybody = await got(organizer, path)
        assert {row["person"] for row in everybody["rows"]} >= set(PERSONS)
        await got(organizer, f"/api/attendance?from={today}&to=2020-01-01", 422)
    async with ruzhou.http(await ruzhou.token_of_person("fs003")) as member:
        assert {row["person"] for row in (await got(member, path))["rows"]} <= {"fs003"}
        await got(member, f"{path}&person=fs002", 403)
        await got(member, f"{path}&unit=p-net-1", 403)
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        rows = (await got(secretary, f"{path}&unit=p-net-1"))["rows"]
        assert {row["person"] for row in rows} >= set(PERSONS)


async def test_the_report_is_a_file_with_a_chinese_name(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        async with organizer.get(f"/api/occurrences/{meeting}/attendance.csv") as answer:
            content = await answer.read()
            assert answer.content_type == "text/csv"
            assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the byte order mark"
            assert "示例书记001" in content.decode("utf-8")
            assert "filename*=UTF-8''%E6%9E%9C%E6%A0%91" in answer.headers["Content-Disposition"]
        async with organizer.get(f"/api/occurrences/{meeting}/attendance.xlsx") as answer:
            sheet = openpyxl.load_workbook(io.BytesIO(await answer.read())).worksheets[0]
            assert "示例书记001" in {cell.value for row in sheet for cell in row}
        today = ruzhou.part(keys.DIRECTORY).today()
        for suffix in ("csv", "xlsx"):
            path = f"/api/attendance.{suffix}?from={today}&to={today}"
            async with organizer.get(path) as answer:
                assert answer.status == 200
                assert await answer.read()
