"""Books for reports: counted from the ledger, entry by entry."""

from importlib.resources import files

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = files("gateway.store.migrations.versions").joinpath("0006_books.sql")
    op.get_bind().exec_driver_sql(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise RuntimeError("gateways of this version keep these books: restore a backup instead")
