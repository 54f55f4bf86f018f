"""The settings of a command: read from the environment, or refused in one line.

What was set is never printed: it may be a secret.
"""

import typer
from pydantic import ValidationError

from gateway.settings import Environment, Settings


def settings_of(command: str, *, own_servers: bool = False) -> Settings:
    """Read the settings; with `own_servers` the command is for development only."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise refuse(command, "; ".join(_said(one) for one in error.errors())) from None
    if own_servers and settings.env is Environment.PRODUCTION:
        raise refuse(command, "it runs on servers of its own: not with LIENTHONG_ENV=production")
    return settings


def _said(error: object) -> str:
    match error:
        case {"loc": (str(name),), "msg": str(told)}:
            return f"LIENTHONG_{name.upper()}: {told}"
        case {"msg": str(told)}:
            return told.removeprefix("Value error, ")
    raise AssertionError("pydantic says what is wrong")


def refuse(command: str, reason: str) -> typer.Exit:
    """Say in one line on stderr why a command cannot go on; raise what is returned."""
    typer.echo(f"lienthong {command}: {' '.join(reason.split())}", err=True)
    return typer.Exit(2)
