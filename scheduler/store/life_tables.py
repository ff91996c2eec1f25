"""When a branch was founded and dissolved. Without a row it has always been there."""

from sqlalchemy import Column, Date, ForeignKey, Table

from scheduler.store.base import Id, UtcDateTime, metadata

branch_life = Table(
    "branch_life",
    metadata,
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True),
    Column("founded", Date),  # the first day
    Column("dissolved", Date),  # the last day, included
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Id),
)
