"""What happens in the year, planned from a seed before anything runs: every meeting with who was
there. What the store makes of it must agree with a count of this plan. Pure.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from benchmarks.year.county import Branch, County, NetworkBranch

ZONE: Final = ZoneInfo("Asia/Shanghai")
DOWN_DAYS: Final = 3

Outcome = Literal["present", "late", "left_early", "leave", "absent"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("present", "late", "left_early", "leave", "absent")
WEIGHTS: Final = (82, 5, 2, 6, 5)
THIN_WEIGHTS: Final = (22, 4, 14, 25, 35)
"""Of meetings to which about half of those expected come."""


_EVERY_MONTH: Final = range(1, 13)
KINDS: Final = {
    "theme_party_day": ("主题党日", _EVERY_MONTH, time(15), 120),
    "branch_committee_meeting": ("支部委员会", _EVERY_MONTH, time(9), 60),
    "member_assembly": ("支部党员大会", range(2, 13, 3), time(9), 90),
    "party_lecture": ("党课", range(3, 13, 3), time(19), 90),
    "org_life_meeting": ("组织生活会", range(12, 13), time(15), 120),
}
"""By type: title, months, local start, minutes. Branches of a township meet on the same days."""


@dataclass(frozen=True)
class PlannedSeries:
    """A meeting that comes again; `days` are its days in the year."""

    key: str
    unit: str
    type: str
    title: str
    rrule: str
    starts_on: date
    start: time
    minutes: int
    persons: tuple[str, ...]
    exempt: frozenset[str]
    site: str
    room: str | None
    days: tuple[date, ...]


@dataclass
class PlannedMeeting:
    """One meeting. `moved_to` is its local start where somebody moved it; without `archived` its
    record was never finished. Who is present, late or leaves early is there a third of the way
    through."""

    series: PlannedSeries
    day: date
    cancelled: bool
    moved_to: datetime | None
    archived: bool
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """When it begins, aware."""
        return self.moved_to or datetime.combine(self.day, self.series.start, ZONE)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.series.minutes)


@dataclass(frozen=True)
class YearPlan:
    """The county, its series and meetings; the server is down from `down_from` to `down_until`."""

    year: int
    county: County
    series: tuple[PlannedSeries, ...]
    meetings: tuple[PlannedMeeting, ...]
    down_from: datetime
    down_until: datetime


def plan_year(county: County, seed: int, year: int) -> YearPlan:
    """Plan the year: nine of ten meetings as they should be, the others not."""
    chance = random.Random(seed + 1)
    down_from = datetime(year, 6, 9, 4, 0, tzinfo=ZONE)
    series: list[PlannedSeries] = []
    days = {
        (township, kind): chance.randint(2, 28) for township in county.townships for kind in KINDS
    }
    for branch in county.branches:
        series += _of_branch(branch, year, days)
    for network in county.networks:
        series.append(_of_network(network, year))
    meetings = [_meeting(chance, county, one, day) for one in series for day in one.days]
    return YearPlan(
        year,
        county,
        tuple(series),
        tuple(meetings),
        down_from,
        down_from + timedelta(days=DOWN_DAYS),
    )


def _of_branch(
    branch: Branch, year: int, of_month: Mapping[tuple[str, str], int]
) -> Iterator[PlannedSeries]:
    for kind, (title, months, start, minutes) in KINDS.items():
        persons = branch.committee if kind == "branch_committee_meeting" else branch.members
        day_of_month = of_month[branch.township, kind]
        days = [date(year, month, day_of_month) for month in months]
        lived = tuple(
            day
            for day in days
            if (branch.founded is None or day >= branch.founded)
            and (branch.dissolved is None or day <= branch.dissolved)
        )
        if not lived or not persons:
            continue
        step = months.step if len(months) > 1 else 12
        until = f";UNTIL={(branch.dissolved or date(year, 12, 31)):%Y%m%d}"
        yield PlannedSeries(
            key=f"{branch.id}-{kind}",
            unit=branch.id,
            type=kind,
            title=title,
            rrule=f"FREQ=MONTHLY;INTERVAL={step};BYMONTHDAY={day_of_month}{until}",
            starts_on=lived[0],
            start=start,
            minutes=minutes,
            persons=persons,
            exempt=branch.exempt & set(persons),
            site=branch.site,
            room=branch.room,
            days=lived,
        )


def _of_network(network: NetworkBranch, year: int) -> PlannedSeries:
    first = date(year, 1, 1)
    first += timedelta(days=-first.weekday() % 7)  # the first Monday
    days = []
    while first.year == year:
        days.append(first)
        first += timedelta(days=7)
    return PlannedSeries(
        key=network.id,
        unit=network.id,
        type="network_branch_meeting",
        title="网络支部例会",
        rrule=f"FREQ=WEEKLY;BYDAY=MO;UNTIL={year}1231",
        starts_on=days[0],
        start=time(19),
        minutes=60,
        persons=network.members,
        exempt=frozenset(),
        site=network.site,
        room=None,
        days=tuple(days),
    )


def _meeting(
    chance: random.Random, county: County, series: PlannedSeries, day: date
) -> PlannedMeeting:
    cancelled = chance.random() < 0.03
    moved_to = None
    if not cancelled and chance.random() < 0.04:
        other = datetime.combine(day + timedelta(days=chance.randint(1, 6)), time(10), ZONE)
        moved_to = other if other.year == day.year else None
    meeting = PlannedMeeting(
        series=series,
        day=day,
        cancelled=cancelled,
        moved_to=moved_to,
        archived=chance.random() < 0.95,
    )
    weights = THIN_WEIGHTS if chance.random() < 0.06 else WEIGHTS
    for person in series.persons:
        [outcome] = chance.choices(OUTCOMES, weights)
        if outcome == "left_early" and person not in county.mobiles:
            outcome = "present"  # a roll call tells who came and who came late
        meeting.outcomes[person] = outcome
    return meeting
