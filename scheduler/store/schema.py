"""All tables of the house: importing this module fills `metadata`."""

from scheduler.store import (
    account_tables,
    agenda_table,
    alert_tables,
    attendance_tables,
    calendar_tables,
    directory_tables,
    life_tables,
    meeting_tables,
    notice_tables,
    planning_tables,
    public_day_tables,
    record_tables,
    tally_tables,
    vote_tables,
)
from scheduler.store.base import metadata

__all__ = [
    "account_tables",
    "agenda_table",
    "alert_tables",
    "attendance_tables",
    "calendar_tables",
    "directory_tables",
    "life_tables",
    "meeting_tables",
    "metadata",
    "notice_tables",
    "planning_tables",
    "public_day_tables",
    "record_tables",
    "tally_tables",
    "vote_tables",
]
