"""The directory and the accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TEXT = sa.String(200)
HASH = sa.String(64)
TIME = sa.DateTime(timezone=True)

TABLES = (
    "unit",
    "unit_name",
    "unit_link",
    "person",
    "site",
    "device",
    "membership",
    "role_grant",
    "account",
    "pin",
    "pairing_code",
    "sign_in_link",
    "sign_in",
    "tries",
)


def upgrade() -> None:
    create_directory()
    create_accounts()


def create_directory() -> None:
    op.create_table(
        "unit",
        sa.Column("id", ID, primary_key=True),
        sa.Column("tree", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("parent", ID, sa.ForeignKey("unit.id"), index=True),
    )
    op.create_table(
        "unit_name",
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("since", sa.Date, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
    )
    op.create_table(
        "unit_link",
        sa.Column("party_unit", ID, sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("admin_unit", ID, sa.ForeignKey("unit.id"), primary_key=True, index=True),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("phone", WORD),
    )
    op.create_table(
        "site",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), nullable=False, index=True),
    )
    op.create_table(
        "device",
        sa.Column("id", ID, primary_key=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("site", ID, sa.ForeignKey("site.id"), index=True),
        sa.Column("holder", ID, sa.ForeignKey("person.id"), index=True),
        sa.Column("revoked_at", TIME),
    )
    op.create_table(
        "membership",
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), primary_key=True, index=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("standing", WORD, nullable=False),
        sa.Column("voting", sa.Boolean, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(227), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("unit", ID, sa.ForeignKey("unit.id")),
        sa.Column("site", ID, sa.ForeignKey("site.id")),
        sa.Column("until", sa.Date),
    )
    op.create_index(op.f("ix_role_grant_person_role"), "role_grant", ["person", "role"])


def create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        sa.Column("password_hash", TEXT, nullable=False),
    )
    op.create_table(
        "pin",
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("pin_hash", TEXT, nullable=False),
    )
    op.create_table(
        "pairing_code",
        sa.Column("code_hash", HASH, primary_key=True),
        sa.Column("device", ID, sa.ForeignKey("device.id"), nullable=False, index=True),
        sa.Column("issued_by", ID),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", HASH, primary_key=True),
        sa.Column("device", ID, sa.ForeignKey("device.id"), index=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), index=True),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", HASH, primary_key=True),
        sa.Column("device", ID, sa.ForeignKey("device.id"), index=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), index=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "tries",
        sa.Column("key_hash", HASH, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("resets_at", TIME, nullable=False, index=True),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
