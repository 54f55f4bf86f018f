"""Each event type has its model, and an older version becomes the newest."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import kinds
from schemas.kinds import Kind, UnknownType, examples
from schemas.registry import REGISTRY, Registry, Version
from schemas.wire import StrictModel
from tests.unit.schemas.cases import as_json


class Older(StrictModel):
    transfer: str
    why: str


class Old(StrictModel):
    transfer: str
    reason_text: str


def _reason_text(data: dict[str, Any]) -> dict[str, Any]:
    return {"transfer": data["transfer"], "reason_text": data["why"]}


def _reason(data: dict[str, Any]) -> dict[str, Any]:
    return {"transfer": data["transfer"], "reason": data["reason_text"]}


OLDER = Version(
    type="vn.lienthong.transfer.withdrawn.v0",
    kind=Kind.TRANSFER_WITHDRAWN,
    model=Older,
    next_type="vn.lienthong.transfer.withdrawn.v0b",
    upcast=_reason_text,
    deprecated_on=date(2026, 3, 1),
)
OLD = Version(
    type="vn.lienthong.transfer.withdrawn.v0b",
    kind=Kind.TRANSFER_WITHDRAWN,
    model=Old,
    next_type="vn.lienthong.transfer.withdrawn.v1",
    upcast=_reason,
)


def test_every_kind_has_a_model() -> None:
    assert {version.kind for version in REGISTRY.versions} == set(Kind)
    for kind in Kind:
        assert Kind.of_type(kind.type) is kind
        assert REGISTRY.version(kind.type).kind is kind


def test_twelve_kinds_come_from_agencies_and_eleven_go_to_them() -> None:
    assert sum(kind.from_agencies for kind in Kind) == 12
    assert sum(not kind.from_agencies for kind in Kind) == 11


@pytest.mark.parametrize(
    "type_",
    [
        "",
        "hop.received",
        "vn.lienthong.hop.received",
        "vn.lienthong.hop.received.v2",
        "vn.lienthong.Hop.received.v1",
        "vn.lienthong.hop.received.v1 ",
    ],
)
def test_a_type_that_does_not_exist_is_said_to_be_unknown(type_: str) -> None:
    with pytest.raises(UnknownType):
        REGISTRY.model_for(type_)
    with pytest.raises(UnknownType):
        Kind.of_type(type_)


def test_the_newest_version_is_read_as_it_is() -> None:
    read = REGISTRY.read(Kind.TRANSFER_WITHDRAWN.type, as_json(examples.TRANSFER_WITHDRAWN))

    assert isinstance(read, kinds.TransferWithdrawn)


def test_an_older_version_climbs_every_step_to_the_newest() -> None:
    registry = Registry([OLDER, OLD, *REGISTRY.versions])
    data = {"transfer": examples.TRANSFER_WITHDRAWN["transfer"], "why": "Gia đình rút hồ sơ."}

    read = registry.read(OLDER.type, as_json(data))

    assert isinstance(read, kinds.TransferWithdrawn)
    assert read.reason == "Gia đình rút hồ sơ."


def test_an_older_version_is_judged_by_its_own_model() -> None:
    registry = Registry([OLDER, OLD, *REGISTRY.versions])

    with pytest.raises(ValidationError) as caught:
        registry.read(OLDER.type, as_json({"transfer": "x", "reason": "y"}))

    assert {error["loc"] for error in caught.value.errors()} == {("why",), ("reason",)}


def test_a_version_knows_from_when_it_is_out_of_date() -> None:
    assert not OLDER.deprecated(date(2026, 2, 28))
    assert OLDER.deprecated(date(2026, 3, 1))
    assert not OLD.deprecated(date(2030, 1, 1))


def test_a_chain_that_leads_nowhere_or_in_a_ring_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot become"):
        Registry([OLDER])
    with pytest.raises(ValueError, match="are called"):
        Registry([*REGISTRY.versions, REGISTRY.versions[0]])
    ring = Version(type="a", kind=Kind.HOP_RECEIVED, model=Old, next_type="a", upcast=_reason)
    with pytest.raises(ValueError, match="becomes itself"):
        Registry([ring])
