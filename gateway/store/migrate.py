"""Bring a database to the newest shape.

Migrations are numbered SQL files under migrations/versions; Alembic keeps the order and the mark.
Two processes that migrate at once are kept apart by an advisory lock. The statement timeout that
the server has for everybody does not hold here: an index on ten million rows takes a while.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

_LOCK = 0x6C69656E  # 'lien'


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(database_url: str) -> None:
    """Apply every missing migration to the database at a `postgresql://` URL."""
    config = _config()
    engine = create_engine(_sqlalchemy_url(database_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.execute(text("RESET lock_timeout"))
        connection.commit()
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
    engine.dispose()


def is_current(database_url: str) -> bool:
    """Whether the database has every migration that this version of the code knows."""
    heads = set(ScriptDirectory.from_config(_config()).get_heads())
    engine = create_engine(_sqlalchemy_url(database_url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    engine.dispose()
    return found == heads


def _sqlalchemy_url(database_url: str) -> str:
    return database_url.replace("postgresql://", "postgresql+psycopg://", 1)
