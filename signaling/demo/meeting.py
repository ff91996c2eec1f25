"""The weekly meetings of the network branches, one of which is always in progress."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from scheduler.clock import Clock
from scheduler.directory.model import OrgUnit
from scheduler.directory.service import Directory
from scheduler.meetings.model import (
    AdhocDraft,
    AgendaLine,
    Invitees,
    LeaveReason,
    MeetingType,
    Occurrence,
    Series,
    SeriesDraft,
    State,
)
from scheduler.meetings.service import Meetings
from signaling.conductor import Conductor

DURATION: Final = timedelta(hours=1)
WORTH_JOINING: Final = timedelta(minutes=10)
"""A meeting that ends sooner is not shown to a visitor; the next one is."""
PAUSE: Final = timedelta(seconds=20)
"""Between two meetings, so that somebody can look at the report."""
LOOK_EVERY: Final = timedelta(seconds=2)
AGENDA_LOOKS: Final = 30
"""Tenths of a second the agenda is given to open the meeting, which is due at once."""
OTHERS_MEET_AT: Final = time(15, 0)
AHEAD: Final = timedelta(days=7)
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LISTENING_SITES: Final = 6
"""Villages invited beside those of the first secretaries."""
ITEMS: Final = (
    AgendaLine(title="上周工作情况", speaker="各村第一书记", minutes=30),
    AgendaLine(title="冬季果树管理", speaker="农技站", minutes=20),
    AgendaLine(title="下周安排", minutes=10),
)
ASKS_FOR_LEAVE: Final = 5
"""The place on the roster of who asks for leave of the next meeting of each other branch."""

log = structlog.stdlib.get_logger(__name__)


class DemoMeeting:
    """Keeps one weekly meeting in progress. It writes through `Meetings` like everybody else; the
    agenda opens and closes."""

    def __init__(
        self,
        meetings: Meetings,
        directory: Directory,
        conductor: Conductor,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._meetings = meetings
        self._directory = directory
        self._conductor = conductor
        self._clock = clock
        self._zone = zone
        self._series: Series | None = None
        self.occurrence: Occurrence | None = None

    async def prepare(self) -> Occurrence:
        """Create the series that are missing and have one meeting open; return it."""
        branches = [u for u in await self._directory.units("party") if u.kind == "network_branch"]
        known = {series.unit: series for series in await self._meetings.all_series()}
        for place, branch in enumerate(branches):
            if branch.id not in known:
                draft = await self._draft(branch, place)
                known[branch.id] = await self._meetings.create_series(draft)
        self._series = known[branches[0].id]
        await self._ask_for_leave([known[branch.id] for branch in branches[1:]])
        return await self._have_one_open()

    async def _ask_for_leave(self, others: Sequence[Series]) -> None:
        """Let somebody of each branch ask, so that the organizer has something to decide."""
        now = self._clock.now()
        for series in others:
            coming = await self._meetings.occurrences(
                now, now + AHEAD, units=[series.unit], states=[State.SCHEDULED]
            )
            for one in coming[:1]:
                person = series.persons[ASKS_FOR_LEAVE % len(series.persons)]
                if now < one.scheduled_start:
                    await self._meetings.request_leave(one.id, person, LeaveReason.WORK, person)

    async def keep(self) -> None:
        """Start the next meeting when one is over, until cancelled."""
        while True:
            try:
                await self._round()
            except Exception:
                log.exception("the next meeting of the demonstration did not start")
            await self._clock.sleep_until(self._clock.now() + LOOK_EVERY)

    async def _round(self) -> None:
        if self.occurrence is not None:
            self.occurrence = await self._meetings.occurrence(self.occurrence.id)
            if self.occurrence.state in (State.SCHEDULED, State.OPEN):
                return
            await self._clock.sleep_until(self._clock.now() + PAUSE)
        await self._have_one_open()

    async def _have_one_open(self) -> Occurrence:
        found = await self._current() or await self._call_one()
        if not await self._opened_by_the_agenda(found.id):
            await self._conductor.open(found.id)
        self.occurrence = await self._meetings.occurrence(found.id)
        log.info("demonstration meeting", meeting=found.id, ends=found.scheduled_end.isoformat())
        return self.occurrence

    async def _opened_by_the_agenda(self, occurrence: str) -> bool:
        for _ in range(AGENDA_LOOKS):
            if (await self._meetings.occurrence(occurrence)).state is State.OPEN:
                return True
            await asyncio.sleep(0.1)
        return False

    async def _current(self) -> Occurrence | None:
        """Return the branch's meeting that is on and goes on for a while, if there is one."""
        now = self._clock.now()
        found = await self._meetings.occurrences(
            now,
            now + WORTH_JOINING,
            units=[self._weekly.unit],
            states=[State.SCHEDULED, State.OPEN],
        )
        lasting = [o for o in found if o.opens_at <= now and o.scheduled_end - now > WORTH_JOINING]
        lasting.sort(key=lambda occurrence: occurrence.state is not State.OPEN)
        return lasting[0] if lasting else None

    async def _call_one(self) -> Occurrence:
        """Call a meeting of the branch now, with the guests of its series."""
        weekly, now = self._weekly, self._clock.now()
        start = now.replace(second=0, microsecond=0)
        ahead = await self._meetings.occurrences(
            now, now + DURATION, units=[weekly.unit], states=[State.SCHEDULED]
        )
        room = min((o.scheduled_start - start for o in ahead), default=DURATION)
        length = room if WORTH_JOINING < room < DURATION else DURATION
        draft = AdhocDraft(
            unit=weekly.unit,
            type=MeetingType.NETWORK_BRANCH_MEETING,
            title=weekly.title,
            start=start,
            duration_s=int(length.total_seconds()),
            host=weekly.host,
            recorder=weekly.recorder,
            persons=weekly.persons,
            non_voting=weekly.non_voting,
            sites=weekly.sites,
            overrun_s=0,
            agenda=ITEMS,
        )
        return await self._meetings.create_adhoc(draft)

    @property
    def _weekly(self) -> Series:
        if self._series is None:
            raise RuntimeError("prepare() comes first")
        return self._series

    async def _draft(self, branch: OrgUnit, place: int) -> SeriesDraft:
        """The weekly meeting of one branch: the first one's is going on, the others' are spread
        over the week."""
        today = self._directory.today()
        start = _five_minutes(self._clock.now().astimezone(self._zone))
        guests = await self._guests(branch)
        weekday = (today.weekday() + place) % len(WEEKDAYS)
        return SeriesDraft(
            unit=branch.id,
            type=MeetingType.NETWORK_BRANCH_MEETING,
            title=f"{branch.name}例会",
            rrule=f"FREQ=WEEKLY;BYDAY={WEEKDAYS[weekday]}",
            starts_on=today,
            start_time=start if place == 0 else OTHERS_MEET_AT,
            duration_s=int(DURATION.total_seconds()),
            host=next(iter(await self._holding("branch_secretary", branch)), guests.persons[0]),
            recorder=next(iter(await self._holding("recorder", branch)), guests.persons[1]),
            persons=guests.persons,
            non_voting=guests.non_voting,
            sites=guests.sites,
            overrun_s=0 if place == 0 else None,
            agenda=ITEMS,
        )

    async def _holding(self, role: str, branch: OrgUnit) -> list[str]:
        grants = await self._directory.grants_of(role)
        return [grant.person for grant in grants if grant.unit == branch.id]

    async def _guests(self, branch: OrgUnit) -> Invitees:
        """The first secretaries and their villages; some villages that listen; the first room of
        the city, whose organizers attend without a vote and are there for the roll call."""
        directory = self._directory
        persons = [membership.person for membership in await directory.members(branch.id)]
        villages = sorted(set((await directory.home_sites(persons)).values()))
        devices = (await directory.devices()).values()
        listening = [d.site for d in devices if d.kind == "video_phone" and not d.holder and d.site]
        rooms = [d.site for d in devices if d.kind == "meeting_room" and d.site]
        organizers = [grant.person for grant in await directory.grants_of("city_org_admin")]
        return Invitees(
            persons=tuple(persons),
            non_voting=tuple(sorted(organizers)),
            sites=(*villages, *listening[:LISTENING_SITES], *rooms[:1]),
        )


def _five_minutes(moment: datetime) -> time:
    """The last full five minutes: meetings do not begin at odd times."""
    return time(moment.hour, moment.minute - moment.minute % 5)
