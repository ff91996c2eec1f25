"""An open member assembly with E = 5, its attendance log and its votes."""

from dataclasses import dataclass

import pytest

from config.settings import Rules
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause, How
from scheduler.meetings.model import Occurrence
from scheduler.meetings.service import Meetings
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes
from tests.support.assembly import assembly, found_voting_branch
from tests.support.clock import MovableClock
from tests.support.meetings import SHANGHAI, meetings_of


@dataclass
class Assembly:
    """The meeting, and the parts of the house that it needs."""

    store: Store
    clock: MovableClock
    meetings: Meetings
    log: AttendanceLog
    votes: Votes
    quorums: Quorums
    meeting: Occurrence

    @property
    def id(self) -> str:
        return self.meeting.id

    async def open(self) -> None:
        """It is 19:00, and the meeting is open."""
        self.clock.advance(hours=7)
        await self.meetings.open(self.id)

    async def come(self, *persons: str) -> None:
        """p1, p2, p3 come by their phones; p4 and p6 are ticked in the hall."""
        for person in persons:
            if person in {"p4", "p6"}:
                await self.hall()
                await self.log.mark(self.id, "hall", person, "present", "p4")
            else:
                device = f"phone{person[1]}" if person != "p5" else "mobile1"
                await self.log.joined(self.id, f"at-{person}", device, None)
                await self.log.signed_in(self.id, f"at-{person}", person, How.PIN)

    async def hall(self) -> None:
        """The room in the hall is connected; again is harmless."""
        await self.log.joined(self.id, "at-hall", "room", None)

    async def go(self, *presences: str) -> None:
        self.clock.advance(seconds=1)
        for presence in presences:
            await self.log.left(self.id, presence, Cause.LEFT)
        self.clock.advance(seconds=1)

    def with_rules(self, rules: Rules) -> "Assembly":
        """The same meeting under other local rules."""
        args = (self.store, self.clock, SHANGHAI, rules)
        return Assembly(
            self.store,
            self.clock,
            self.meetings,
            self.log,
            Votes(*args),
            Quorums(*args),
            self.meeting,
        )


@pytest.fixture
async def planned(store: Store, clock: MovableClock) -> Assembly:
    """The assembly at noon, not open yet."""
    await found_voting_branch(store)
    meetings = meetings_of(store, clock)
    return Assembly(
        store=store,
        clock=clock,
        meetings=meetings,
        log=AttendanceLog(store, clock, "node", "boot"),
        votes=Votes(store, clock, SHANGHAI),
        quorums=Quorums(store, clock, SHANGHAI),
        meeting=await meetings.create_adhoc(assembly(host="p4")),
    )


@pytest.fixture
async def held(planned: Assembly) -> Assembly:
    """The assembly at 19:00, open."""
    await planned.open()
    return planned
