"""The whole text of a record, as it is signed: enough to print it years later from itself alone.

A version of it is the content of an entry (`chain`), in canonical JSON. Numbers are whole: minutes
are rounded.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from scheduler.attendance.model import Attended
from scheduler.meetings.model import MeetingType, Standing
from scheduler.records.canonical import canonical
from scheduler.records.minutes import AbsenceReason, Discussed, FollowUp, Mode, Part, Resolution

FORMAT: Literal["liancun-record/1"] = "liancun-record/1"


class Named(Part):
    """A person or a unit, under the name it had on the day of the meeting."""

    id: str
    name: str


class PersonLine(Part):
    """One person. `standing` None: came without being on the roster. `state` is what counted when
    the record was signed; `corrections` says how many corrections it contains."""

    person: str
    name: str
    unit_name: str
    standing: Standing | None
    exempt: bool
    state: Attended
    minutes: int
    reason: AbsenceReason | None
    substitute: str = ""
    corrections: int = 0


class Numbers(Part):
    """The numbers over the expected persons (应到); `present` (实到) includes `late`."""

    expected: int
    present: int
    late: int
    left_early: int
    on_leave: int
    absent: int
    exempt: int
    non_voting: int


class Quorum(Part):
    """Over those with voting right. `together` are the most who were there at one time (到会): at
    least `needed` of them are a quorum; `present_voting` count as present at the end (实到).
    `together` None: a text signed when that number itself decided, which it does there still."""

    expected_voting: int
    present_voting: int
    needed: int | None
    reached: bool | None
    together: int | None = None

    @property
    def decides(self) -> int:
        """Return the number that was held against `needed`."""
        return self.present_voting if self.together is None else self.together


class AgendaLine(Part):
    id: str
    title: str
    speaker: str = ""
    minutes: int | None = None


class VoteLine(Part):
    """A vote as it ended. `written` of those in favour came as opinions lodged before. `adopted`
    None: it was stopped and decides nothing."""

    id: str
    item: str | None
    title: str
    kind: str
    in_favour: int
    against: int
    abstained: int
    written: int = 0
    expected_voting: int
    present_voting: int
    adopted: bool | None


class AttachmentLine(Part):
    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str


class RecordContent(Part):
    """A record. Points in time are aware UTC."""

    format: Literal["liancun-record/1"] = FORMAT
    occurrence: str
    branch: Named
    type: MeetingType
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    started_at: datetime | None
    ended_at: datetime | None
    place: str
    mode: Mode
    sites: tuple[str, ...]
    host: Named | None
    recorder: Named | None
    numbers: Numbers
    quorum: Quorum | None
    people: tuple[PersonLine, ...]
    agenda: tuple[AgendaLine, ...]
    discussion: tuple[Discussed, ...]
    votes: tuple[VoteLine, ...]
    resolutions: tuple[Resolution, ...]
    follow_ups: tuple[FollowUp, ...]
    attachments: tuple[AttachmentLine, ...]

    def members(self) -> dict[str, Any]:
        """Return it as values of JSON. What a signed text did not say yet is left out, so that it
        keeps its digest."""
        members = self.model_dump(mode="json")
        if self.quorum is not None and self.quorum.together is None:
            del members["quorum"]["together"]
        return members

    def digest(self) -> str:
        """Return what the signatures are for: SHA-256 over the canonical JSON."""
        return sha256(canonical(self.members())).hexdigest()
