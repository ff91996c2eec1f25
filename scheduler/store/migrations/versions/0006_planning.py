"""Planning: agenda items, papers, invitation choices, neighbours, acknowledged conflicts, answers
of writes that may be repeated, and the series that another one continues."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TEXT = sa.String(200)
SHA256 = sa.String(64)
TIME = sa.DateTime(timezone=True)

TABLES = (
    "agenda_item",
    "series_agenda_item",
    "document",
    "attachment",
    "invitation_choice",
    "invitation_reason",
    "village_neighbour",
    "conflict_acknowledgement",
    "idempotent_answer",
)


def upgrade() -> None:
    op.add_column("series", sa.Column("continues", ID, nullable=True))
    create_agendas()
    create_papers()
    create_invitations()
    create_conflicts()
    op.create_table(
        "idempotent_answer",
        sa.Column("author", ID, primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("fingerprint", SHA256, nullable=False),
        sa.Column("at", TIME, nullable=False, index=True),
        sa.Column("status", sa.Integer),
        sa.Column("content_type", TEXT),
        sa.Column("etag", TEXT),
        sa.Column("body", sa.LargeBinary),
    )


def of_one(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, sa.ForeignKey(f"{name}.id"), nullable=True, index=True)


def create_agendas() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("id", ID, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("speaker", TEXT),
        sa.Column("minutes", sa.Integer),
    )
    op.create_table(
        "series_agenda_item",
        sa.Column("series", ID, sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("speaker", TEXT),
        sa.Column("minutes", sa.Integer),
    )


def create_papers() -> None:
    op.create_table(
        "document",
        sa.Column("sha256", SHA256, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "attachment",
        sa.Column("id", ID, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("sha256", SHA256, sa.ForeignKey("document.sha256"), nullable=False, index=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("added_by", ID),
    )


def create_invitations() -> None:
    op.create_table(
        "invitation_choice",
        sa.Column("id", sa.Integer, primary_key=True),
        of_one("series"),
        of_one("occurrence"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("within", ID, sa.ForeignKey("unit.id")),
        sa.Column("below", sa.Boolean, nullable=False),
        sa.Column("standing", WORD, nullable=False),
        sa.CheckConstraint("(series IS NULL) <> (occurrence IS NULL)", name="one_owner"),
    )
    op.create_table(
        "invitation_reason",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("invited", ID, primary_key=True),
        sa.Column("kind", WORD, primary_key=True),
        sa.Column("subject", ID, primary_key=True),
    )
    op.create_table(
        "village_neighbour",
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("neighbour", ID, sa.ForeignKey("unit.id"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", ID),
    )


def create_conflicts() -> None:
    op.create_table(
        "conflict_acknowledgement",
        sa.Column("id", sa.Integer, primary_key=True),
        of_one("series"),
        of_one("occurrence"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("conflicts", sa.JSON, nullable=False),
        sa.CheckConstraint("(series IS NULL) <> (occurrence IS NULL)", name="one_owner"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("series", "continues")
