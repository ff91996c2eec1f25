"""Posts: the committees of branches and the leaders of groups."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "post",
        sa.Column("person", ID, nullable=False),
        sa.Column("unit", ID, nullable=False),
        sa.Column("post", sa.String(32), nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.PrimaryKeyConstraint("person", "unit", "post", "since", name="pk_post"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_post_person"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_post_unit"),
    )
    op.create_index("ix_post_unit", "post", ["unit"])


def downgrade() -> None:
    op.drop_table("post")
