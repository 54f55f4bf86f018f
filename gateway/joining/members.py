"""Members: registered, described, suspended, resumed, removed.

Every act holds the member's row, so that two operators do not decide past each other. Suspension
counts at once in the database: tokens are looked up again within two seconds, sending looks at the
endpoint's `traffic` within one, and the doorkeeper takes the broker's users away.
"""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from gateway.joining.capabilities import Capabilities
from gateway.joining.states import JoiningRefused, MemberState, NoSuchMember, NotNow
from gateway.joining.views import View, read_member, short_view
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.operations.second_person import take_approval
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement
from routing.directory import Directory


async def register(
    pool: Pool, code: str, by: By, *, contact: str | None, directory: Directory, now: datetime
) -> View:
    """Let an agency of the directory take part; it is `registered`, and can do nothing yet."""
    agency = directory.resolve(code, now)
    if agency is None:
        raise JoiningRefused(f"no agency of the directory has the code or alias {code[:40]!r}")
    if all(row.valid_to is not None and row.valid_to <= now for row in directory.history(agency)):
        raise JoiningRefused(f"{agency} is no longer in force")
    async with pool.connection() as connection, connection.transaction():
        before = await read_member(connection, agency)
        if before is not None and before["state"] != MemberState.REMOVED:
            how = "" if before["kept"] else ", set up directly"
            raise NotNow(f"{agency} takes part already ({before['state']}{how})")
        row = {"agency": agency, "contact": contact}
        added = await connection.execute(statement("insert_member"), row)
        if await added.fetchone() is None:
            raise NotNow(f"{agency} takes part already: somebody else has just registered it")
        return await tell(connection, by, "agency.registered", agency, before)


async def describe(pool: Pool, code: str, by: By, capabilities: Capabilities) -> View:
    """Say what an agency's software takes; it holds for what is sent from now on."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold(connection, code)
        row = {"agency": code, "capabilities": Jsonb(capabilities.as_json())}
        await connection.execute(statement("set_capabilities"), row)
        return await tell(connection, by, "agency.described", code, before)


async def suspend(pool: Pool, code: str, by: By) -> View:
    """Take nothing of an agency and send it nothing, from now on."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold(connection, code)
        state = MemberState(before["state"])
        if state in (MemberState.SUSPENDED, MemberState.REMOVED):
            raise NotNow(f"{code} is {state} already")
        await change_state(connection, code, MemberState.SUSPENDED, resumes_as=state)
        return await tell(connection, by, "agency.suspended", code, before)


async def resume(pool: Pool, code: str, by: By) -> View:
    """Put a suspended agency back to where it stood; its credentials are good again."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold(connection, code)
        if before["state"] != MemberState.SUSPENDED:
            raise NotNow(f"{code} is {before['state']}, not suspended")
        await change_state(connection, code, MemberState(before["resumes_as"]))
        return await tell(connection, by, "agency.resumed", code, before)


async def remove(pool: Pool, code: str, by: By) -> View:
    """End an agency's part: credentials revoked, endpoint gone. What was done stays on record."""
    async with pool.connection() as connection, connection.transaction():
        before = await hold(connection, code)
        if before["state"] == MemberState.REMOVED:
            raise NotNow(f"{code} is removed already")
        if not await take_approval(connection, by.actor, "remove-agency", code):
            raise NotNow(f"{code}: a second person has to approve that it is removed")
        await connection.execute(statement("revoke_credentials_of_agency"), {"agency": code})
        await connection.execute(statement("withdraw_tests"), {"agency": code})
        await connection.execute(statement("remove_endpoint"), {"agency": code})
        await change_state(connection, code, MemberState.REMOVED)
        return await tell(connection, by, "agency.removed", code, before)


async def list_members(
    pool: Pool, *, state: MemberState | None = None, after: str = "", limit: int = 100
) -> list[View]:
    """Return who takes part, in code order."""
    asked = {"state": state, "after": after, "limit": limit}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_members"), asked)
        return [short_view(row) for row in await found.fetchall()]


# What the acts share


async def hold(connection: Connection, code: str) -> View:
    """Lock a member's row and return its view; raise NoSuchMember."""
    await connection.execute(statement("hold_member"), {"agency": code})
    found = await read_member(connection, code)
    if found is None:
        raise NoSuchMember(code)
    return found


async def hold_present(connection: Connection, code: str) -> View:
    """Hold a member that has not left; raise NotNow for one that has."""
    found = await hold(connection, code)
    if found["state"] == MemberState.REMOVED:
        raise NotNow(f"{code} is removed: register it again")
    return found


async def change_state(
    connection: Connection,
    code: str,
    state: MemberState,
    *,
    resumes_as: MemberState | None = None,
) -> None:
    """Write the state, and what follows from it for sending and for the broker."""
    row = {"agency": code, "state": state, "resumes_as": resumes_as}
    await connection.execute(statement("change_member_state"), row)
    await connection.execute(statement("set_traffic"), {"agency": code})


async def tell(
    connection: Connection, by: By, act: str, code: str, before: View | None, **more: Any
) -> View:
    """Write what was done into the trail, let the doorkeeper look, and return the member."""
    await connection.execute(statement("want_doorkeeping"))
    after = await read_member(connection, code)
    assert after is not None
    await audit.enter(
        connection,
        by,
        act,
        code,
        before=None if before is None else _for_trail(before),
        after={**_for_trail(after), **more},
    )
    return after


def _for_trail(view: View) -> View:
    """Leave out what changes by itself: the trail keeps what people decided."""
    endpoint = view["endpoint"]
    decided = ("connector", "address", "enabled", "concurrency", "timeout_ms", "events")
    return {
        "state": view["state"],
        "contact": view["contact"],
        "takes": view["takes"],
        "endpoint": None if endpoint is None else {name: endpoint[name] for name in decided},
    }
