"""What a public holiday does to a series: by the list of 2026, without a store."""

from dataclasses import replace
from datetime import date, datetime, time

import chinese_calendar
import pytest

from config.settings import Meeting
from scheduler.meetings.model import MeetingType, OnHoliday, Rules, Series, SignIn
from scheduler.meetings.public_days import DayKind, PublicDays, place
from scheduler.meetings.published_days import published
from tests.support.meetings import SHANGHAI

TABLE = PublicDays({one.day: one for one in published(2026)})
NAMES = Rules.__dataclass_fields__


def series(rrule: str, on_holiday: OnHoliday) -> Series:
    return Series(
        id="s",
        unit="net1",
        type=MeetingType.NETWORK_BRANCH_MEETING,
        title="例会",
        rrule=rrule,
        starts_on=date(2026, 1, 1),
        start_time=time(19),
        duration_s=3600,
        sign_in=SignIn.DEVICE,
        host=None,
        recorder=None,
        on_holiday=on_holiday,
        active=True,
        version=1,
        **{name: getattr(Meeting(), name) for name in NAMES},
    )


def placed(rrule: str, on_holiday: OnHoliday, day: date) -> tuple[date | None, str | None]:
    """The local day on which the occurrence takes place (None: it does not), and the holiday."""
    found = place(series(rrule, on_holiday), day, TABLE, SHANGHAI)
    assert found.start.astimezone(SHANGHAI).time() == time(19)
    return (None if found.cancelled else found.start.astimezone(SHANGHAI).date(), found.holiday)


def test_the_table_of_2026_says_the_same_as_its_source_of_every_day() -> None:
    for number in range(1, 366):
        day = datetime.strptime(f"2026 {number}", "%Y %j").replace(tzinfo=SHANGHAI).date()
        assert TABLE.is_working(day) == chinese_calendar.is_workday(day), day


def test_the_list_of_2026_has_its_holidays_and_working_weekends() -> None:
    days = published(2026)
    assert [one.day for one in days if one.kind is DayKind.WORKDAY] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert sum(one.kind is DayKind.HOLIDAY for one in days) == 33
    assert TABLE.holiday(date(2026, 2, 17)) == "春节"
    assert TABLE.holiday(date(2026, 2, 14)) is None


def test_a_year_that_is_not_published_is_empty() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 3, 1))
    assert published(2027) == ()


@pytest.mark.parametrize(
    ("day", "rule", "expected"),
    [
        (date(2026, 2, 16), OnHoliday.KEEP, (date(2026, 2, 16), None)),
        (date(2026, 2, 16), OnHoliday.CANCEL, (None, "春节")),
        (date(2026, 2, 16), OnHoliday.MOVE, (date(2026, 2, 24), "春节")),
        (date(2026, 4, 6), OnHoliday.MOVE, (date(2026, 4, 7), "清明")),
        (date(2026, 5, 4), OnHoliday.MOVE, (date(2026, 5, 6), "劳动节")),
        (date(2026, 10, 5), OnHoliday.MOVE, (date(2026, 10, 8), "国庆节")),
        (date(2026, 11, 23), OnHoliday.MOVE, (date(2026, 11, 23), None)),
    ],
)
def test_a_monday_meeting_on_a_holiday(
    day: date, rule: OnHoliday, expected: tuple[date | None, str | None]
) -> None:
    assert placed("FREQ=WEEKLY;BYDAY=MO", rule, day) == expected


def test_a_working_weekend_is_a_working_day_to_move_to() -> None:
    new_year = date(2026, 1, 2)
    assert placed("FREQ=WEEKLY;BYDAY=FR", OnHoliday.MOVE, new_year) == (date(2026, 1, 4), "元旦")


def test_nobody_meets_twice_at_once_after_a_holiday() -> None:
    both = "FREQ=WEEKLY;BYDAY=MO,WE"
    assert placed(both, OnHoliday.MOVE, date(2026, 10, 5)) == (date(2026, 10, 8), "国庆节")
    assert placed(both, OnHoliday.MOVE, date(2026, 10, 7)) == (None, "国庆节")
    daily = "FREQ=DAILY"
    assert placed(daily, OnHoliday.MOVE, date(2026, 10, 7)) == (None, "国庆节")


def test_a_meeting_that_ends_after_midnight_keeps_its_length() -> None:
    late = replace(series("FREQ=WEEKLY;BYDAY=MO", OnHoliday.MOVE), duration_s=8 * 3600)
    found = place(late, date(2026, 10, 5), TABLE, SHANGHAI)
    assert (found.end - found.start).total_seconds() == 8 * 3600
