"""Drafts of reorganisations: plans that somebody looks at before anything is applied."""

from importlib.resources import files

from alembic import op

revision = "0032"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = files("gateway.store.migrations.versions").joinpath("0032_plan_drafts.sql")
    op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("migrations are not undone: restore a backup instead")
