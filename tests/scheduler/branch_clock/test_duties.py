"""Which periods of a year are owed where meetings began to be recorded on some day."""

from datetime import date

from config.settings import Rules
from scheduler.branch_clock.duties import DuePeriod, periods_of_year
from scheduler.meetings.model import MeetingType


def owed(kind: MeetingType, year: int, since: date | None) -> tuple[DuePeriod, ...]:
    return periods_of_year(kind, year, Rules(counted_from=since))


def test_without_a_day_all_periods_count() -> None:
    assert len(owed(MeetingType.MEMBER_ASSEMBLY, 2026, None)) == 4
    assert len(owed(MeetingType.NETWORK_BRANCH_MEETING, 2026, None)) == 53


def test_what_was_due_before_anything_was_recorded_is_not_owed() -> None:
    since = date(2026, 11, 1)
    months = owed(MeetingType.BRANCH_COMMITTEE_MEETING, 2026, since)
    assert [one.first for one in months] == [date(2026, 11, 1), date(2026, 12, 1)]
    assert owed(MeetingType.ORG_LIFE_MEETING, 2026, since) == ()
    assert owed(MeetingType.NETWORK_BRANCH_MEETING, 2025, since) == ()
    following = owed(MeetingType.BRANCH_COMMITTEE_MEETING, 2027, since)
    assert len(following) == 12


def test_a_period_is_owed_where_half_of_it_was_left() -> None:
    """February 2028 has 29 days: fifteen of them are half of it, fourteen are not."""
    month = MeetingType.BRANCH_COMMITTEE_MEETING
    assert owed(month, 2028, date(2028, 2, 15))[0].last == date(2028, 2, 29)
    assert owed(month, 2028, date(2028, 2, 16))[0].first == date(2028, 3, 1)
