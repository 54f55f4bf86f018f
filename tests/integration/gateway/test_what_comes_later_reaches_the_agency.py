"""What the citizen adds or mends reaches the agency that has the dossier, in its own words."""

from typing import Any

import orjson

from schemas.kinds import HopChanged, Kind, TransferChanged
from schemas.registry import REGISTRY
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, birth, code, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.wire import Caller, wire

WORKING = "H31.101"
THERE = "11953"
PAPER = {
    "id": "d1",
    "name": "Giấy chứng sinh.pdf",
    "media_type": "application/pdf",
    "size": 1024,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
RENAMED = {"kind": "citizen", "name": "Nguyễn Văn Thừ"}


def said(id: str, kind: Kind, data: dict[str, Any], by: str = COMMUNE) -> dict[str, Any]:
    source = f"urn:lienthong:agency:{by}"
    return event(1, data, id=id, type=kind.type, source=source, time=None)


async def _work(inside: Inside) -> Caller:
    """Submit at one commune, pause at another, give what was asked for, and mend the name."""
    commune, working = await inside.caller(), await inside.caller(WORKING)
    receipt = await _take(commune, event(1, birth(places={"applicant": THERE})))
    hop = {"transfer": receipt["transfer"], "step": "civil-status", "round": 1}
    paused = {**hop, "reason": "supplement", "legal_basis": "NĐ 61/2018"}
    await _take(working, said("pause", Kind.HOP_PAUSED, paused, WORKING))
    more = {**hop, "documents": [PAPER], "note": "Bổ sung giấy chứng sinh"}
    await _take(commune, said("more", Kind.SUPPLEMENT_PROVIDED, more))
    mended = {"transfer": receipt["transfer"], "applicant": RENAMED, "reason": "Sai tên"}
    await _take(commune, said("mended", Kind.TRANSFER_CORRECTED, mended))
    return working


async def _take(caller: Caller, message: dict[str, Any]) -> Any:
    message = {name: value for name, value in message.items() if value is not None}
    answer = await caller.say(message)
    assert answer.status_code == 202, answer.text
    return answer.json()


def _read(told: list[dict[str, Any]], kind: Kind) -> Any:
    [one] = [one for one in told if one["type"] == kind.type]
    assert one["subject"] == code(1)
    return REGISTRY.read(kind.type, orjson.dumps(one["data"]))


def _has_what_came(told: list[dict[str, Any]]) -> None:
    changed = _read(told, Kind.HOP_CHANGED)
    corrected = _read(told, Kind.TRANSFER_CHANGED)
    assert isinstance(changed, HopChanged)
    assert isinstance(corrected, TransferChanged)
    assert changed.supplement is not None
    assert [one.id for one in changed.supplement.documents] == ["d1"]
    assert changed.supplement.note == "Bổ sung giấy chứng sinh"
    assert corrected.correction is not None
    assert corrected.correction.applicant is not None
    assert corrected.correction.applicant.name == "Nguyễn Văn Thừ"


async def _fetched(caller: Caller) -> list[dict[str, Any]]:
    """Fetch and acknowledge: one delivery of a dossier at a time."""
    signed: dict[str, Any] = {"headers": caller.authorization}
    items = (await caller.http.get("/v1/mailbox", **signed)).json()["items"]
    for item in items:
        await caller.http.post(f"/v1/mailbox/{item['delivery']}/ack", **signed)
    return [item["event"] for item in items]


async def test_over_amqp(database_url: str, broker: Broker) -> None:
    connect_agencies(database_url, [WORKING])
    async with wire(broker.url, WORKING) as own:
        async with gateway_inside(database_url, amqp_url=broker.url) as inside:
            await _work(inside)
            await eventually(
                lambda: any(one["type"] == Kind.TRANSFER_CHANGED.type for one in own.deliveries),
                within=15,
            )

        _has_what_came(own.deliveries)


async def test_through_the_mailbox(database_url: str) -> None:
    connect_agencies(database_url, {WORKING: "mailbox"})
    async with gateway_inside(database_url) as inside:
        caller = await _work(inside)

        told: list[dict[str, Any]] = []
        while items := await _fetched(caller):
            told += items

        _has_what_came(told)
        assert "Nguyễn Văn Thừ" not in str(inside.rows("SELECT data FROM deliveries"))
