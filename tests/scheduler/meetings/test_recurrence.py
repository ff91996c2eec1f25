"""Recurrence: RFC 5545 in local days."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.errors import Invalid
from scheduler.meetings.recurrence import Recurrence, at_local, day_bounds
from scheduler.meetings.rrule_text import parts
from tests.support.meetings import MONDAY, SHANGHAI

SEVEN_PM = time(19)
TEN_YEARS = MONDAY + timedelta(days=3653)


def days(text: str, last: date, starts_on: date = MONDAY) -> list[date]:
    return list(Recurrence(text, starts_on, SEVEN_PM, SHANGHAI).days(starts_on, last))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", ["2026-11-23", "2026-11-30", "2026-12-07"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", ["2026-11-25", "2026-12-09"]),
        ("FREQ=MONTHLY;BYMONTHDAY=5", ["2026-12-05"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-11-27"]),
        ("FREQ=DAILY;COUNT=2", ["2026-11-23", "2026-11-24"]),
        ("freq=weekly;byday=mo;count=1", ["2026-11-23"]),
    ],
)
def test_the_usual_rules_give_the_usual_days(text: str, expected: list[str]) -> None:
    assert [str(day) for day in days(text, date(2026, 12, 12))] == expected


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261207", "2026-12-07"),
        ("20261207T110000Z", "2026-12-07"),
        ("20261207T105959Z", "2026-11-30"),
        ("20261207T190000", "2026-12-07"),
        ("20261206T170000Z", "2026-11-30"),  # already the seventh in Ruzhou, before the meeting
        ("99991231T235959Z", "2026-12-28"),
    ],
)
def test_until_is_compared_in_local_time(until: str, last: str) -> None:
    assert str(days(f"FREQ=WEEKLY;BYDAY=MO;UNTIL={until}", date(2026, 12, 31))[-1]) == last


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    found = days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2040, 1, 1))
    assert [day.year for day in found] == [2028, 2032, 2036]


def test_the_31st_is_left_out_in_shorter_months() -> None:
    found = days("FREQ=MONTHLY;BYMONTHDAY=31", date(2027, 12, 31))
    assert [day.month for day in found] == [12, 1, 3, 5, 7, 8, 10, 12]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=+1MO;BYSETPOS=2",
        "FREQ=WEEKLY;BYDAY=MO;UNTIL=20200101",
    ],
)
def test_a_rule_that_never_occurs_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="rrule_never_occurs"):
        days(text, TEN_YEARS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MO",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYHOUR=3",
        "BYDAY=MO",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=WEEKLY;BYMONTHDAY=5",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=２",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;X=1",
        "FREQ=DAILY\nDTSTART:20260101",
        "FREQ=DAILY;" + ";" * 600,
    ],
)
def test_a_malformed_rule_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="rrule_malformed"):
        days(text, TEN_YEARS)


@settings(deadline=None)
@given(st.text(alphabet="FREQ=DAILYWEKMONTH;BY1230,+-UNTILCO\0 ", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(Invalid):
        assert set(Recurrence(text, MONDAY, SEVEN_PM, SHANGHAI).days(MONDAY, MONDAY)) <= {MONDAY}


weekdays = st.lists(
    st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    found = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        found.append("BYDAY=" + ",".join(draw(weekdays)))
    if frequency != "WEEKLY" and draw(st.booleans()):
        found.append(f"BYMONTHDAY={draw(st.integers(1, 28) | st.integers(-28, -1))}")
    if draw(st.booleans()):
        found.append(f"COUNT={draw(st.integers(1, 500))}")
    return ";".join(found)


@settings(deadline=None)
@given(rules(), st.dates(date(2024, 2, 29), date(2030, 12, 31)), st.integers(0, 3000))
def test_recurrence_agrees_with_dateutil_over_ten_years(
    text: str, starts_on: date, skipped: int
) -> None:
    last = starts_on + timedelta(days=3653)
    every = rrulestr(text, dtstart=datetime.combine(starts_on, SEVEN_PM))
    wanted = [
        moment.date()
        for moment in every.between(
            datetime.combine(starts_on, SEVEN_PM), datetime.combine(last, SEVEN_PM), inc=True
        )
    ]
    recurrence = Recurrence(text, starts_on, SEVEN_PM, SHANGHAI)
    assert list(recurrence.days(starts_on, last)) == wanted
    later = starts_on + timedelta(days=skipped)
    assert list(recurrence.days(later, last)) == [day for day in wanted if day >= later]


def test_a_rule_is_kept_by_its_parts() -> None:
    assert parts("rrule:FREQ=WEEKLY;BYDAY=MO,TU") == {"FREQ": "WEEKLY", "BYDAY": "MO,TU"}


def test_a_local_day_is_sixteen_to_sixteen_in_utc() -> None:
    start, end = day_bounds(date(2026, 12, 31), date(2027, 1, 1), SHANGHAI)
    assert start.isoformat() == "2026-12-30T16:00:00+00:00"
    assert end.isoformat() == "2027-01-01T16:00:00+00:00"
    assert at_local(MONDAY, SEVEN_PM, SHANGHAI).hour == 11
