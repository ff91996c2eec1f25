"""Sums kept beside the results of the attendance, so that the overview of a year is a short query.

Both tables are made from `attendance_result` in the transaction that writes it and can be made anew
from it at any time. `day` is the local day on which the occurrence began by its schedule.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from scheduler.store.base import Id, metadata

WORD_LENGTH = 32

occurrence_tally = Table(
    "occurrence_tally",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("unit", Id, ForeignKey("unit.id"), nullable=False),
    Column("type", String(WORD_LENGTH), nullable=False),
    Column("day", Date, nullable=False),
    Column("took_place", Boolean, nullable=False),  # it had a minute of its scheduled time
    Column("expected", Integer, nullable=False),
    Column("counted", Integer, nullable=False),  # of the expected, without the exempt
    Column("came", Integer, nullable=False),  # of the counted
    Column("late", Integer, nullable=False),
    Column("left_early", Integer, nullable=False),
    Column("on_leave", Integer, nullable=False),
    Column("absent", Integer, nullable=False),
    Column("took_part", Integer, nullable=False),  # persons: 人次
    Index(None, "day", "unit"),
    Index(None, "unit", "day"),
)

# Who took part in how many meetings of a unit in a year: counting the rows of several units and
# each person once gives 人数 without reading a year of results.
attendee_year = Table(
    "attendee_year",
    metadata,
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("took_part", Integer, nullable=False),
    Index(None, "year", "unit", "person"),
)
