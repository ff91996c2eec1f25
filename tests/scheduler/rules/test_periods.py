"""Periods of the calendar, with years that end in the middle of a week and 29 February."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.periods import Period

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        (Period.WEEK, date(2026, 12, 31), date(2026, 12, 28), date(2027, 1, 3)),
        (Period.WEEK, date(2027, 1, 3), date(2026, 12, 28), date(2027, 1, 3)),
        (Period.WEEK, date(2027, 1, 4), date(2027, 1, 4), date(2027, 1, 10)),
        (Period.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Period.MONTH, date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 31)),
        (Period.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (Period.QUARTER, date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        (Period.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (Period.YEAR, date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
    ],
)
def test_a_day_lies_in_its_period(period: Period, day: date, first: date, last: date) -> None:
    assert period.of(day) == (first, last)


@given(st.sampled_from(Period), DAYS)
def test_every_day_of_a_period_lies_in_it(period: Period, day: date) -> None:
    first, last = period.of(day)
    assert first <= day <= last
    assert period.of(first) == period.of(last) == (first, last)


@given(st.sampled_from(Period), DAYS)
def test_periods_follow_each_other_without_a_gap(period: Period, day: date) -> None:
    assert period.after(day)[0] == period.of(day)[1] + timedelta(days=1)
