"""What a meeting is: series, occurrence, roster, leave. Plain values without behaviour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal


class MeetingType(StrEnum):
    """The kinds of meeting of the domain (三会一课), and the meeting that is none of them."""

    MEMBER_ASSEMBLY = "member_assembly"
    BRANCH_COMMITTEE_MEETING = "branch_committee_meeting"
    GROUP_MEETING = "group_meeting"
    PARTY_LECTURE = "party_lecture"
    THEME_PARTY_DAY = "theme_party_day"
    ORG_LIFE_MEETING = "org_life_meeting"
    NETWORK_BRANCH_MEETING = "network_branch_meeting"
    WORK_MEETING = "work_meeting"


class State(StrEnum):
    """Where an occurrence stands; `states.TRANSITIONS` says what may follow."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class SignIn(StrEnum):
    """How a person behind a device becomes present."""

    DEVICE = "device"  # the holder of the device, by joining
    PIN = "pin"  # who enters a PIN after joining


class OnHoliday(StrEnum):
    """What a series does with a day that is a public holiday."""

    KEEP = "keep"
    CANCEL = "cancel"
    MOVE = "move"  # to the next working day, at the same time


class Standing(StrEnum):
    EXPECTED = "expected"  # 应到
    NON_VOTING = "non_voting"  # 列席


class LeaveReason(StrEnum):
    """A code, never a diagnosis."""

    WORK = "work"
    ILLNESS = "illness"
    FAMILY = "family"
    OTHER = "other"


