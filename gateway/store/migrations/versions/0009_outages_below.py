"""Outages that cover the agencies below one."""

from importlib.resources import files

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = files("gateway.store.migrations.versions").joinpath("0009_outages_below.sql")
    op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("migrations are not undone: restore a backup instead")
