"""A day of decisions, written through the use cases that make them: for the audit to show."""

from typing import Any

from gateway.ids import new_id
from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.audit import By, enter
from gateway.store.pool import Pool
from routing.lifecycle.model import Act

HERE, THERE = "H31.101", "H31.102"
LAN, HA = By("operator:person:lan.nguyen", "phụ trách ca"), By("operator:person:ha.tran")


async def write_trail(pool: Pool) -> None:
    """Write what two people did at two agencies, to people, tables and dossiers."""
    before: dict[str, Any] = {"state": "testing", "contact": None, "takes": {}, "endpoint": None}
    after = {**before, "state": "live", "endpoint": {"connector": "webhook", "enabled": True}}
    async with pool.connection() as connection, connection.transaction():
        for code in (HERE, THERE):
            await enter(connection, LAN, "agency.went_live", code, before=before, after=after)
        suspended = {**after, "state": "suspended"}
        reason = By(HA.actor, "nghi lộ thông tin xác thực ở Hồng Châu")
        await enter(connection, reason, "agency.suspended", THERE, before=after, after=suspended)
        roles = {"roles": ["operator@H31.101"]}
        await enter(connection, LAN, "person.added", "ha.tran", after=roles)
        await enter(connection, By("operator:cli:root"), "calendar.imported", "vn@2027.1")
        await enter(connection, HA, "session.opened", "ha.tran")
    for code in (HERE, THERE):
        await connect_breaker(pool, code)


async def connect_breaker(pool: Pool, code: str) -> None:
    """Order a retry of an agency's connection, and leave it waiting."""
    order = Order(Act.RETRY, LAN.actor, f"cơ quan {code} báo đã khắc phục")
    await acts.freeze(pool, order, [Target(agency=code)], question={}, dry_run=True)


async def show_content(pool: Pool, office: str) -> str:
    """Write that somebody looked at what a dossier of this office says; return the transfer."""
    transfer = new_id()
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO transfers (id, issuer, code, originator, state, procedure,"
            " procedure_version, submitted_at, itinerary_no, document, seq, head_hash)"
            " VALUES (%s, %s, %s, %s, 'open', '2.000987', 'v', now(), 1, '{}', 1, '')",
            (transfer, office, f"{office}-260302-0007", office),
        )
        looked = By(HA.actor, "đối chiếu theo đơn khiếu nại")
        await enter(connection, looked, "dossier.shown", str(transfer), after={"what": "messages"})
    return str(transfer)
