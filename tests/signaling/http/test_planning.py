"""Planning over HTTP: conflicts, this and all following, choices, notice, free and busy."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.signaling.http.test_meetings import adhoc, got, posted, series
from tests.support.server import RunningServer

SHANGHAI = ZoneInfo("Asia/Shanghai")


def tomorrow(server: RunningServer) -> datetime:
    day = server.clock.now().astimezone(SHANGHAI) + timedelta(days=1)
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


async def weekly_series(server: RunningServer, client: Any, **changes: Any) -> dict[str, Any]:
    first = tomorrow(server)
    weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first.weekday()]
    body = series(
        rrule=f"FREQ=WEEKLY;BYDAY={weekday}",
        starts_on=str(first.date()),
        start_time="09:00:00",
        **changes,
    )
    return await posted(client, "/api/series", body, 201)


async def laid_out(server: RunningServer, client: Any) -> list[dict[str, Any]]:
    start = server.clock.now()
    span = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={start + timedelta(days=60):%Y-%m-%dT%H:%M:%SZ}"
    found: list[dict[str, Any]] = (await got(client, f"/api/occurrences?{span}"))["occurrences"]
    return found


async def test_a_conflict_is_shown_before_saving_and_saved_over_only_with_a_reason(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat())
        await posted(organizer, "/api/occurrences", body, 201)
        other = body | {"title": "另一个会", "type": "member_assembly"}
        check = await posted(organizer, "/api/occurrences/check", other)
        [conflict] = check["conflicts"]
        assert conflict["other"]["title"] == "果树"
        assert [room["name"] for room in conflict["rooms"]] == ["汝州市第一会场"]
        assert conflict["stays"] == "this"
        assert len(check["free_rooms"]) == 22
        assert check["free_times"]
        problem = await posted(organizer, "/api/occurrences", other, 409)
        assert problem["code"] == "schedule_conflict"
        assert problem["current"]["digest"] == check["digest"]
        assert len(await laid_out(ruzhou, organizer)) == 1
        given = {"digest": check["digest"], "reason": "已商量，两会合并"}
        saved = await posted(organizer, "/api/occurrences", other | {"acknowledged": given}, 201)
        standing = await got(organizer, f"/api/occurrences/{saved['id']}/conflicts")
        assert [one["other"]["title"] for one in standing["conflicts"]] == ["果树"]
        [accepted] = standing["acknowledged"]
        assert (accepted["by_name"], accepted["reason"]) == ("示例组织员001", "已商量，两会合并")


async def test_of_two_who_save_at_once_the_second_is_told_what_stands_there_now(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat())

        async def save(title: str) -> tuple[int, dict[str, Any]]:
            async with organizer.post("/api/occurrences", json=body | {"title": title}) as answer:
                return answer.status, await answer.json()

        both = await asyncio.gather(save("甲"), save("乙"))
        (first, saved), (second, problem) = sorted(both, key=lambda one: one[0])
        assert (first, second, problem["code"]) == (201, 409, "schedule_conflict")
        [conflict] = problem["current"]["conflicts"]
        assert conflict["other"]["occurrence"] == saved["id"]
        given = {"digest": problem["current"]["digest"], "reason": "两会合并"}
        await posted(organizer, "/api/occurrences", body | {"acknowledged": given}, 201)


async def test_a_secretary_reads_that_somebody_is_taken_but_not_by_what(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        city = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat(), unit="p-city")
        await posted(organizer, "/api/occurrences", city, 201)
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        mine = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat())
        check = await posted(secretary, "/api/occurrences/check", mine)
        assert [conflict["other"]["title"] for conflict in check["conflicts"]] == [None]
        assert check["conflicts"][0]["other"]["occurrence"] is not None


async def test_a_meeting_and_all_following_move_and_then_end(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        made = await weekly_series(ruzhou, organizer)
        _, second, *_ = await laid_out(ruzhou, organizer)
        start = at(second["scheduled_start"]) + timedelta(hours=2)
        body = {"start": start.isoformat(), "duration_s": 1800}
        path = f"/api/occurrences/{second['id']}"
        check = await posted(organizer, f"{path}/move/check", body | {"following": True})
        assert check["conflicts"] == []
        assert at(check["planned"][0]["start"]) == start
        new = await posted(organizer, f"{path}/following/move", body)
        assert new["continues"] == made["id"]
        after = await laid_out(ruzhou, organizer)
        assert [one["series"] for one in after[:3]] == [made["id"], new["id"], new["id"]]
        third = after[2]
        async with organizer.post(
            f"/api/occurrences/{third['id']}/following/cancel",
            json={"reason": "农忙"},
            headers={"If-Match": f'"{third["version"] - 1}"'},
        ) as answer:
            assert answer.status == 412
        await posted(
            organizer, f"/api/occurrences/{third['id']}/following/cancel", {"reason": "农忙"}
        )
        states = [one["state"] for one in await laid_out(ruzhou, organizer)]
        assert states[:2] == ["scheduled", "scheduled"]
        assert set(states[2:]) == {"cancelled"}


async def test_members_are_invited_by_their_branch_with_the_reason(ruzhou: RunningServer) -> None:
    choices = [{"kind": "members", "subject": "p-net-1"}]
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        found = await posted(secretary, "/api/invitations/resolve", {"choices": choices})
        assert len(found["persons"]) >= 16
        assert found["persons"][0]["reasons"] == [
            {"kind": "members", "subject": "p-net-1", "name": "第一网络党支部"}
        ]
        assert len(found["sites"]) == len(found["persons"])
        made = await weekly_series(ruzhou, secretary, choices=choices, persons=[])
        assert len(made["persons"]) == len(found["persons"])
        shown = await got(secretary, f"/api/series/{made['id']}/invitation")
        assert shown["choices"][0]["name"] == "第一网络党支部"
        one = (await laid_out(ruzhou, secretary))[0]
        invited = await got(secretary, f"/api/occurrences/{one['id']}/invitation")
        assert len(invited["persons"]) == len(found["persons"])
        others = [{"kind": "members", "subject": "p-net-2"}]
        await posted(secretary, "/api/invitations/resolve", {"choices": others}, 403)
        everybody = [{"kind": "role", "subject": "first_secretary"}]
        problem = await posted(secretary, "/api/invitations/resolve", {"choices": everybody}, 422)
        assert problem["code"] == "role_without_unit"


async def test_a_first_secretary_calls_those_nearby_at_once(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        near = ["a-meishan-02", "a-fengxuelu-01", "a-fengxuelu-02"]
        async with organizer.put(
            "/api/units/a-meishan-01/neighbours", json={"neighbours": near}
        ) as answer:
            assert (await answer.json())["source"] == "table"
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        nearby = await got(secretary, "/api/sites/s-meishan-01/nearby")
        assert [one["id"] for one in nearby["persons"]] == ["fs001", "fs002", "fs003", "fs004"]
        made = await posted(
            secretary, "/api/sites/s-meishan-01/nearby/meeting", {"title": "果树管理"}, 201
        )
        assert (made["state"], made["host"], made["may_run"]) == ("open", "fs001", True)
        await got(secretary, "/api/sites/s-jiliao-10/nearby", 403)


async def test_a_notice_tells_names_to_organizers_and_numbers_to_phones(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat(), agenda=[{"title": "果树"}])
        made = await posted(organizer, "/api/occurrences", body, 201)
        path = f"/api/occurrences/{made['id']}/notice"
        told = await got(organizer, path)
        assert "应到3人：示例书记001" in told["text"]
        assert "视频会议室：汝州市第一会场。" in told["text"]
    async with ruzhou.http(await ruzhou.token_of_device("phone-meishan-01")) as phone:
        told = await got(phone, path)
        assert "应到3人。" in told["text"]
        assert "书记003" in told["text"]  # who hosts is said to all


async def test_free_and_busy_rooms_and_persons_of_a_week(ruzhou: RunningServer) -> None:
    start = tomorrow(ruzhou).replace(hour=0)
    span = {
        "from": start.isoformat(),
        "to": (start + timedelta(days=7)).isoformat(),
        "persons": "fs001",
    }
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=tomorrow(ruzhou).isoformat())
        await posted(organizer, "/api/occurrences", body, 201)
        async with organizer.get("/api/free-busy", params=span) as answer:
            found = await answer.json()
        taken = {row["id"]: [one["title"] for one in row["taken"]] for row in found["rows"]}
        assert len(taken) == 24
        assert (taken["s-city-1"], taken["fs001"], taken["s-city-2"]) == (["果树"], ["果树"], [])
        async with organizer.get("/api/free-busy", params=span | {"limit": "20"}) as answer:
            page = await answer.json()
        assert (len(page["rows"]), page["next"] is None) == (20, False)
    async with (
        ruzhou.http(await ruzhou.token_of_person("fs017")) as other,
        other.get("/api/free-busy", params=span) as answer,
    ):
        assert answer.status == 403
