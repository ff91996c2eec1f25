"""Tables of the directory: units in two trees, sites, devices, persons, memberships, roles."""

from datetime import date

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, String, Table

from scheduler.store.base import ID_LENGTH, Id, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200
FROM_THE_BEGINNING = date(1, 1, 1)
"""`since` of a name or membership whose first day nobody wrote down."""

unit = Table(
    "unit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tree", String(WORD_LENGTH), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("parent", Id, ForeignKey("unit.id"), index=True),
)

unit_name = Table(
    "unit_name",
    metadata,
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("name", String(TEXT_LENGTH), nullable=False),
)

unit_link = Table(
    "unit_link",
    metadata,
    Column("party_unit", Id, ForeignKey("unit.id"), primary_key=True),
    Column("admin_unit", Id, ForeignKey("unit.id"), primary_key=True, index=True),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(TEXT_LENGTH), nullable=False),
    Column("phone", String(WORD_LENGTH)),
    Column("mail", String(TEXT_LENGTH)),
)

site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(TEXT_LENGTH), nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("unit", Id, ForeignKey("unit.id"), nullable=False, index=True),
)

device = Table(
    "device",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("name", String(TEXT_LENGTH), nullable=False),
    Column("site", Id, ForeignKey("site.id"), index=True),
    Column("holder", Id, ForeignKey("person.id"), index=True),
    Column("revoked_at", UtcDateTime),
)

membership = Table(
    "membership",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True, index=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("standing", String(WORD_LENGTH), nullable=False),
    Column("voting", Boolean, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),  # the last day, included
)

post = Table(
    "post",
    metadata,
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True, index=True),
    Column("post", String(WORD_LENGTH), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date),  # the last day, included
)

role_grant = Table(
    "role_grant",
    metadata,
    # PERSON|ROLE|UNIT|SITE: a key over nullable columns would not be unique.
    Column("id", String(3 * ID_LENGTH + WORD_LENGTH + 3), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("role", String(WORD_LENGTH), nullable=False),
    Column("unit", Id, ForeignKey("unit.id")),
    Column("site", Id, ForeignKey("site.id")),
    Column("until", Date),  # the last day, included
    Index(None, "person", "role"),
)