class Decision(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The thresholds of a meeting, in seconds and percent; `config.settings.Meeting` explains."""

    grace_s: int
    late_after_s: int
    present_percent: int
    open_before_s: int
    ring_before_s: int
    remind_before_s: int
    overrun_s: int


@dataclass(frozen=True, kw_only=True)
class RuleChoices:
    """The thresholds somebody chose; None takes the default of the settings."""

    grace_s: int | None = None
    late_after_s: int | None = None
    present_percent: int | None = None
    open_before_s: int | None = None
    ring_before_s: int | None = None
    remind_before_s: int | None = None
    overrun_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Invitees:
    """Who and which sites a meeting expects; `exempt` are persons out of the attendance rate."""

    persons: tuple[str, ...] = ()
    non_voting: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    """What is spoken about (议题). `speaker` is in words: guests speak too."""

    title: str
    speaker: str | None = None
    minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class AgendaItem(AgendaLine):
    """A line of the agenda of one meeting, with an identity that votes refer to."""

    id: str
    position: int


class ChoiceKind(StrEnum):
    """By what somebody chose the invited; `Choice.subject` is of this kind."""

    MEMBERS = "members"  # of a Party unit
    COMMITTEE = "committee"  # of a Party unit, where the directory has one
    ROLE = "role"  # who holds a role within a unit
    NEIGHBOURS = "neighbours"  # first secretaries of a village and of those near it
    SITES = "sites"  # of a unit, without anybody
    PERSON = "person"
    SITE = "site"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One choice of invited. `below`: with the units below; `within`: where the role is held."""

    kind: ChoiceKind
    subject: str
    within: str | None = None
    below: bool = False
    standing: Standing = Standing.EXPECTED


@dataclass(frozen=True, kw_only=True)
class SeriesDraft(Invitees, RuleChoices):
    """A series as somebody wants it. Times are local (`settings.time_zone`). An agenda or choices
    of None leave those there are."""

    unit: str
    type: str
    title: str
    rrule: str
    starts_on: date
    start_time: time
    duration_s: int
    sign_in: str = SignIn.DEVICE
    host: str | None = None
    recorder: str | None = None
    on_holiday: str = OnHoliday.KEEP
    active: bool = True
    agenda: tuple[AgendaLine, ...] | None = None
    choices: tuple[Choice, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Series(Invitees, Rules):
    """A meeting that comes again. `rrule` is RFC 5545 without DTSTART; times are local.
    `continues` is the series that ended where this one begins."""

    id: str
    unit: str
    type: MeetingType
    title: str
    rrule: str
    starts_on: date
    start_time: time
    duration_s: int
    sign_in: SignIn
    host: str | None
    recorder: str | None
    on_holiday: OnHoliday = OnHoliday.KEEP
    active: bool
    continues: str | None = None
    version: int


@dataclass(frozen=True, kw_only=True)
class AdhocDraft(Invitees, RuleChoices):
    """One meeting outside any series. `start` is aware; it may lie in the past, the end may not."""

    unit: str
    title: str
    start: datetime
    duration_s: int
    type: str = MeetingType.WORK_MEETING
    sign_in: str = SignIn.DEVICE
    host: str | None = None
    recorder: str | None = None
    agenda: tuple[AgendaLine, ...] | None = None
    choices: tuple[Choice, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Occurrence(Rules):
    """One meeting, with an identity of its own: it can be moved or cancelled alone.

    `planned_for` is the local date its series gave it (the identity within the series, RFC 5545
    RECURRENCE-ID) and stays when it is moved. `moved` says that somebody moved it; `holiday` names
    the public holiday because of which its series moved or cancelled it. All points in time are
    aware UTC.
    """

    id: str
    series: str | None
    planned_for: date | None
    unit: str
    type: MeetingType
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    state: State
    opened_at: datetime | None
    closed_at: datetime | None
    moved: bool
    holiday: str | None = None
    cancel_reason: str | None
    sign_in: SignIn
    host: str | None
    recorder: str | None
    version: int

    @property
    def opens_at(self) -> datetime:
        """When the agenda opens it."""
        return self.scheduled_start - timedelta(seconds=self.open_before_s)

    @property
    def closes_at(self) -> datetime:
        """When the agenda closes it unless somebody ended it before."""
        return self.scheduled_end + timedelta(seconds=self.overrun_s)


@dataclass(frozen=True, kw_only=True)
class RosterPerson:
    """A person of a roster. `leave` is an approved leave; `site` where the person is expected.

    `membership` and `voting` are the standing in the Party and the voting right in the unit that
    meets, as the directory had them when the meeting opened (before that: as it has them now).
    `excluded`: a recorded exclusion takes the person out of E.
    """

    person: str
    name: str
    standing: Literal["expected", "non_voting"]
    exempt: bool
    leave: bool
    site: str | None
    membership: str | None = None
    voting: bool = False
    excluded: bool = False

    @property
    def votes(self) -> bool:
        """Whether the person is in E: expected, a full member with voting right, not excluded."""
        return self.standing == "expected" and self.voting and not self.excluded


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who and which sites one occurrence expects; `fixed` once it has opened."""

    occurrence: str
    persons: tuple[RosterPerson, ...]
    sites: tuple[str, ...]
    fixed: bool

    def of(self, person: str) -> RosterPerson | None:
        """The entry of a person, None for somebody who is not on the roster."""
        return next((entry for entry in self.persons if entry.person == person), None)

    def at(self, sites: Iterable[str]) -> tuple[RosterPerson, ...]:
        """The persons expected at the sites."""
        wanted = frozenset(sites)
        return tuple(entry for entry in self.persons if entry.site in wanted)


@dataclass(frozen=True, kw_only=True)
class RosterChange:
    """A change of a roster that somebody made, kept for good. `kind` and its subject."""

    kind: Literal[
        "person_added",
        "person_removed",
        "standing_changed",
        "site_added",
        "site_removed",
        "excluded",
        "exclusion_withdrawn",
    ]
    subject: str
    at: datetime
    by: str | None
    reason: str


class ExclusionReason(StrEnum):
    """Why a member is not counted among the expected voting members: a code, never a diagnosis."""

    ABROAD = "abroad"
    MOVED_AWAY = "moved_away"  # works or studies elsewhere for half a year and more
    UNABLE = "unable"  # cannot come or express a will for a long time
    RIGHTS_SUSPENDED = "rights_suspended"


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A person taken out of E of one occurrence, or (`stands` false) back into it. The last one of
    a person holds. `approved_by` names who approved it, as written on paper."""

    person: str
    reason: ExclusionReason
    approved_by: str
    approved_on: date
    stands: bool
    at: datetime
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Leave:
    """A leave (请假) of one person from one occurrence, and what was decided."""

    occurrence: str
    person: str
    reason: LeaveReason
    requested_at: datetime
    requested_by: str | None
    decision: Decision
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, kw_only=True)
class LeaveRequest:
    """A leave with the meeting it is from."""

    leave: Leave
    title: str
    unit: str
    start: datetime
    end: datetime
