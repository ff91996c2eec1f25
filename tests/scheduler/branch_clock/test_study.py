"""Study hours and makeup study: what counts, by which conversion, and who confirms."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from config.settings import Rules
from config.settings import Study as StudySettings
from scheduler.branch_clock.study import Study
from scheduler.branch_clock.study_model import MakeupState, StudyRow
from scheduler.branch_clock.study_rules import RULES, rules_of
from scheduler.errors import Conflict, Invalid
from scheduler.store.attendance_tables import attendance_result
from scheduler.store.directory_tables import post, role_grant
from scheduler.store.engine import Store
from tests.scheduler.branch_clock.building import BRANCH, Held, branch_of, held
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI


def study_on(store: Store, day: date, minutes: int | None = None) -> Study:
    clock = MovableClock(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    settings = StudySettings(minutes_per_hour=minutes)
    return Study(store, clock, Rules(), settings, SHANGHAI)


async def row_of(study: Study, person: str, year: int = 2026) -> StudyRow:
    report = await study.hours(year, units={BRANCH})
    return next(row for row in report.rows if row.person == person)


async def test_forty_five_minutes_are_one_hour_with_decimals(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2026, 3, 3), minutes=90))
    await held(store, Held(day=date(2026, 4, 3), minutes=50))
    await held(store, Held(day=date(2026, 4, 9), type="theme_party_day"))  # is no lesson
    row = await row_of(study_on(store, date(2026, 12, 1)), "p1")
    assert (row.lectures, row.minutes, row.hours) == (2, 140.0, 3.11)
    assert (row.required, row.missing) == (32, 28.89)
    row = await row_of(study_on(store, date(2026, 12, 1), minutes=50), "p1")
    assert row.hours == 2.8


async def test_nothing_is_carried_over_into_another_year(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2025, 12, 31)))
    await held(store, Held(day=date(2026, 1, 1), minutes=45))
    study = study_on(store, date(2026, 12, 1))
    assert (await row_of(study, "p1", 2025)).hours == 2.0
    assert (await row_of(study, "p1", 2026)).hours == 1.0


async def test_secretaries_and_committee_need_56_hours_and_members_32(store: Store) -> None:
    await branch_of(store, "p1", "p2", "p3")
    committee = Held(day=date(2026, 2, 2), type="branch_committee_meeting", states={"p2": "absent"})
    await held(store, committee)
    async with store.begin() as connection:
        grant = {"id": "g", "person": "p3", "role": "branch_secretary", "unit": BRANCH}
        await connection.execute(insert(role_grant).values(**grant))
    report = await study_on(store, date(2026, 12, 1)).hours(2026, units={BRANCH})
    assert [row.required for row in report.rows] == [32, 56, 56]
    async with store.begin() as connection:
        elected = {"person": "p1", "unit": BRANCH, "post": "publicity", "since": date(2026, 11, 1)}
        await connection.execute(insert(post).values(**elected))
    report = await study_on(store, date(2026, 12, 1)).hours(2026, units={BRANCH})
    assert [row.required for row in report.rows] == [56, 56, 56]


async def test_attendances_count_each_meeting_and_the_headcount_each_person_once(
    store: Store,
) -> None:
    await branch_of(store, "p1", "p2", "p3")
    for day, states in (
        (date(2026, 3, 3), {"p1": "present", "p2": "late", "p3": "absent"}),
        (date(2026, 6, 3), {"p1": "present", "p2": "absent", "p3": "absent"}),
    ):
        await held(store, Held(day=day, states=states))
    report = await study_on(store, date(2026, 12, 1)).hours(2026, units={BRANCH})
    assert (report.lectures, report.attendances, report.headcount) == (2, 3, 2)


def test_a_new_conversion_holds_from_its_day_on() -> None:
    changed = replace(RULES[0], version=2, valid_from=date(2026, 7, 1), minutes=50)
    found = [(rule.minutes, first, last) for rule, first, last in rules_of(2026, (*RULES, changed))]
    assert found == [
        (45, date(2026, 1, 1), date(2026, 6, 30)),
        (50, date(2026, 7, 1), date(2026, 12, 31)),
    ]
    assert [rule.version for rule, _, _ in rules_of(2027, (*RULES, changed))] == [2]


async def test_a_missed_lecture_is_made_up_within_seven_days(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2026, 3, 3)))
    await held(store, Held(day=date(2026, 3, 4), type="branch_committee_meeting"))
    [makeup] = await study_on(store, date(2026, 3, 10)).makeups(2026, units={BRANCH})
    assert (makeup.person, makeup.due, makeup.state) == ("p2", date(2026, 3, 10), MakeupState.OWED)
    [makeup] = await study_on(store, date(2026, 3, 11)).makeups(2026, units={BRANCH})
    assert makeup.state is MakeupState.OVERDUE


async def test_a_makeup_counts_when_somebody_else_confirmed_it_and_changes_no_attendance(
    store: Store,
) -> None:
    await branch_of(store, "p1", "p2")
    made = await held(store, Held(day=date(2026, 3, 3)))
    study = study_on(store, date(2026, 3, 9))
    done = await study.done(made, "p2", "replay", None, "p2")
    assert (done.state, (await row_of(study, "p2")).hours) == (MakeupState.DONE, 0.0)
    with pytest.raises(Invalid, match="makeup_confirmed_by_oneself"):
        await study.decide(made, "p2", True, "", "p2")
    confirmed = await study.decide(made, "p2", True, "", "p1")
    assert (confirmed.state, confirmed.late) == (MakeupState.CONFIRMED, False)
    row = await row_of(study, "p2")
    assert (row.hours, row.makeup_minutes, row.lectures) == (2.0, 90.0, 0)
    async with store.read() as connection:
        states = await connection.execute(
            select(attendance_result.c.state).where(attendance_result.c.person == "p2")
        )
        assert states.scalars().all() == ["absent"]
    with pytest.raises(Conflict, match="makeup_confirmed"):
        await study.done(made, "p2", "reading", None, "p2")


async def test_a_declined_makeup_is_owed_again_and_what_was_said_stays(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    made = await held(store, Held(day=date(2026, 3, 3)))
    study = study_on(store, date(2026, 3, 20))
    late = await study.done(made, "p2", "reading", 40, "p2")
    assert late.late
    with pytest.raises(Invalid, match="reason_missing"):
        await study.decide(made, "p2", False, " ", "p1")
    declined = await study.decide(made, "p2", False, "没有笔记", "p1")
    assert declined.state is MakeupState.OVERDUE
    assert [entry.act for entry in declined.entries] == ["done", "declined"]
    with pytest.raises(Conflict, match="makeup_not_done"):
        await study.decide(made, "p2", True, "", "p1")


@pytest.mark.parametrize(
    ("person", "way", "minutes", "code"),
    [
        ("p1", "replay", None, "nothing_to_make_up"),
        ("p2", "dreaming", None, "unknown_makeup_way"),
        ("p2", "reading", 91, "minutes_out_of_range"),
        ("p2", "reading", 0, "minutes_out_of_range"),
    ],
)
async def test_a_makeup_that_cannot_be_is_refused(
    store: Store, person: str, way: str, minutes: float | None, code: str
) -> None:
    await branch_of(store, "p1", "p2")
    made = await held(store, Held(day=date(2026, 3, 3)))
    with pytest.raises(Invalid, match=code):
        await study_on(store, date(2026, 3, 9)).done(made, person, way, minutes, person)
