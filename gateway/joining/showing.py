"""One member, whole: its state, way, credentials, last test, and what it still needs to go live."""

from datetime import datetime

from gateway.joining.credentials import credentials_of
from gateway.joining.going_live import WORDS, missing_for
from gateway.joining.states import MemberState, NoSuchMember
from gateway.joining.trying import find_test
from gateway.joining.views import View, read_member
from gateway.store.pool import Pool
from routing.directory import Directory

WARNED_DAYS = 30
"""From so many days before its end a credential is shown as ending, and is an alarm."""
URGENT_DAYS = 7


async def show(pool: Pool, code: str, *, directory: Directory, now: datetime) -> View:
    """Return everything about a member but its secrets; raise NoSuchMember."""
    async with pool.connection() as connection:
        member = await read_member(connection, code)
        if member is None:
            raise NoSuchMember(code)
        credentials = await credentials_of(connection, code)
        test = await find_test(connection, member["test"])
        is_on_its_way = member["state"] in (MemberState.REGISTERED, MemberState.TESTING)
        missing = (
            await missing_for(connection, member, directory=directory, now=now)
            if is_on_its_way
            else ()
        )
    agency = directory.agency(code, now)
    return {
        **member,
        "name": agency.name if agency else None,
        "in_force": agency is not None,
        "credentials": [{**one, "ends": _ends(one)} for one in credentials],
        "test": test,
        "missing": [
            {"code": one, "todo": dict(zip(("vi", "en"), WORDS[one], strict=True))}
            for one in missing
        ],
    }


def _ends(credential: View) -> str | None:
    """Say how near the end of a good credential is: soon, urgent, or None."""
    left = credential["days_left"]
    if not credential["good"] or credential["successor"] or left is None or left > WARNED_DAYS:
        return None
    return "urgent" if left <= URGENT_DAYS else "soon"
