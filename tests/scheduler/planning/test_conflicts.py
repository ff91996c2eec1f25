"""Conflicts are shown before saving, with rooms and times that are free."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import insert

from config.settings import Planning
from scheduler.errors import Conflict, Invalid
from scheduler.meetings.model import OnHoliday
from scheduler.meetings.public_days import DayKind
from scheduler.meetings.service import Meetings
from scheduler.planning.conflicts import Acknowledgement, Conflicts
from scheduler.planning.free_busy import FreeBusy
from scheduler.store.directory_tables import device, site
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import MONDAY, SEVEN, SHANGHAI, adhoc, weekly

WEEK = timedelta(weeks=1)


@pytest.fixture
def conflicts(store: Store, clock: MovableClock) -> Conflicts:
    return Conflicts(store, clock, SHANGHAI, Planning().precedence)


async def test_a_meeting_at_a_free_time_has_no_conflict(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    check = await conflicts.of_adhoc(adhoc(start=SEVEN + timedelta(days=1)))
    assert (check.clashes, check.digest, check.free_rooms) == ((), "", ("hall",))
    conflicts.require(check, None)


async def test_persons_and_rooms_of_two_meetings_are_named(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    series = await meetings.create_series(weekly(persons=("p1", "p2"), sites=("v1", "hall")))
    check = await conflicts.of_adhoc(
        adhoc(persons=("p2", "p3"), non_voting=("p1",), sites=("hall",), host="p6")
    )
    [clash] = check.clashes
    assert (clash.persons, clash.sites) == (("p1", "p2"), ("hall",))
    assert clash.other.series == series.id
    assert check.free_rooms == ()


async def test_whoever_hosts_another_meeting_is_taken(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_adhoc(adhoc(persons=(), non_voting=(), sites=(), host="p6"))
    check = await conflicts.of_adhoc(adhoc(persons=("p6",), non_voting=(), sites=()))
    assert [clash.persons for clash in check.clashes] == [("p6",)]


async def test_what_a_series_promises_beyond_the_horizon_counts(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    far = SEVEN + 20 * WEEK
    check = await conflicts.of_adhoc(adhoc(start=far))
    [clash] = check.clashes
    assert (clash.other.occurrence, clash.other.start) == (None, far)


async def test_a_holiday_moves_what_a_series_promises(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly(on_holiday=OnHoliday.MOVE))
    far = MONDAY + 20 * WEEK
    await meetings.set_public_day(far, DayKind.HOLIDAY, "节", "p1")
    at_seven = datetime.combine(far, time(19), tzinfo=SHANGHAI)
    assert (await conflicts.of_adhoc(adhoc(start=at_seven))).clashes == ()
    next_day = await conflicts.of_adhoc(adhoc(start=at_seven + timedelta(days=1)))
    assert len(next_day.clashes) == 1


async def test_the_coming_meetings_of_a_series_are_checked(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_adhoc(adhoc(start=SEVEN + 2 * WEEK, persons=("p4",)))
    planned = meetings.as_series(weekly())
    check = await conflicts.of_series(planned)
    assert len(check.planned) == 12
    assert [clash.planned.start for clash in check.clashes] == [SEVEN + 2 * WEEK]


async def test_a_changed_series_does_not_stand_in_its_own_way(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    series = await meetings.create_series(weekly())
    changed = meetings.as_series(weekly(start_time=time(19, 30)), series.id)
    assert (await conflicts.of_series(changed, replacing={series.id})).clashes == ()
    assert len((await conflicts.of_series(changed)).clashes) == 12


async def test_meetings_before_those_that_follow_stay_in_the_way(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    first, second, *_ = await meetings.occurrences(SEVEN, SEVEN + 3 * WEEK)
    goes_on = await meetings.as_it_goes_on(second)
    assert (await conflicts.of_following(goes_on, second)).clashes == ()
    earlier = replace(goes_on, starts_on=MONDAY)
    [clash] = (await conflicts.of_following(earlier, second)).clashes
    assert clash.other.occurrence == first.id


async def test_a_moved_meeting_does_not_stand_in_its_own_way(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    first, second, *_ = await meetings.occurrences(SEVEN, SEVEN + 3 * WEEK)
    roster = await meetings.roster(first.id)
    later = await conflicts.of_move(first, roster, SEVEN + timedelta(minutes=30), 3600)
    assert later.clashes == ()
    onto = await conflicts.of_move(first, roster, SEVEN + WEEK, 3600)
    assert [clash.other.occurrence for clash in onto.clashes] == [second.id]


async def test_times_that_are_offered_are_free(meetings: Meetings, conflicts: Conflicts) -> None:
    await meetings.create_series(weekly())
    check = await conflicts.of_adhoc(adhoc())
    assert check.free_times
    for start in check.free_times:
        assert (await conflicts.of_adhoc(adhoc(start=start))).clashes == ()
    same_day = [one for one in check.free_times if one.astimezone(SHANGHAI).date() == MONDAY]
    assert same_day
    assert len(same_day) < len(check.free_times)


async def test_a_time_offered_to_a_series_is_free_on_all_its_days(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    await meetings.create_adhoc(adhoc(start=SEVEN + WEEK - timedelta(hours=2)))
    check = await conflicts.of_series(meetings.as_series(weekly()))
    clocks = {start.astimezone(SHANGHAI).time() for start in check.free_times}
    assert clocks
    assert not clocks & {time(16, 30), time(17), time(17, 30), time(19)}


async def test_a_revoked_or_second_room_is_told_rightly(
    meetings: Meetings, conflicts: Conflicts, store: Store
) -> None:
    async with store.begin() as connection:
        sites = [{"id": "h2", "name": "二", "kind": "city", "unit": "city"}]
        await connection.execute(insert(site), sites)
        await connection.execute(
            insert(device),
            {"id": "r2", "kind": "meeting_room", "name": "二", "site": "h2", "holder": None},
        )
    await meetings.create_adhoc(adhoc())
    check = await conflicts.of_adhoc(adhoc(persons=(), non_voting=(), sites=("hall",)))
    assert check.free_rooms == ("h2",)


async def test_saving_over_a_conflict_needs_just_this_one_acknowledged_and_is_written_down(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    other = await meetings.create_adhoc(adhoc())
    check = await conflicts.of_adhoc(adhoc())
    for given in (None, Acknowledgement(digest="something else", reason="已商量")):
        with pytest.raises(Conflict, match="schedule_conflict"):
            conflicts.require(check, given)
    with pytest.raises(Invalid, match="reason_missing"):
        conflicts.require(check, Acknowledgement(digest=check.digest, reason=" "))
    given = Acknowledgement(digest=check.digest, reason="已与对方商量")
    saving = conflicts.saving(check, given, "p1")
    made = await meetings.create_adhoc(adhoc(), saving=saving)
    [written] = await conflicts.acknowledged(occurrence=made.id)
    assert (written.by, written.reason) == ("p1", "已与对方商量")
    assert written.conflicts[0]["occurrence"] == other.id


async def test_the_order_of_precedence_names_the_meeting_that_stays(
    meetings: Meetings, conflicts: Conflicts
) -> None:
    await meetings.create_series(weekly())
    for type_, stays in (
        ("member_assembly", "this"),
        ("work_meeting", "other"),
        ("network_branch_meeting", "either"),
    ):
        check = await conflicts.of_adhoc(adhoc(type=type_))
        assert [conflicts.stays(clash) for clash in check.clashes] == [stays]


async def test_free_busy_is_bounded(store: Store, clock: MovableClock, meetings: Meetings) -> None:
    free_busy = FreeBusy(store, clock, SHANGHAI)
    with pytest.raises(Invalid, match="period_too_long"):
        await free_busy.busy(["p1"], [], SEVEN, SEVEN + timedelta(days=501))
    with pytest.raises(Invalid, match="period_reversed"):
        await free_busy.busy(["p1"], [], SEVEN, SEVEN - WEEK)


async def test_what_is_over_stays_in_the_view_of_who_was_taken(
    store: Store, clock: MovableClock, meetings: Meetings
) -> None:
    await meetings.create_series(weekly())
    clock.advance(days=3)
    found = await FreeBusy(store, clock, SHANGHAI).busy(
        ["p1"], [], SEVEN - timedelta(days=7), SEVEN + timedelta(days=1)
    )
    assert [one.start for one in found] == [SEVEN]
