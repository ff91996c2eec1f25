"""Ten years of a series with exceptions: what is laid out agrees with dateutil's own rule set."""

import random
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from dateutil.rrule import rrule, rruleset, rrulestr

from scheduler.meetings.model import State
from scheduler.meetings.service import Meetings
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, weekly

TEN_YEARS = SEVEN + timedelta(days=3652)
NINE = time(9)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA;COUNT=150",
    ],
)
async def test_moved_and_cancelled_meetings_of_ten_years(meetings: Meetings, text: str) -> None:
    chance = random.Random(text)
    await meetings.create_series(weekly(rrule=text, start_time=NINE))
    await meetings.lay_out(TEN_YEARS)
    wanted = rruleset()
    rule = rrulestr(text, dtstart=datetime.combine(MONDAY, NINE))
    assert isinstance(rule, rrule)
    wanted.rrule(rule)
    laid_out = await meetings.occurrences(SEVEN, TEN_YEARS)
    for one in chance.sample(laid_out, len(laid_out) // 3):
        planned = one.scheduled_start.astimezone(SHANGHAI).replace(tzinfo=None)
        wanted.exdate(planned)
        if chance.random() < 0.5:
            await meetings.cancel(one.id, "p1", "农忙")
        else:
            moved = planned + timedelta(days=chance.randint(-3, 3), minutes=chance.randint(1, 99))
            start = moved.replace(tzinfo=SHANGHAI)
            await meetings.move(one.id, max(start, SEVEN), 3600)
            wanted.rdate(max(start, SEVEN).astimezone(SHANGHAI).replace(tzinfo=None))
    await meetings.lay_out(TEN_YEARS)
    found = await meetings.occurrences(
        SEVEN - timedelta(days=7), TEN_YEARS + timedelta(days=7), states=[State.SCHEDULED]
    )
    starts = [one.scheduled_start.astimezone(SHANGHAI).replace(tzinfo=None) for one in found]
    last = max(one.planned_for for one in laid_out if one.planned_for is not None)
    assert starts == sorted(m for m in wanted.between(starts[0], starts[-1], inc=True))
    assert last <= date(2036, 12, 31)


@pytest.mark.parametrize("hours", [-8, 0, 5.75, 12])
async def test_a_client_in_another_time_zone_means_the_same_moment(
    meetings: Meetings, hours: float
) -> None:
    await meetings.create_series(weekly())
    one = (await meetings.occurrences(SEVEN, SEVEN + timedelta(days=1)))[0]
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in Ruzhou
    abroad = new_year.astimezone(timezone(timedelta(hours=hours)))
    moved = await meetings.move(one.id, abroad, 3600)
    assert moved.scheduled_start == new_year
    draft = await meetings.following_draft(moved, abroad, 3600)
    assert (draft.starts_on, draft.start_time) == (date(2027, 1, 1), time(0, 30))
    assert draft.rrule == "FREQ=WEEKLY;BYDAY=FR"
