"""Meetings: the schedule as the rest of the house calls it."""

from scheduler.meetings.holidays import HolidaysPart
from scheduler.meetings.invitations import InvitationsPart
from scheduler.meetings.leave_requests import LeaveRequestsPart
from scheduler.meetings.occurrences import OccurrencesPart
from scheduler.meetings.rosters import RostersPart
from scheduler.meetings.splitting import SplittingPart


class Meetings(
    HolidaysPart, InvitationsPart, LeaveRequestsPart, OccurrencesPart, RostersPart, SplittingPart
):
    """Series, the holidays they give way to, their occurrences, rosters and leave.

    Construct it with the store, the clock, the defaults of the settings and the local zone; set
    `agenda_changed` to `Agenda.wake`. Every writing method is one transaction.
    """
