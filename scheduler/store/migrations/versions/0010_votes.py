"""Voting rights and exclusions on rosters, votes, presence checks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TEXT = sa.String(200)
TIME = sa.DateTime(timezone=True)
NUMBERS = ("expected_total", "expected_voting", "present_total", "present_voting")
VOTES = ("in_favour", "against", "abstain")


def upgrade() -> None:
    op.add_column("roster_person", sa.Column("membership", WORD, nullable=True))
    votes = sa.Column("voting", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("roster_person", votes)
    op.create_table(
        "roster_exclusion",
        _serial(),
        _named("occurrence"),
        _named("person"),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("approved_by", TEXT, nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        *_keys("roster_exclusion", occurrence="occurrence.id", person="person.id"),
    )
    op.create_index("ix_roster_exclusion_occurrence", "roster_exclusion", ["occurrence"])
    op.create_table(
        "vote",
        sa.Column("id", ID, nullable=False),
        _named("occurrence"),
        sa.Column("agenda_item", ID),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("candidate", TEXT),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", ID),
        *_keys("vote", occurrence="occurrence.id", agenda_item="agenda_item.id"),
    )
    op.create_index("ix_vote_occurrence", "vote", ["occurrence"])
    op.create_table(
        "vote_event",
        _serial(),
        _named("vote"),
        sa.Column("act", WORD, nullable=False),
        sa.Column("ballot", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        sa.Column("reason", WORD),
        *(sa.Column(name, sa.Integer, nullable=False) for name in (*NUMBERS, *VOTES, "written")),
        sa.Column("adopted", sa.Boolean),
        *_keys("vote_event", vote="vote.id"),
    )
    op.create_index("ix_vote_event_vote", "vote_event", ["vote"])
    op.create_table(
        "vote_ballot",
        _serial(),
        _named("vote"),
        sa.Column("ballot", sa.Integer, nullable=False),
        _named("person"),
        sa.Column("choice", WORD, nullable=False),
        sa.Column("presence", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        *_keys("vote_ballot", vote="vote.id", person="person.id"),
    )
    op.create_index("ix_vote_ballot_vote_ballot", "vote_ballot", ["vote", "ballot"])
    op.create_table(
        "vote_count",
        _serial(),
        _named("vote"),
        sa.Column("ballot", sa.Integer, nullable=False),
        _named("site"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in VOTES),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        *_keys("vote_count", vote="vote.id", site="site.id"),
    )
    op.create_index("ix_vote_count_vote_ballot", "vote_count", ["vote", "ballot"])
    op.create_table(
        "vote_opinion",
        _serial(),
        _named("vote"),
        _named("person"),
        sa.Column("choice", WORD, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        *_keys("vote_opinion", vote="vote.id", person="person.id"),
    )
    op.create_index("ix_vote_opinion_vote", "vote_opinion", ["vote"])
    op.create_table(
        "presence_check",
        sa.Column("id", ID, nullable=False),
        _named("occurrence"),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        *_keys("presence_check", occurrence="occurrence.id"),
    )
    op.create_index("ix_presence_check_occurrence", "presence_check", ["occurrence"])
    op.create_table(
        "presence_answer",
        _serial(),
        _named("presence_check"),
        _named("person"),
        sa.Column("presence", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        *_keys("presence_answer", presence_check="presence_check.id", person="person.id"),
    )
    op.create_index("ix_presence_answer_presence_check", "presence_answer", ["presence_check"])


def downgrade() -> None:
    for table in (
        "presence_answer",
        "presence_check",
        "vote_opinion",
        "vote_count",
        "vote_ballot",
        "vote_event",
        "vote",
        "roster_exclusion",
    ):
        op.drop_table(table)
    op.drop_column("roster_person", "voting")
    op.drop_column("roster_person", "membership")


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, nullable=False)


def _named(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)


def _keys(table: str, **targets: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(
            sa.ForeignKeyConstraint([name], [target], name=f"fk_{table}_{name}")
            for name, target in targets.items()
        ),
    )
