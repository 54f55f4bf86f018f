"""Signs of life of agencies, and since when a breaker is open."""

from importlib.resources import files

from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = files("gateway.store.migrations.versions").joinpath("0031_agency_signs.sql")
    op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("migrations are not undone: restore a backup instead")
