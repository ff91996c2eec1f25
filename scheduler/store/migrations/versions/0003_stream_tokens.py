"""Tokens of encoders and players."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stream_token",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "occurrence", sa.String(64), sa.ForeignKey("occurrence.id"), nullable=False, index=True
        ),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("stream_token")
