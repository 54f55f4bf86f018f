"""The switch: an agency goes live when its way was tried, or when somebody says why not.

Everything that is missing is said at once, each as a code with what to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from gateway.joining.credentials import Road, credentials_of
from gateway.joining.members import change_state, hold, tell
from gateway.joining.states import MemberState, NotNow
from gateway.joining.trying import find_test
from gateway.joining.views import View
from gateway.operations.audit import By
from gateway.store.pool import Connection, Pool
from routing.directory import Directory

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "not-in-force": (
            "Cơ quan chưa có hiệu lực hoặc đã hết hiệu lực trong danh bạ.",
            "The directory does not have this agency in force now.",
        ),
        "no-credentials": (
            "Chưa có thông tin đăng nhập: lienthong agency credentials issue.",
            "It has no good credentials: lienthong agency credentials issue.",
        ),
        "no-broker-credentials": (
            "Cơ quan nhận qua AMQP nhưng chưa có tài khoản: credentials issue --road amqp.",
            "It is reached over AMQP and has no broker user: credentials issue --road amqp.",
        ),
        "no-endpoint": (
            "Chưa khai báo cách gửi đến: lienthong agency endpoint.",
            "No endpoint says how to reach it: lienthong agency endpoint.",
        ),
        "endpoint-off": (
            "Kết nối đang bị tắt: lienthong agency endpoint --on.",
            "Its endpoint is switched off: lienthong agency endpoint --on.",
        ),
        "capabilities-unknown": (
            "Chưa khai báo khả năng tiếp nhận: lienthong agency capabilities.",
            "Nobody said what its software takes: lienthong agency capabilities.",
        ),
        "not-tested": (
            "Kết nối hiện tại chưa được kiểm thử: lienthong agency test.",
            "The present endpoint was not tested: lienthong agency test.",
        ),
        "test-not-taken": (
            "Thông điệp kiểm thử chưa được tiếp nhận: lienthong agency test.",
            "The test message was not taken: lienthong agency test.",
        ),
    }
)


class NotReady(NotNow):
    """Something is missing; `missing` are its codes."""

    def __init__(self, code: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{code} is not ready: " + " ".join(WORDS[one][1] for one in missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Switch:
    """The member as it is now, and what was passed over to get there."""

    member: View
    overlooked: tuple[str, ...]


async def go_live(
    pool: Pool, code: str, by: By, *, directory: Directory, now: datetime, force: bool = False
) -> Switch:
    """Let real work through; raise NotReady with what is missing, unless forced for a reason."""
    if force and not (by.reason or "").strip():
        raise NotNow("to force it needs a reason")
    async with pool.connection() as connection, connection.transaction():
        before = await hold(connection, code)
        if before["state"] not in (MemberState.REGISTERED, MemberState.TESTING):
            raise NotNow(f"{code} is {before['state']}")
        missing = await missing_for(connection, before, directory=directory, now=now)
        if missing and not force:
            raise NotReady(code, missing)
        await change_state(connection, code, MemberState.LIVE)
        view = await tell(
            connection, by, "agency.went_live", code, before, overlooked=list(missing)
        )
    return Switch(view, missing)


async def missing_for(
    connection: Connection, member: View, *, directory: Directory, now: datetime
) -> tuple[str, ...]:
    """Return the codes of what an agency still needs to go live."""
    code, endpoint = member["agency"], member["endpoint"]
    found = await credentials_of(connection, code)
    good = {one["road"] for one in found if one["good"]}
    test = await find_test(connection, member["test"])
    missing: list[str] = []
    if directory.agency(code, now) is None:
        missing.append("not-in-force")
    if not good:
        missing.append("no-credentials")
    if endpoint is None:
        missing.append("no-endpoint")
    else:
        if not endpoint["enabled"]:
            missing.append("endpoint-off")
        if endpoint["connector"] == Road.AMQP and Road.AMQP not in good:
            missing.append("no-broker-credentials")
        if test is None:
            missing.append("not-tested")
        elif test["state"] != "delivered":
            missing.append("test-not-taken")
    if not member["takes"]:
        missing.append("capabilities-unknown")
    return tuple(missing)
