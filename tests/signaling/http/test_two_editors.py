"""Two people at one thing: the second is told and nothing is lost; writes may be sent twice."""

from datetime import timedelta

import aiohttp
import pytest

from signaling.http.idempotency import KEPT_FOR
from tests.signaling.http.test_meetings import adhoc, got, posted, series
from tests.support.server import RunningServer


async def put(
    client: aiohttp.ClientSession, path: str, body: object, **headers: str
) -> tuple[int, dict[str, object], str | None]:
    async with client.put(path, json=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None), answer.headers.get("ETag")


async def test_the_second_editor_of_a_series_is_told_what_stands_there_now(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        made = await posted(organizer, "/api/series", series(), 201)
        path = f"/api/series/{made['id']}"
        async with organizer.get(path) as answer:
            etag = answer.headers["ETag"]
        first = await put(organizer, path, series(title="甲改的"), **{"If-Match": etag})
        assert (first[0], first[2]) == (200, '"2"')
        status, problem, now = await put(
            organizer, path, series(title="乙改的"), **{"If-Match": etag}
        )
        assert (status, problem["code"], now) == (412, "series_changed", '"2"')
        assert problem["current"]["title"] == "甲改的"  # type: ignore[index]
        assert (await got(organizer, path))["title"] == "甲改的"
        status, problem, _ = await put(organizer, path, series(title="丙", version=1))
        assert (status, problem["code"]) == (409, "series_changed")


async def test_a_meeting_changed_meanwhile_is_not_moved_or_cancelled(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        start = ruzhou.clock.now() + timedelta(days=2)
        made = await posted(
            organizer, "/api/occurrences", adhoc(ruzhou, start=start.isoformat()), 201
        )
        path = f"/api/occurrences/{made['id']}"
        move = {"start": (start + timedelta(hours=1)).isoformat(), "duration_s": 1800}
        async with organizer.post(
            f"{path}/move", json=move, headers={"If-Match": f'"{made["version"]}"'}
        ) as answer:
            assert answer.status == 200
            assert (await answer.json())["version"] == made["version"] + 1
        for act, body in (("cancel", {"reason": "下雪"}), ("move", move)):
            async with organizer.post(
                f"{path}/{act}", json=body, headers={"If-Match": f'"{made["version"]}"'}
            ) as answer:
                problem = await answer.json(content_type=None)
                assert (answer.status, problem["code"]) == (412, "occurrence_changed")
                assert problem["current"]["state"] == "scheduled"


@pytest.mark.parametrize("tag", ['W/"1"', "1", '"x"', '"1", "2"'])
async def test_a_tag_that_was_never_given_is_refused(ruzhou: RunningServer, tag: str) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        made = await posted(organizer, "/api/series", series(), 201)
        path = f"/api/series/{made['id']}"
        status, problem, _ = await put(organizer, path, series(), **{"If-Match": tag})
        assert (status, problem["code"]) == (400, "if_match_malformed")


async def test_a_write_sent_twice_happens_once(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        key = {"Idempotency-Key": "0b6d0a5e-meeting-1"}
        answers = []
        for _ in range(2):
            async with organizer.post("/api/series", json=series(), headers=key) as answer:
                assert answer.status == 201
                answers.append((await answer.json(), answer.headers.get("Idempotency-Replayed")))
        assert answers[0] == (answers[1][0], None)
        assert answers[1][1] == "true"
        assert len((await got(organizer, "/api/series"))["series"]) == 1


async def test_a_key_is_of_one_request_of_one_person_for_a_day(ruzhou: RunningServer) -> None:
    key = {"Idempotency-Key": "0b6d0a5e-meeting-2"}
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        async with organizer.post("/api/series", json=series(), headers=key) as answer:
            assert answer.status == 201
        changed = series(title="别的", persons=[])
        async with organizer.post("/api/series", json=changed, headers=key) as answer:
            problem = await answer.json(content_type=None)
            assert (answer.status, problem["code"]) == (422, "idempotency_key_reused")
        async with (
            ruzhou.http(await ruzhou.token_of_person("fs001")) as other,
            other.post("/api/series", json=changed, headers=key) as answer,
        ):
            assert answer.status == 201
        ruzhou.clock.advance(seconds=KEPT_FOR.total_seconds() + 1)
        async with organizer.post("/api/series", json=changed, headers=key) as answer:
            assert answer.status == 201


async def test_what_was_refused_may_be_tried_again_with_the_same_key(
    ruzhou: RunningServer,
) -> None:
    key = {"Idempotency-Key": "0b6d0a5e-meeting-3"}
    wrong = series(persons=["nobody"])
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        for _ in range(2):
            async with organizer.post("/api/series", json=wrong, headers=key) as answer:
                problem = await answer.json(content_type=None)
                assert (answer.status, problem["code"]) == (404, "unknown_person")
        async with organizer.post("/api/series", json=series(), headers=key) as answer:
            assert answer.status == 201


async def test_lists_come_in_pages_that_neither_repeat_nor_hide(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        titles = [f"例会{number}" for number in range(5)]
        for number, title in enumerate(titles):
            at = series(title=title, start_time=f"{9 + 2 * number:02}:00:00")
            await posted(organizer, "/api/series", at, 201)
        seen: list[str] = []
        cursor = ""
        while True:
            page = await got(organizer, f"/api/series?limit=2{cursor}")
            seen += [one["title"] for one in page["series"]]
            assert len(page["series"]) <= 2
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert sorted(seen) == titles
        await got(organizer, "/api/series?limit=201", 422)
        problem = await got(organizer, "/api/series?cursor=*", 400)
        assert problem["code"] == "cursor_malformed"
