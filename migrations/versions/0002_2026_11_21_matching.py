"""Vectors, promotions of weights, bundles, gaps and products alike.

Revision 0002, 2026-11-21.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "vectors",
        sa.Column("encoder", sa.String(200), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("encoder", "digest", name="pk_vectors"),
    )
    op.create_table(
        "promotions",
        sa.Column("weights", JSON, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("rolled_back_at", INSTANT),
        sa.Column("rolled_back_by", sa.String(200)),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_promotions"),
    )
    op.add_column("runs", sa.Column("embedded", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("vectors_reused", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("remarks", JSON, nullable=False, server_default="[]"))
    op.add_column("runs", sa.Column("gaps", JSON, nullable=False, server_default="[]"))
    op.add_column("matches", sa.Column("alike", JSON, nullable=False, server_default="[]"))
    op.add_column("shortlists", sa.Column("bundles", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    for table, names in {"shortlists": ["bundles"], "matches": ["alike"]}.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
    with op.batch_alter_table("runs") as batch:
        for name in ("gaps", "remarks", "vectors_reused", "embedded"):
            batch.drop_column(name)
    op.drop_table("promotions")
    op.drop_table("vectors")
