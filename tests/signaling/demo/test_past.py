"""The past of the demonstration: lived once, by the services of the house, and plainly there."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.branch_clock.service import Clocks
from scheduler.branch_clock.study import Study
from scheduler.branch_clock.study_model import MakeupState
from scheduler.meetings.model import MeetingType, State
from scheduler.meetings.service import Meetings
from scheduler.records.building import records_of
from scheduler.records.states import RecordState
from scheduler.store.engine import Store
from signaling.demo.past import Played, live_past
from tests.support.clock import MovableClock
from tests.support.server import settings_for_tests
from tests.support.templates import lay_ruzhou

TODAY = datetime(2026, 11, 23, 4, tzinfo=UTC)
BRANCH = "p-organ-01"


async def test_weeks_lie_behind_the_demonstration_and_come_only_once(tmp_path: Path) -> None:
    settings = settings_for_tests(tmp_path)
    await lay_ruzhou(tmp_path / "test.db")
    store = await Store.open(settings.store.url)
    try:
        assert await live_past(store, settings, TODAY, weeks=1, branches=1) == 10
        assert await live_past(store, settings, TODAY, weeks=1, branches=1) == 0
        await all_is_settled_and_recorded(store, tmp_path)
        await the_branch_has_a_clock(store, tmp_path)
    finally:
        await store.close()


async def all_is_settled_and_recorded(store: Store, folder: Path) -> None:
    settings, clock = settings_for_tests(folder), MovableClock(TODAY)
    zone = ZoneInfo(settings.time_zone)
    meetings = Meetings(store, clock, settings.meeting, zone)
    held = await meetings.occurrences(datetime(2026, 10, 1, tzinfo=UTC), TODAY)
    assert {one.state for one in held} == {State.SETTLED}
    records = records_of(store, clock, settings, Played())
    views = [await records.view(one.id) for one in held]
    states = Counter(view.record.state for view in views)
    assert states[RecordState.ARCHIVED] == 6
    assert set(states) == set(RecordState) - {RecordState.SIGNED}
    assert all(view.intact for view in views)

    [assembly] = [one for one in views if one.meeting.type is MeetingType.MEMBER_ASSEMBLY]
    quorum = assembly.content.quorum
    assert quorum is not None
    assert quorum.reached
    assert [vote.adopted for vote in assembly.content.votes] == [True]
    assert len(await records.versions(assembly.meeting.id)) == 2

    attended = {line.state for view in views for line in view.content.people}
    assert {"present", "late", "left_early", "leave", "absent"} <= attended
    assert {view.content.branch.id for view in views} >= {BRANCH, "p-net-1", "p-net-6"}


async def the_branch_has_a_clock(store: Store, folder: Path) -> None:
    settings, clock = settings_for_tests(folder), MovableClock(TODAY)
    zone = ZoneInfo(settings.time_zone)
    clocks = Clocks(store, clock, settings.rules, zone)
    row = (await clocks.branch(2026, BRANCH)).row
    committee = row.types[MeetingType.BRANCH_COMMITTEE_MEETING]
    assert (committee.now_required, committee.now_enough) == (1, 1)
    study = Study(store, clock, settings.rules, settings.study, zone)
    made_up = await study.makeups(2026, units={BRANCH})
    assert MakeupState.CONFIRMED in {one.state for one in made_up}
