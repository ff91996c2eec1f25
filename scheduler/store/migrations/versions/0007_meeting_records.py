"""Meeting records: where each stands, and its entries, each with the hash of the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TIME = sa.DateTime(timezone=True)
HASH = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "meeting_record",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("signed_version", sa.Integer),
        sa.Column("host_signed", sa.Boolean, nullable=False),
        sa.Column("recorder_signed", sa.Boolean, nullable=False),
        sa.Column("quorum_met", sa.Boolean),
        sa.Column("submitted_at", TIME),
        sa.Column("archived_at", TIME),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", ID),
    )
    op.create_index(
        op.f("ix_meeting_record_state_changed_at"), "meeting_record", ["state", "changed_at"]
    )
    op.create_table(
        "record_entry",
        sa.Column("occurrence", ID, sa.ForeignKey("meeting_record.occurrence"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("author", ID),
        sa.Column("author_name", sa.String(200), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("previous", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("record_entry")
    op.drop_table("meeting_record")
