"""A rule that goes on elsewhere keeps its rhythm: by example and by property."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Invalid
from scheduler.meetings.recurrence import Recurrence
from scheduler.meetings.shifting import continued, ended_before
from tests.support.meetings import SHANGHAI

NINE = time(9)


def days(rule: str, starts_on: date, until: date) -> list[date]:
    return list(Recurrence(rule, starts_on, NINE, SHANGHAI).days(starts_on, until))


@pytest.mark.parametrize(
    ("rule", "first", "moved_to", "expected"),
    [
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5", "2027-04-05", "2027-04-08", "8"),
        ("FREQ=MONTHLY;BYDAY=1FR", "2027-02-05", "2027-02-09", "2TU"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29", "2027-01-28", "-1TH"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=20", "2027-12-20", "2027-11-29", "11"),
    ],
)
def test_monthly_and_yearly_rules_follow_the_new_day(
    rule: str, first: str, moved_to: str, expected: str
) -> None:
    begins = date(2027, 1, 1)
    shifted = continued(
        rule, begins, NINE, date.fromisoformat(first), date.fromisoformat(moved_to), SHANGHAI
    )
    assert expected in shifted
    assert days(shifted, date.fromisoformat(moved_to), date(2029, 1, 1))[0].isoformat() == moved_to


def test_the_thirty_first_can_be_a_day_only_where_it_is_one() -> None:
    rule = continued(
        "FREQ=MONTHLY;BYMONTHDAY=30",
        date(2027, 1, 1),
        NINE,
        date(2027, 1, 30),
        date(2027, 1, 31),
        SHANGHAI,
    )
    assert [day.month for day in days(rule, date(2027, 1, 31), date(2027, 12, 31))] == [
        *(1, 3, 5, 7, 8, 10, 12)
    ]


@given(
    interval=st.integers(1, 4),
    weekday=st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]),
    number=st.integers(1, 30),
    shift=st.integers(-3, 3),
)
def test_a_weekly_rule_moved_by_days_is_each_of_its_days_moved(
    interval: int, weekday: str, number: int, shift: int
) -> None:
    rule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={weekday}"
    begins, end = date(2026, 1, 5), date(2030, 1, 1)
    whole = days(rule, begins, end)
    first = whole[number]
    moved = first + timedelta(days=shift)
    shifted = continued(rule, begins, NINE, first, moved, SHANGHAI)
    rest = [day + timedelta(days=shift) for day in whole[number:]]
    assert days(shifted, moved, end)[: len(rest) - 1] == rest[:-1]  # the last may pass the end


@given(
    rule=st.sampled_from(
        [
            "FREQ=WEEKLY;BYDAY=MO,TH",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=40",
            "FREQ=DAILY;INTERVAL=10;UNTIL=20301231",
        ]
    ),
    cut=st.integers(1, 12),
)
def test_the_two_halves_are_the_whole(rule: str, cut: int) -> None:
    begins, end = date(2024, 1, 1), date(2034, 1, 1)
    whole = days(rule, begins, end)
    first = whole[min(cut, len(whole) - 1)]
    before = days(ended_before(rule, first), begins, end)
    after = days(continued(rule, begins, NINE, first, first, SHANGHAI), first, end)
    assert [*before, *after] == whole


def test_a_rule_of_several_days_says_that_it_cannot_move() -> None:
    with pytest.raises(Invalid, match="rule_not_movable"):
        continued(
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            date(2027, 1, 1),
            NINE,
            date(2027, 1, 15),
            date(2027, 1, 16),
            SHANGHAI,
        )


def test_the_ended_rule_is_one_that_others_read() -> None:
    rule = ended_before("FREQ=WEEKLY;BYDAY=MO;COUNT=9", date(2027, 1, 18))
    read = rrulestr(rule, dtstart=datetime.combine(date(2027, 1, 4), NINE))
    assert [moment.day for moment in read] == [4, 11]
