"""A code that no table lists: tried again, told to a person once, and closed once it is listed."""

from uuid import UUID

from connectors.codes import Code, CodeTable, Means
from connectors.protocol import Unreachable
from tests.stage.callers import ScriptedCaller
from tests.stage.dossiers import COMMUNE
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside

STRANGE = Unreachable("E77", "Lỗi lạ (mô phỏng)", unlisted=True)


def _owe(inside: Inside, number: int) -> None:
    inside.rows(
        "INSERT INTO deliveries (id, agency, kind, data, state, created_at, next_attempt_at)"
        " VALUES (%s, %s, 'hop.changed', '{}', 'pending', now(), now())",
        UUID(int=number),
        COMMUNE,
    )


async def test_it_is_tried_again_and_told_once(database_url: str) -> None:
    caller = ScriptedCaller("rest", STRANGE, STRANGE, STRANGE, idempotent=True)
    connect_agencies(database_url, {COMMUNE: "rest"})
    async with gateway_inside(database_url, callers={"rest": caller}, backoff_base=0.1) as inside:
        _owe(inside, 1)

        await eventually(
            lambda: inside.count("SELECT count(*) FROM deliveries WHERE state = 'delivered'"),
            within=20,
        )

        told = inside.rows("SELECT kind, subject, count, detail FROM alarms")
        assert told == [("unlisted-code", "rest:E77", 1, {"agency": COMMUNE, "code": "E77"})]

    caller.codes = CodeTable("rest", [Code("E77", Means.TRANSIENT, "known by now")])
    async with gateway_inside(database_url, callers={"rest": caller}) as inside:
        assert inside.count("SELECT count(*) FROM alarms WHERE cleared_at IS NULL") == 0
