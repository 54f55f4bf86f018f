"""Acts that wait for a second person, and what became of what was approved."""

from importlib.resources import files

from alembic import op

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = files("gateway.store.migrations.versions").joinpath("0034_second_person.sql")
    op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("migrations are not undone: restore a backup instead")
