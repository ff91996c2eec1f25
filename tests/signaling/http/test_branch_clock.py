"""The clock of the branches over HTTP: who sees what, and the files."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.meetings.model import AdhocDraft
from scheduler.store.directory_tables import role_grant
from signaling import keys
from tests.support.clock import MovableClock
from tests.support.server import RunningServer, running_server, settings_for_tests
from tests.support.templates import lay_ruzhou

CITY_ADMIN, TOWNSHIP_ADMIN, SECRETARY, MEMBER = "fs060", "fs061", "fs062", "fs063"
GRANTS = (
    (CITY_ADMIN, "city_org_admin", None),
    (TOWNSHIP_ADMIN, "township_admin", "p-jiliao"),
    (SECRETARY, "branch_secretary", "p-jiliao-01"),
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """The directory of Ruzhou on the first of July; nothing was held yet."""
    clock = MovableClock(datetime(2026, 7, 1, 4, tzinfo=UTC))
    await lay_ruzhou(tmp_path / "test.db")
    async with running_server(settings_for_tests(tmp_path), clock) as server:
        async with server.part(keys.STORE).begin() as connection:
            for person, role, unit in GRANTS:
                values = {"id": f"{person}|{role}", "person": person, "role": role, "unit": unit}
                await connection.execute(role_grant.insert().values(**values))
        yield server


async def got(server: RunningServer, person: str, path: str) -> Any:
    """Return what somebody is shown under a path, or the status of a refusal."""
    async with (
        server.http(await server.token_of_person(person)) as http,
        http.get(path) as answer,
    ):
        return await answer.json() if answer.ok else answer.status


async def put_life(
    server: RunningServer, person: str, founded: str | None, dissolved: str | None
) -> tuple[int, str | None]:
    """Write down when the first branch of a town lived; return status and code."""
    body = {"founded": founded, "dissolved": dissolved}
    async with (
        server.http(await server.token_of_person(person)) as http,
        http.put("/api/units/p-jiliao-01/life", json=body) as answer,
    ):
        return answer.status, (await answer.json()).get("code")


async def test_the_city_sees_its_townships_a_township_its_branches_a_branch_itself(
    county: RunningServer,
) -> None:
    city = await got(county, CITY_ADMIN, "/api/clock?year=2026")
    assert city["unit"] == "p-city"
    assert {"p-jiliao", "p-net-1"} <= {row["unit"] for row in city["rows"]}
    assert city["whole"]["branches"] == sum(row["branches"] for row in city["rows"])

    township = await got(county, TOWNSHIP_ADMIN, "/api/clock?year=2026")
    assert (township["unit"], len(township["rows"])) == ("p-jiliao", 11)

    own = await got(county, SECRETARY, "/api/clock?year=2026")
    assert (own["unit"], own["kind"]) == ("p-jiliao-01", "branch")


async def test_a_branch_sees_its_periods(county: RunningServer) -> None:
    branch = await got(county, SECRETARY, "/api/units/p-jiliao-01/clock?year=2026")
    assert branch["row"]["name"] == "寄料镇示范一村党支部"
    assembly = branch["periods"]["member_assembly"]
    assert [one["standing"] for one in assembly] == ["late", "late", "due", "to_come"]
    progress = branch["row"]["types"]["member_assembly"]
    assert (progress["required"], progress["late"], progress["completion_rate"]) == (2, 2, 0.0)
    assert branch["row"]["figures"]["attendance_rate"] is None  # nobody was expected anywhere


@pytest.mark.parametrize(
    ("person", "path"),
    [
        (TOWNSHIP_ADMIN, "/api/clock?year=2026&unit=p-city"),
        (TOWNSHIP_ADMIN, "/api/units/p-net-1/clock?year=2026"),
        (SECRETARY, "/api/units/p-jiliao-02/clock?year=2026"),
        (MEMBER, "/api/clock?year=2026"),
        (MEMBER, "/api/units/p-jiliao-01/clock?year=2026"),
    ],
)
async def test_nobody_sees_the_clock_of_others(
    county: RunningServer, person: str, path: str
) -> None:
    assert await got(county, person, path) == 403


async def test_the_overview_and_a_branch_can_be_taken_away_as_files(county: RunningServer) -> None:
    async with county.http(await county.token_of_person(CITY_ADMIN)) as http:
        async with http.get("/api/clock.csv?year=2026") as answer:
            lines = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
        assert lines[0][0] == "单位"
        assert lines[-1][0] == "中共汝州市委员会"
        for path in ("/api/clock.xlsx", "/api/units/p-jiliao-01/clock.xlsx"):
            async with http.get(f"{path}?year=2026") as answer:
                assert (await answer.read())[:2] == b"PK"


async def test_a_branch_that_was_dissolved_owes_nothing_more(county: RunningServer) -> None:
    assert await put_life(county, TOWNSHIP_ADMIN, None, "2026-02-20") == (200, None)
    branch = await got(county, TOWNSHIP_ADMIN, "/api/units/p-jiliao-01/clock?year=2026")
    assert branch["row"]["types"]["theme_party_day"]["required"] == 1
    assert branch["row"]["types"]["member_assembly"]["required"] == 0


async def test_only_who_is_above_a_branch_says_when_it_lived(county: RunningServer) -> None:
    refused = await put_life(county, TOWNSHIP_ADMIN, "2026-03-01", "2026-02-20")
    assert refused == (422, "period_reversed")
    assert (await put_life(county, SECRETARY, None, None))[0] == 403


async def test_who_is_above_a_branch_writes_down_whom_it_elected(county: RunningServer) -> None:
    path = "/api/units/p-jiliao-01/posts"
    before = await got(county, SECRETARY, path)
    assert [one["post"] for one in before["posts"]] == ["secretary"]
    elected = {"since": "2026-07-01", "posts": [{"person": "fm004", "post": "discipline"}]}
    for person, status in ((SECRETARY, 403), (TOWNSHIP_ADMIN, 200)):
        async with (
            county.http(await county.token_of_person(person)) as http,
            http.put(path, json=elected) as answer,
        ):
            assert answer.status == status
    after = await got(county, SECRETARY, path)
    assert [(one["post"], one["since"]) for one in after["posts"]] == [("discipline", "2026-07-01")]
    assert await got(county, SECRETARY, f"{path}?on=2026-06-30") == before | {
        "posts": [before["posts"][0] | {"until": "2026-06-30"}]
    }


async def test_alerts_are_seen_by_those_over_the_branch(county: RunningServer) -> None:
    await county.part(keys.ALERTS).look()
    shown = await got(county, SECRETARY, "/api/clock/alerts")
    assert {one["unit"] for one in shown["alerts"]} == {"p-jiliao-01"}
    assert {one["kind"] for one in shown["alerts"]} == {"late"}  # on the first of July
    in_township = await got(county, TOWNSHIP_ADMIN, "/api/clock/alerts")
    assert len({one["unit"] for one in in_township["alerts"]}) == 11
    assert await got(county, MEMBER, "/api/clock/alerts") == 403
    assert await got(county, SECRETARY, "/api/clock/alerts?unit=p-jiliao") == 403

    key = shown["alerts"][0]["key"]
    for person, status in ((MEMBER, 403), (SECRETARY, 204)):
        async with (
            county.http(await county.token_of_person(person)) as http,
            http.post("/api/clock/alerts/seen", json={"key": key}) as answer,
        ):
            assert answer.status == status
    shown = await got(county, SECRETARY, "/api/clock/alerts")
    assert [one["seen_at"] is not None for one in shown["alerts"] if one["key"] == key] == [True]


async def test_a_member_sees_own_study_hours_and_a_secretary_those_of_the_branch(
    county: RunningServer,
) -> None:
    own = await got(county, MEMBER, "/api/study-hours?year=2026")
    on_a_committee = (MEMBER, 56)
    assert [(row["person"], row["required"]) for row in own["rows"]] == [on_a_committee]
    assert await got(county, MEMBER, "/api/study-hours?year=2026&unit=p-jiliao-01") == 403
    assert await got(county, MEMBER, "/api/makeups?year=2026") == {"makeups": []}
    branch = await got(county, SECRETARY, "/api/study-hours?year=2026")
    assert {row["unit"] for row in branch["rows"]} <= {"p-jiliao-01"}


async def test_a_missed_lecture_is_made_up_and_confirmed_by_the_secretary(
    county: RunningServer,
) -> None:
    made = await missed_lecture(county)
    path = f"/api/occurrences/{made}/makeup"
    assert await posted(county, MEMBER, path, person=SECRETARY, way="replay") == 403
    assert await posted(county, MEMBER, path, person=MEMBER, way="replay") == 201
    decision = {"person": MEMBER, "confirm": True}
    assert await posted(county, MEMBER, f"{path}-decision", **decision) == 403
    assert await posted(county, SECRETARY, f"{path}-decision", **decision) == 200
    own = await got(county, MEMBER, "/api/study-hours?year=2026")
    assert own["rows"][0]["hours"] == 2.0
    [makeup] = (await got(county, MEMBER, "/api/makeups?year=2026"))["makeups"]
    assert (makeup["missed_as"], makeup["state"], makeup["late"]) == ("absent", "confirmed", False)


async def missed_lecture(server: RunningServer) -> str:
    """Hold a lecture of 90 minutes in the secretary's branch that the member missed."""
    meetings, clock = server.part(keys.MEETINGS), server.clock
    draft = AdhocDraft(
        unit="p-jiliao-01",
        type="party_lecture",
        title="党课",
        start=clock.now(),
        duration_s=90 * 60,
        persons=(MEMBER, SECRETARY),
    )
    made = (await meetings.create_adhoc(draft)).id
    await meetings.open(made)
    clock.advance(minutes=90)
    await meetings.close(made)
    await meetings.settle(made)
    return made


async def posted(server: RunningServer, who: str, path: str, **body: object) -> int:
    async with (
        server.http(await server.token_of_person(who)) as http,
        http.post(path, json=body) as answer,
    ):
        return answer.status
