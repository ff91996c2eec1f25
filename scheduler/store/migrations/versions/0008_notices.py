"""Notices: mail addresses, what each person was last told, and the messages to send."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TEXT = sa.String(200)
TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("person", sa.Column("mail", TEXT))
    op.create_table(
        "told",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("channel", WORD, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("reminded_of", TIME),
    )
    op.create_index("ix_told_person", "told", ["person"])
    op.create_index("ix_told_start", "told", ["start"])
    op.create_table(
        "notice",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False),
        sa.Column("person", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("ready_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", TEXT),
        sa.Column("finished_at", TIME),
        sa.UniqueConstraint("occurrence", "person", "channel", "kind", "sequence"),
    )
    due = sa.text("state = 'due'")
    op.create_index("ix_notice_due", "notice", ["ready_at"], sqlite_where=due, postgresql_where=due)


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("told")
    op.drop_column("person", "mail")
