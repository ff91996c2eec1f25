"""The table of public holidays over HTTP: read by everybody, edited by the city's organizers."""

from typing import Any

import aiohttp

from signaling import keys
from tests.signaling.http.test_meetings import got, posted, series
from tests.support.server import RunningServer


async def put(client: aiohttp.ClientSession, body: object, status: int = 200) -> dict[str, Any]:
    async with client.put("/api/public-days", json=body) as answer:
        result: dict[str, Any] = await answer.json(content_type=None)
        assert answer.status == status, result
        return result


async def test_a_year_is_listed_and_an_unpublished_one_says_so(ruzhou: RunningServer) -> None:
    await ruzhou.part(keys.MEETINGS).take_over_public_days()
    async with ruzhou.http(await ruzhou.token_of_person("fs002")) as secretary:
        year = await got(secretary, "/api/public-days?year=2026")
        assert year["published"]
        assert len(year["days"]) == 39
        assert year["days"][0] == {
            "day": "2026-01-01",
            "kind": "holiday",
            "name": "元旦",
            "edited": False,
        }
        empty = await got(secretary, "/api/public-days?year=2027")
        assert (empty["published"], empty["days"]) == (False, [])
        await got(secretary, "/api/public-days?year=1", 422)


async def test_the_city_s_organizer_edits_a_day_and_meetings_tell_why_they_moved(
    ruzhou: RunningServer,
) -> None:
    today = ruzhou.clock.now().date()
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = series(starts_on=str(today), rrule="FREQ=DAILY;COUNT=400", on_holiday="cancel")
        made = await posted(organizer, "/api/series", body, 201)
        assert made["on_holiday"] == "cancel"
        span = f"from={today}T00:00:00Z&to={today.replace(year=today.year + 1)}T00:00:00Z"
        days = (await got(organizer, f"/api/occurrences?{span}"))["occurrences"]
        chosen = days[3]["planned_for"]
        edited = await put(organizer, {"day": chosen, "kind": "holiday", "name": "市里放假"})
        assert edited["edited"]
        one = await got(organizer, f"/api/occurrences/{days[3]['id']}")
        assert (one["state"], one["cancel_reason"]) == ("cancelled", "holiday")
        assert (one["holiday"], one["moved"]) == ("市里放假", False)
        refused = await put(organizer, {"day": chosen, "kind": "holiday"}, 422)
        assert refused["code"] == "holiday_name_missing"
    async with ruzhou.http(await ruzhou.token_of_person("fs001")) as secretary:
        await put(secretary, {"day": chosen, "kind": "ordinary"}, 403)
