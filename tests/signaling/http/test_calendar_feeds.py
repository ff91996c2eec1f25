"""Calendar feeds over HTTP: asked for by who may, read by whoever has the address."""

from typing import Any

import aiohttp
import icalendar
from sqlalchemy import delete, select

from scheduler.store.calendar_tables import calendar_feed
from scheduler.store.directory_tables import role_grant
from signaling import keys
from tests.signaling.http.test_meetings import got, posted, series
from tests.support.server import RunningServer

UNIT = {"kind": "unit", "id": "p-net-1"}


async def read(url: str) -> Any:
    async with aiohttp.ClientSession() as stranger, stranger.get(url) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "text/calendar"
        return icalendar.Calendar.from_ical(await answer.text())


async def status(url: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as stranger, stranger.get(url, headers=headers) as answer:
        return answer.status


async def test_a_secretary_gets_the_address_of_the_branch_s_calendar(
    ruzhou: RunningServer,
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        made = await posted(secretary, "/api/series", series(), 201)
        feed = await posted(secretary, "/api/calendar-feeds", UNIT, 201)
        listed = (await got(secretary, "/api/calendar-feeds"))["feeds"]
    assert [one["id"] for one in listed] == [feed["id"]]
    assert "url" not in listed[0]
    calendar = await read(feed["url"])
    assert str(calendar["name"]) == "第一网络党支部会议"
    whole = next(event for event in calendar.events if "rrule" in event)
    assert whole["uid"] == f"series-{made['id']}"
    assert str(whole["description"]) == "第一网络党支部"
    assert str(whole["conference"]).endswith("/organizer")
    assert whole["conference"].params["LABEL"] == "进入会议"


async def test_a_reader_that_has_it_already_gets_nothing_again(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        feed = await posted(secretary, "/api/calendar-feeds", UNIT, 201)
        async with aiohttp.ClientSession() as reader, reader.get(feed["url"]) as answer:
            tag = answer.headers["ETag"]
            assert answer.headers["Cache-Control"] == "private, no-cache"
        assert await status(feed["url"], **{"If-None-Match": tag}) == 304
        await posted(secretary, "/api/series", series(), 201)
    assert await status(feed["url"], **{"If-None-Match": tag}) == 200


async def test_an_address_that_was_withdrawn_shows_nothing(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        feed = await posted(secretary, "/api/calendar-feeds", UNIT, 201)
        async with ruzhou.http(await ruzhou.token_of_person("fs017")) as other:
            await posted(other, "/api/calendar-feeds/revoke", {"id": feed["id"]}, 404)
        assert await status(feed["url"]) == 200
        await posted(secretary, "/api/calendar-feeds/revoke", {"id": feed["id"]}, 204)
    assert await status(feed["url"]) == 404
    assert await status(f"{ruzhou.url}/calendar/guessed.ics") == 404


async def test_each_may_subscribe_to_what_is_theirs_only(ruzhou: RunningServer) -> None:
    own, other = {"kind": "person", "id": "fs001"}, {"kind": "person", "id": "fs002"}
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        feed = await posted(secretary, "/api/calendar-feeds", own, 201)
        assert feed["name"] == "我的会议"
        await posted(secretary, "/api/calendar-feeds", other, 403)
        await posted(secretary, "/api/calendar-feeds", {"kind": "unit", "id": "p-net-2"}, 403)
        await posted(secretary, "/api/calendar-feeds", {"kind": "site", "id": "s-city-1"}, 403)
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        await posted(organizer, "/api/calendar-feeds", other, 403)
        await posted(organizer, "/api/calendar-feeds", {"kind": "site", "id": "s-city-1"}, 201)
        await posted(organizer, "/api/calendar-feeds", {"kind": "unit", "id": "nowhere"}, 404)
    async with ruzhou.http(await ruzhou.token_of_device("phone-meishan-01")) as phone:
        await got(phone, "/api/calendar-feeds", 403)


async def test_who_loses_the_role_loses_the_feed(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        feed = await posted(organizer, "/api/calendar-feeds", UNIT, 201)
    async with ruzhou.part(keys.STORE).begin() as connection:
        await connection.execute(delete(role_grant).where(role_grant.c.person == "org001"))
    assert await status(feed["url"]) == 404


async def test_the_token_is_not_stored_and_feeds_are_bounded(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        feeds = [await posted(organizer, "/api/calendar-feeds", UNIT, 201) for _ in range(30)]
        refused = await posted(organizer, "/api/calendar-feeds", UNIT, 409)
    assert refused["code"] == "too_many_calendar_feeds"
    token = feeds[0]["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(token) > 40
    async with ruzhou.part(keys.STORE).read() as connection:
        stored = (await connection.execute(select(calendar_feed))).all()
    assert not any(token in str(row) for row in stored)
