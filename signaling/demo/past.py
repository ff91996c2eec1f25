"""The past of the demonstration, lived through by the services of the house before it starts.

The people are played: who signs a record types no PIN. All else is as it is for everybody: the
agenda opens and closes, devices join and leave, votes are cast, records are signed and reviewed.
"""

import asyncio
import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from config.ruzhou import FOLDER
from config.settings import Settings
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.model import Cause
from scheduler.branch_clock.study import Study
from scheduler.branch_clock.study_model import Way
from scheduler.directory.imports.importing import apply
from scheduler.directory.model import OrgUnit
from scheduler.directory.service import Directory
from scheduler.meetings.due import Kind
from scheduler.meetings.model import AdhocDraft, LeaveReason, Occurrence
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.records.building import records_of
from scheduler.records.minutes import AbsenceReason, Discussed, FollowUp, Minutes, Resolution
from scheduler.records.service import Signer
from scheduler.store import directory_rows, record_rows
from scheduler.store.engine import Store
from scheduler.virtual_time import VirtualClock, VirtualTime
from scheduler.votes.service import Votes
from signaling.demo.past_plan import (
    LIVED,
    MEETING_BRANCHES,
    WEEKS,
    Branch,
    Fate,
    Outcome,
    PastMeeting,
    past_meetings,
)

NODE: Final = "past"
BEFORE: Final = timedelta(minutes=5)
LATE_BY: Final = timedelta(minutes=9)
WRITTEN_AT: Final = time(9)
"""The next morning, when records are written; they are reviewed in the afternoon."""
REVIEWED_AFTER: Final = timedelta(hours=6)

Deed = Callable[[], Awaitable[None]]
log = structlog.stdlib.get_logger(__name__)


class Played:
    """Stands for people who type their PINs (`scheduler.records.service.Pins`)."""

    async def check_pin(self, person: str, pin: str) -> None:
        """Everybody is who they are played to be."""


async def live_past(
    store: Store,
    settings: Settings,
    until: datetime,
    *,
    weeks: int = WEEKS,
    branches: int = MEETING_BRANCHES,
) -> int:
    """Import Ruzhou and live its last weeks in a store, up to `until`; return how many meetings
    were held. A store that knows any meeting has its past already.

    For so many `weeks` the network branches have met; of the others so many `branches`.
    """
    zone = ZoneInfo(settings.time_zone)
    known = Meetings(store, VirtualClock(until), settings.meeting, zone)
    if await known.occurrences(until - 10 * LIVED, until + LIVED):
        return 0
    await apply(store, [FOLDER])
    return await _Past(store, settings, zone, until).live(weeks, branches)


