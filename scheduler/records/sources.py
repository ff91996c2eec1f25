"""What a record is drafted from, and where it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from scheduler.attendance.model import OccurrenceReport
from scheduler.attendance.reports import Reports
from scheduler.directory.service import Directory
from scheduler.meetings.model import AgendaItem, Occurrence
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachment, Attachments
from scheduler.records.content import Quorum, VoteLine


class VoteSource(Protocol):
    """The votes of a meeting and its quorum, as the record needs them."""

    async def votes(self, occurrence: str) -> tuple[VoteLine, ...]:
        """Return the votes that ended, in order."""

    async def quorum(self, occurrence: str) -> Quorum | None:
        """Return the quorum, None where nobody is expected to vote."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is known of a meeting without its recorder. `names` are of host and recorder."""

    occurrence: Occurrence
    report: OccurrenceReport
    site_names: tuple[str, ...]
    names: Mapping[str, str]
    agenda: tuple[AgendaItem, ...]
    attachments: tuple[Attachment, ...]
    votes: tuple[VoteLine, ...]
    quorum: Quorum | None


class FactSource:
    """Gathers the facts of one meeting, each part where it is kept."""

    def __init__(
        self,
        *,
        meetings: Meetings,
        reports: Reports,
        directory: Directory,
        agenda: AgendaItems,
        attachments: Attachments,
        votes: VoteSource | None = None,
    ) -> None:
        """Without `votes` no meeting has a vote or a quorum."""
        self._meetings = meetings
        self._reports = reports
        self._directory = directory
        self._agenda = agenda
        self._votes = votes
        self.attachments = attachments

    async def occurrence(self, occurrence: str) -> Occurrence:
        """Return the meeting; raise NotFound("unknown_occurrence")."""
        return await self._meetings.occurrence(occurrence)

    async def facts(self, occurrence: str) -> Facts:
        """Return what is known now; raise NotFound("unknown_occurrence")."""
        found = await self._meetings.occurrence(occurrence)
        roster = await self._meetings.roster(occurrence)
        sites = await self._directory.sites(roster.sites)
        persons = await self._directory.persons(
            [one for one in (found.host, found.recorder) if one is not None]
        )
        return Facts(
            occurrence=found,
            report=await self._reports.occurrence(occurrence),
            site_names=tuple(sites[one].name for one in roster.sites if one in sites),
            names={one.id: one.name for one in persons.values()},
            agenda=await self._agenda.of(occurrence),
            attachments=await self.attachments.of(occurrence),
            votes=await self._votes.votes(occurrence) if self._votes else (),
            quorum=await self._votes.quorum(occurrence) if self._votes else None,
        )
