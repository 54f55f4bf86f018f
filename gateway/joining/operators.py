"""Operators' clients: who may use /v1/operations, made at the gateway's own machine or database.

There is no act over HTTP for it: whoever has an operator's token cannot make another one. Each act
and its entry in the trail are one transaction: nobody becomes an operator without a trace.
"""

from datetime import timedelta
from typing import Any

from gateway.identity.clients import OPERATOR, ClientRefused, Clients, NewClient
from gateway.joining.states import JoiningRefused, NotNow
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.store.pool import Pool
from gateway.store.sql import statement

View = dict[str, Any]

_NAMES = ("name", "created_at", "former_until", "disabled_at", "scope")


async def add_operator(pool: Pool, name: str, by: By, scope: str | None = None) -> NewClient:
    """Register an operator's client; its secret is shown once.

    A scope confines it to an agency and what lies below it.
    """
    async with pool.connection() as connection, connection.transaction():
        try:
            made = await Clients(pool).register(
                name, roles=[OPERATOR], scope=scope, within=connection
            )
        except ClientRefused as error:
            raise JoiningRefused(str(error)) from None
        await audit.enter(connection, by, "operator.added", name, after={"scope": scope})
    return made


async def renew_operator(pool: Pool, name: str, by: By, *, overlap: timedelta) -> NewClient:
    """Give an operator's client another secret; the former one stays good for a while."""
    await _must_be_good(pool, name)
    async with pool.connection() as connection, connection.transaction():
        made = await Clients(pool).rotate(name, overlap=overlap, within=connection)
        await audit.enter(connection, by, "operator.renewed", name)
    return made


async def drop_operator(pool: Pool, name: str, by: By) -> None:
    """Switch an operator's client off; its tokens count no more within two seconds."""
    await _must_be_good(pool, name)
    async with pool.connection() as connection, connection.transaction():
        await Clients(pool).disable(name, within=connection)
        await audit.enter(connection, by, "operator.dropped", name)


async def list_operators(pool: Pool) -> list[View]:
    """Return operators' clients, those switched off too."""
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_operators"))
        return [dict(zip(_NAMES, row, strict=True)) for row in await found.fetchall()]


async def _must_be_good(pool: Pool, name: str) -> None:
    """Only operators' clients are changed here: an agency's have ways of their own."""
    found = await list_operators(pool)
    if name not in {one["name"] for one in found if one["disabled_at"] is None}:
        raise NotNow(f"there is no operator {name[:64]!r}, or it was dropped")
