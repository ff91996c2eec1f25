"""Alerts: before a period ends, after it ended, for long absence; each once, gone when over."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, insert

from config.settings import Alerts as AlertSettings
from config.settings import Rules
from scheduler.branch_clock.alert_model import Alert
from scheduler.branch_clock.alerts import Alerts
from scheduler.branch_clock.daily import add_missing_tallies
from scheduler.store.alert_tables import makeup_entry
from scheduler.store.attendance_tables import attendance_result
from scheduler.store.engine import Store
from scheduler.store.meeting_tables import occurrence
from scheduler.store.tally_tables import occurrence_tally
from tests.scheduler.branch_clock.building import BRANCH, Held, branch_of, held
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI


def alerts_on(store: Store, day: date) -> Alerts:
    clock = MovableClock(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    return Alerts(store, clock, Rules(), AlertSettings(), SHANGHAI)


async def standing(store: Store, day: date) -> list[tuple[str, str | None, date]]:
    alerts = alerts_on(store, day)
    await alerts.look()
    return sorted((one.kind, one.type or one.person, one.first) for one in await all_of(alerts))


async def all_of(alerts: Alerts) -> tuple[Alert, ...]:
    return await alerts.standing(None)


async def test_a_period_is_alerted_ten_days_before_it_ends(store: Store) -> None:
    await branch_of(store, *(f"p{n}" for n in range(1, 8)))
    await held(store, Held(day=date(2026, 2, 3), type="theme_party_day"))
    due_soon = [one for one in await standing(store, date(2026, 3, 20)) if one[0] == "due_soon"]
    assert due_soon == []
    kinds = [one[1] for one in await standing(store, date(2026, 3, 22)) if one[0] == "due_soon"]
    assert kinds == [
        "branch_committee_meeting",
        "member_assembly",
        "party_lecture",
        "theme_party_day",
    ]


async def test_what_was_missed_is_late_and_what_was_held_is_not(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    await held(store, Held(day=date(2026, 3, 3), type="theme_party_day"))
    late = [one[1] for one in await standing(store, date(2026, 4, 2)) if one[0] == "late"]
    assert "theme_party_day" not in late
    assert "member_assembly" in late


async def test_nobody_is_alerted_of_meetings_of_a_committee_that_there_need_not_be(
    store: Store,
) -> None:
    await branch_of(store, *(f"p{n}" for n in range(1, 7)))
    kinds = {one[1] for one in await standing(store, date(2026, 3, 22))}
    assert "branch_committee_meeting" not in kinds
    assert "theme_party_day" in kinds


async def test_looking_again_adds_nothing_and_what_is_held_resolves(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    alerts = alerts_on(store, date(2026, 3, 25))
    raised, _ = await alerts.look()
    assert raised > 0
    assert await alerts.look() == (0, 0)
    await held(store, Held(day=date(2026, 3, 24), type="member_assembly"))
    assert await alerts.look() == (0, 1)
    assert "member_assembly" not in {
        one.type for one in await all_of(alerts) if one.kind == "due_soon"
    }


async def test_who_looked_at_an_alert_first_is_written_down(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    alerts = alerts_on(store, date(2026, 3, 25))
    await alerts.look()
    key = (await all_of(alerts))[0].key
    assert await alerts.unit_of(key) == BRANCH
    await alerts.see(key, "p1")
    await alerts.see(key, "p2")
    assert {one.seen_by for one in await all_of(alerts) if one.key == key} == {"p1"}


async def test_six_months_of_absence_without_a_reason_are_alerted(store: Store) -> None:
    await branch_of(store, "p1", "p2", "p3", "p4")
    for month in range(1, 8):
        meeting = Held(
            day=date(2026, month, 10),
            states={
                "p1": "present",
                "p2": "absent",
                "p3": "leave" if month == 4 else "absent",
                "p4": "present" if month == 1 else "absent",
            },
        )
        await held(store, meeting)
    absent = [one for one in await standing(store, date(2026, 7, 12)) if one[0] == "long_absent"]
    assert absent == [("long_absent", "p2", date(2026, 1, 10))]
    absent = [one for one in await standing(store, date(2026, 8, 12)) if one[0] == "long_absent"]
    assert [one[1] for one in absent] == ["p2", "p4"]


async def test_makeup_that_was_confirmed_explains_an_absence(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    ids = [
        await held(store, Held(day=date(2026, month, 10), states={"p1": "absent"}))
        for month in range(1, 8)
    ]
    day = date(2026, 7, 12)
    assert ("long_absent", "p1", date(2026, 1, 10)) in await standing(store, day)
    async with store.begin() as connection:
        entry = {"occurrence": ids[5], "person": "p1", "act": "confirmed", "by": "p2"}
        at = datetime(2026, 6, 12, tzinfo=UTC)
        await connection.execute(insert(makeup_entry).values(**entry, at=at, reason=""))
    assert "long_absent" not in {one[0] for one in await standing(store, day)}


async def test_sums_of_meetings_settled_before_there_were_any_are_added(store: Store) -> None:
    await branch_of(store, "p1", "p2")
    made = await held(store, Held(day=date(2026, 3, 3)))
    async with store.begin() as connection:
        await connection.execute(delete(occurrence_tally))
    clock = MovableClock(datetime(2026, 4, 1, tzinfo=UTC))
    assert await add_missing_tallies(store, clock, SHANGHAI) == 1
    assert await add_missing_tallies(store, clock, SHANGHAI) == 0
    async with store.read() as connection:
        row = (await connection.execute(occurrence_tally.select())).one()
        found = (await connection.execute(occurrence.select())).one()
        results = (await connection.execute(attendance_result.select())).all()
    assert (row.occurrence, row.day, row.expected) == (made, date(2026, 3, 3), len(results))
    assert found.scheduled_start + timedelta(hours=8) == datetime(2026, 3, 3, 17, tzinfo=UTC)