class _Past:
    def __init__(self, store: Store, settings: Settings, zone: ZoneInfo, until: datetime) -> None:
        self._until = until
        self._zone = zone
        clock = VirtualClock(until - LIVED)
        self._clock = clock
        self._store = store
        self._directory = Directory(store, clock, zone)
        self._meetings = Meetings(store, clock, settings.meeting, zone)
        self._log = AttendanceLog(store, clock, NODE, NODE, zone)
        self._votes = Votes(store, clock, zone, settings.rules)
        self._study = Study(store, clock, settings.rules, settings.study, zone)
        self._agenda = AgendaItems(store, clock)
        self._records = records_of(store, clock, settings, Played())
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._order = itertools.count()
        self._here: dict[str, dict[str, str]] = {}  # presences by person, by occurrence
        self._phones: dict[str, str] = {}  # by person, as their places
        self._homes: dict[str, str] = {}
        self._adopted: dict[str, str] = {}  # votes, by occurrence
        self._reviewer = ""

    async def live(self, weeks: int, number: int) -> int:
        networks, branches = await self._branches()
        today = self._until.astimezone(self._zone).date()
        planned = past_meetings(networks, branches[:number], today, self._zone, weeks)
        persons = {person for one in planned for person in one.persons}
        for device in await self._directory.devices_held_by(persons):
            self._phones.setdefault(str(device.holder), device.id)
        self._homes = await self._directory.home_sites(persons)
        organizers = await self._directory.grants_of("city_org_admin")
        self._reviewer = organizers[0].person
        actions = dict.fromkeys(Kind, self._nothing) | {
            Kind.OPEN: self._open,
            Kind.CLOSE: self._close,
            Kind.SETTLE: self._settle,
        }
        passing = VirtualTime(self._store, self._clock, NODE, actions)
        self._meetings.agenda_changed = passing.wake
        for one in planned:
            await self._call(one)
        async with passing.running():
            await passing.pass_to(self._until, self._at_stop)
        log.info("the past was lived", meetings=len(planned))
        return len(planned)

    async def _branches(self) -> tuple[list[Branch], list[Branch]]:
        """Return the network branches, and the branches that have a whole committee."""
        today = self._directory.today()
        async with self._store.read() as connection:
            posts = await directory_rows.posts(connection, today, today)
        large = {unit for unit, held in Counter(row.unit for row in posts).items() if held > 3}
        units = await self._directory.units("party")
        networks = [await self._branch(one) for one in units if one.kind == "network_branch"]
        return networks, [await self._branch(one) for one in units if one.id in large]

    async def _branch(self, unit: OrgUnit) -> Branch:
        committee = await self._directory.committee(unit.id)
        members = [one.person for one in await self._directory.members(unit.id)]
        ordered = dict.fromkeys((*committee, *members))
        return Branch(unit=unit.id, name=unit.name, members=tuple(ordered), committee=committee)

    async def _call(self, one: PastMeeting) -> None:
        """Call a meeting, and note what will be done in it and after it."""
        before_s = int(BEFORE.total_seconds())
        made = await self._meetings.create_adhoc(
            AdhocDraft(
                unit=one.branch.unit,
                type=one.type,
                title=one.title,
                start=one.start,
                duration_s=int(one.length.total_seconds()),
                host=one.persons[0],
                recorder=one.persons[1],
                persons=one.persons,
                sites=tuple(dict.fromkeys(self._homes[person] for person in one.persons)),
                agenda=one.agenda,
                overrun_s=0,
                open_before_s=before_s,
                ring_before_s=before_s,
                remind_before_s=before_s,
            )
        )
        by = {
            outcome: [p for p, had in one.outcomes.items() if had is outcome] for outcome in Outcome
        }
        begins = one.start - BEFORE
        for moment, deed, persons in (
            (begins - timedelta(days=1), self._ask_for_leave, by[Outcome.LEAVE]),
            (begins, self._come, [*by[Outcome.PRESENT], *by[Outcome.LEFT_EARLY]]),
            (one.start + LATE_BY, self._come, by[Outcome.LATE]),
            (one.start + one.length / 2, self._go, by[Outcome.LEFT_EARLY]),
        ):
            if persons:
                self._at(moment, partial(deed, made, persons))
        if one.voted is not None:
            self._at(one.start + timedelta(minutes=20), partial(self._vote, made.id, one))
        morning = datetime.combine(one.start.date() + timedelta(days=1), WRITTEN_AT, self._zone)
        self._at(morning, partial(self._write, made.id, one))
        self._at(morning + REVIEWED_AFTER, partial(self._review, made.id, one))

    def _at(self, moment: datetime, deed: Deed) -> None:
        heapq.heappush(self._deeds, (moment.astimezone(UTC), next(self._order), deed))

    async def _at_stop(self) -> datetime | None:
        while self._deeds and self._deeds[0][0] <= self._clock.now():
            _, _, deed = heapq.heappop(self._deeds)
            await deed()
        return self._deeds[0][0] if self._deeds else None

    async def _nothing(self, occurrence: str) -> None:
        """Nobody is reminded of, or called to, what is over."""

    async def _open(self, occurrence: str) -> None:
        await self._meetings.open(occurrence)

    async def _close(self, occurrence: str) -> None:
        here = self._here.pop(occurrence, {})
        await self._log.left_together(occurrence, dict.fromkeys(here.values()), Cause.CLOSED)
        await self._meetings.close(occurrence)

    async def _settle(self, occurrence: str) -> None:
        await self._meetings.settle(occurrence)

    async def _ask_for_leave(self, meeting: Occurrence, persons: Sequence[str]) -> None:
        for person in persons:
            await self._meetings.request_leave(meeting.id, person, LeaveReason.WORK, person)
            await self._meetings.approve_leave(meeting.id, person, None, meeting.host)

    async def _come(self, meeting: Occurrence, persons: Sequence[str]) -> None:
        here = self._here.setdefault(meeting.id, {})
        for person in persons:
            here[person] = f"{meeting.id}-{person}"
        await asyncio.gather(
            *(
                self._log.joined(meeting.id, here[person], self._phones[person], person)
                for person in persons
            )
        )

    async def _go(self, meeting: Occurrence, persons: Sequence[str]) -> None:
        here = self._here[meeting.id]
        gone = {here.pop(person): None for person in persons}
        await self._log.left_together(meeting.id, gone, Cause.LEFT)

    async def _vote(self, meeting: str, one: PastMeeting) -> None:
        assert one.voted is not None
        vote = await self._votes.prepare(meeting, one.voted, "general", one.persons[0])
        await self._votes.open(vote.id, one.persons[0])
        for place, (person, presence) in enumerate(self._here[meeting].items()):
            choice = "abstain" if place == 3 else "for"
            await self._votes.cast(vote.id, person, choice, presence)
        if (await self._votes.close(vote.id, one.persons[0])).adopted:
            self._adopted[meeting] = vote.id

    async def _write(self, meeting: str, one: PastMeeting) -> None:
        """The recorder writes the record; both sign it, as far as it got."""
        host, recorder = one.persons[:2]
        minutes = Minutes(
            discussion=tuple(
                Discussed(item=each.id, title=each.title, speaker=each.speaker or "", text=one.said)
                for each in await self._agenda.of(meeting)
            ),
            resolutions=(
                Resolution(text="按会上商定的安排执行。", vote=self._adopted.get(meeting)),
            ),
            follow_ups=(FollowUp(task="下次会议通报进展", responsible="记录人"),),
            absences={
                person: AbsenceReason.WORK
                for person, had in one.outcomes.items()
                if had in (Outcome.ABSENT, Outcome.LEFT_EARLY)
            },
        )
        await self._records.write(meeting, minutes, await self._version(meeting), recorder)
        if one.fate is Fate.DRAFTED:
            return
        digest = (await self._records.view(meeting)).digest
        await self._records.sign(meeting, Signer.RECORDER, recorder, "", digest)
        if one.fate is not Fate.HALF_SIGNED:
            await self._records.sign(meeting, Signer.HOST, host, "", digest)

    async def _review(self, meeting: str, one: PastMeeting) -> None:
        """The record is handed in and looked at; who missed a lesson makes it up."""
        host, recorder = one.persons[:2]
        if one.makes_up:
            for person in [p for p, had in one.outcomes.items() if had is Outcome.ABSENT]:
                await self._study.done(meeting, person, Way.REPLAY, None, person)
                await self._study.decide(meeting, person, True, "", host)
        if one.fate in (Fate.DRAFTED, Fate.HALF_SIGNED):
            return
        await self._records.submit(meeting, await self._version(meeting), recorder)
        if one.fate is Fate.RETURNED:
            reason = "讨论情况写得太简单，请补充各村的安排。"
            version = await self._version(meeting)
            await self._records.send_back(meeting, version, self._reviewer, reason)
        elif one.fate is Fate.ARCHIVED:
            await self._records.archive(meeting, await self._version(meeting), self._reviewer)
        if one.voted is not None:
            view = await self._records.view(meeting)
            follow_ups = (*view.minutes.follow_ups, FollowUp(task="公示决议", responsible="书记"))
            minutes = view.minutes.model_copy(update={"follow_ups": follow_ups})
            reason = "漏记一项后续工作"
            await self._records.correct(meeting, minutes, view.record.version, recorder, reason)

    async def _version(self, meeting: str) -> int:
        async with self._store.read() as connection:
            record = await record_rows.read(connection, meeting)
        return 0 if record is None else record.version
