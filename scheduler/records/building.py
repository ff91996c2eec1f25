"""The records service out of the parts it draws on, for the server and the command line alike."""

from zoneinfo import ZoneInfo

from config.settings import Settings
from scheduler.attendance.reports import Reports
from scheduler.clock import Clock
from scheduler.directory.service import Directory
from scheduler.meetings.service import Meetings
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.records.pack.service import Packs
from scheduler.records.service import Pins, Records
from scheduler.records.sources import FactSource
from scheduler.records.votes import RecordedVotes
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes


def records_of(store: Store, clock: Clock, settings: Settings, pins: Pins) -> Records:
    """Return the records of a store."""
    zone = ZoneInfo(settings.time_zone)
    votes = Votes(store, clock, zone, settings.rules)
    quorums = Quorums(store, clock, zone, settings.rules)
    source = FactSource(
        meetings=Meetings(store, clock, settings.meeting, zone),
        reports=Reports(store, clock, zone),
        directory=Directory(store, clock, zone),
        agenda=AgendaItems(store, clock),
        attachments=Attachments(store, clock, settings.planning),
        votes=RecordedVotes(votes, quorums),
    )
    return Records(store, clock, zone, source=source, pins=pins, blocking=settings.records.blocking)


def packs_of(records: Records, settings: Settings) -> Packs:
    """Return what writes the packs of these records."""
    return Packs(records, settings.records.font, ZoneInfo(settings.time_zone))
