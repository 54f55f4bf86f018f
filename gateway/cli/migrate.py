"""`lienthong migrate`: bring the database to the newest shape."""

import typer
from sqlalchemy.exc import OperationalError

from gateway.cli.configured import settings_of
from gateway.store.migrate import is_current, upgrade


def migrate(
    check: bool = typer.Option(False, "--check", help="Only say whether it is; exit 1 if not."),
) -> None:
    settings = settings_of("migrate")
    if settings.database_url is None:
        typer.echo("lienthong migrate: set LIENTHONG_DATABASE_URL", err=True)
        raise typer.Exit(2)
    try:
        if check:
            current = is_current(settings.database_url)
            typer.echo("current" if current else "migrations are missing: run lienthong migrate")
            raise typer.Exit(0 if current else 1)
        upgrade(settings.database_url)
    except OperationalError as error:
        typer.echo(f"lienthong migrate: {' '.join(str(error.orig).split())}", err=True)
        raise typer.Exit(1) from error
    typer.echo("the database has the newest shape")
