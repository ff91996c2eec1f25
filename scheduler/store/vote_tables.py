"""Tables of the votes and of the presence checks. Everything is appended and nothing changed: what
a vote stands at, is read from its events; of ballots and counts the last one holds."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from scheduler.store.base import Id, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200

vote = Table(
    "vote",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("agenda_item", Id, ForeignKey("agenda_item.id")),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("candidate", String(TEXT_LENGTH)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Id),
)

# One row for each opening, stop, closing, withdrawal, with the numbers at that moment.
vote_event = Table(
    "vote_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("vote", Id, ForeignKey("vote.id"), nullable=False, index=True),
    Column("act", String(WORD_LENGTH), nullable=False),
    Column("ballot", Integer, nullable=False),  # 1 for the first opening, 2 for the next
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),  # null: the rules
    Column("reason", String(WORD_LENGTH)),
    Column("expected_total", Integer, nullable=False),
    Column("expected_voting", Integer, nullable=False),
    Column("present_total", Integer, nullable=False),
    Column("present_voting", Integer, nullable=False),
    Column("in_favour", Integer, nullable=False),
    Column("against", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("written", Integer, nullable=False),  # of `in_favour`, by opinions lodged before
    Column("adopted", Boolean),
)

vote_ballot = Table(
    "vote_ballot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("vote", Id, ForeignKey("vote.id"), nullable=False),
    Column("ballot", Integer, nullable=False),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("choice", String(WORD_LENGTH), nullable=False),
    Column("presence", Id, nullable=False),  # the device's stay in the meeting
    Column("at", UtcDateTime, nullable=False),
    Index(None, "vote", "ballot"),
)

vote_count = Table(
    "vote_count",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("vote", Id, ForeignKey("vote.id"), nullable=False),
    Column("ballot", Integer, nullable=False),
    Column("site", Id, ForeignKey("site.id"), nullable=False),
    Column("in_favour", Integer, nullable=False),
    Column("against", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
    Index(None, "vote", "ballot"),
)

vote_opinion = Table(
    "vote_opinion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("vote", Id, ForeignKey("vote.id"), nullable=False, index=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("choice", String(WORD_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
)

presence_check = Table(
    "presence_check",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
)

presence_answer = Table(
    "presence_answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("presence_check", Id, ForeignKey("presence_check.id"), nullable=False, index=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("presence", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
