"""Bad input over both roads: a typed problem that points at the place, stored; the gateway goes on.

Every case says what a sender did wrong, what it is told, and what is kept of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
import pytest

from schemas.problems import ProblemType
from tests.broker import Broker
from tests.stage.dossiers import COMMUNE, birth, copies, event
from tests.stage.facts import eventually
from tests.stage.inside import Inside, connect_agencies, gateway_inside
from tests.stage.wire import wire

_LIMIT: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """`claims`: the message's id counts as used. `kept`: its bytes are stored."""

    wrong: str
    body: bytes
    slug: ProblemType
    pointer: str | None
    claims: bool = True
    kept: bool = True
    verdict: str = "refused"


def _cases() -> Iterator[Case]:
    """Message 1 was accepted before; every other id is a case's own."""

    def case(
        wrong: str, body: dict[str, Any] | bytes, slug: str, pointer: str | None, **kept: Any
    ) -> Case:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        return Case(wrong, raw, ProblemType(slug), pointer, **kept)

    good = orjson.dumps(event(2))
    yield case("not JSON", good[:-7], "not-json", None, claims=False)
    yield case("nothing at all", b"", "not-json", None, claims=False)
    yield case(
        "another encoding",
        good.decode().replace("Thử", "Thử nghiệm").encode("utf-16-le"),
        "not-utf8",
        None,
        claims=False,
    )
    yield case(
        "Windows' encoding",
        good.replace("Văn".encode(), "Văn".encode("cp1258")),
        "not-utf8",
        None,
        claims=False,
    )
    yield case("half a character", good[:-2] + b"\xe1\xbb", "not-utf8", None, claims=False)
    yield case("too deep", b"[" * 40 + b"]" * 40, "too-deep", None, claims=False)
    yield case("far too deep", b"[" * 100_000 + b"]" * 100_000, "too-deep", None, claims=False)
    long = event(3, birth(note="x" * _LIMIT))
    yield case("too large", long, "too-large", None, claims=False, kept=False)
    yield case("no event", [1, 2, 3], "not-a-cloudevent", None, claims=False)  # type: ignore[arg-type]
    yield case(
        "another version",
        event(4, specversion="0.3"),
        "not-a-cloudevent",
        "/specversion",
        claims=False,
    )
    yield case("no id", event(5, id=None), "not-a-cloudevent", "/id", claims=False)
    yield case(
        "another's source",
        event(6, source="urn:lienthong:agency:H31.101"),
        "foreign-source",
        "/source",
        claims=False,
    )
    yield case(
        "a source that is none",
        event(7, source="https://example.org/"),
        "foreign-source",
        "/source",
        claims=False,
    )
    yield case(
        "an unknown type", event(8, type="vn.lienthong.coffee.ordered.v1"), "unknown-type", "/type"
    )
    yield case(
        "a type of ours",
        event(9, type="vn.lienthong.handover.offered.v1"),
        "unknown-type",
        "/type",
    )
    yield case("no data", {**event(10), "data": None}, "missing-field", "/data", claims=False)
    yield case("an unknown field", event(11, birth(colour=1)), "unknown-field", "/data/colour")
    yield case("a wrong type", event(12, birth(channel=7)), "wrong-type", "/data/channel")
    yield case(
        "a number as text",
        event(13, birth(facts={"children": 1.5})),
        "wrong-type",
        "/data/facts/children",
    )
    missing = birth()
    del missing["applicant"]
    yield case("a missing field", event(14, missing), "missing-field", "/data/applicant")
    yield case(
        "an instant without offset",
        event(15, birth(received_at="2026-03-02T08:20:00")),
        "invalid-value",
        "/data/received_at",
    )
    yield case(
        "a dossier code that is none", event(16, subject="hồ sơ"), "invalid-value", "/subject"
    )
    yield case(
        "an unknown procedure",
        event(17, birth(procedure="7.654321")),
        "unknown-procedure",
        "/data/procedure",
    )
    yield case(
        "an unknown unit",
        event(18, birth(places={"applicant": "99999"})),
        "unknown-unit",
        "/data/places/applicant",
    )
    yield case(
        "an abolished unit",
        event(19, birth(places={"applicant": "00001"})),
        "abolished-unit",
        "/data/places/applicant",
    )
    yield case(
        "a split unit",
        event(20, birth(places={"applicant": "00007"})),
        "ambiguous-unit",
        "/data/places/applicant",
    )
    yield case(
        "a used id with another content",
        event(1, copies()),
        "content-differs",
        "/id",
        verdict="conflict",
    )
    yield case(
        "a dossier in transit",
        event(1, id="message-21"),
        "dossier-in-transit",
        "/subject",
    )
    yield case(
        "an unknown transfer",
        {
            **event(22),
            "type": "vn.lienthong.hop.received.v1",
            "data": {
                "transfer": "01990000-0000-7000-8000-000000000000",
                "step": "civil-status",
                "round": 1,
            },
        },
        "unknown-transfer",
        "/data/transfer",
    )


CASES: Final = tuple(_cases())


def test_the_cases_are_each_their_own() -> None:
    assert len({case.wrong for case in CASES}) == len(CASES)


async def test_over_the_broker_each_is_told_and_stored_and_the_gateway_goes_on(
    database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await own.say(event(1))
        await own.receipt("message-1")

        told: dict[str, Any] = {}
        for no, case in enumerate(CASES):
            await own.say(case.body, message_id=f"case-{no}")
            await eventually(lambda no=no: len(own.receipts()) == no + 2, within=15)  # type: ignore[misc]
            told[case.wrong] = own.receipts()[-1]
        await own.say(event(1000))
        last = await own.receipt("message-1000")

        assert last["verdict"] == "accepted"
        assert {one["verdict"] for one in told.values()} == {"refused"}
        assert _as_told({wrong: one["problem"] for wrong, one in told.items()}) == _as_expected()
        assert _as_stored(inside) == [_as_it_should_be_stored(case) for case in CASES]
        assert _keys(inside) == _expected_keys()


async def test_over_http_each_is_answered_and_stored_and_the_gateway_goes_on(
    database_url: str,
) -> None:
    async with gateway_inside(database_url) as inside:
        caller = await inside.caller()
        assert (await caller.say(event(1))).status_code == 202

        answers = {case.wrong: await caller.say(case.body) for case in CASES}
        last = await caller.say(event(1000))

        assert last.status_code == 202
        assert _as_told({wrong: one.json() for wrong, one in answers.items()}) == _as_expected()
        for answer in answers.values():
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert answer.status_code == answer.json()["status"]
            assert answer.json()["fault"] == "sender"
            assert answer.json()["remedy"]
        assert _as_stored(inside) == [_as_it_should_be_stored(case) for case in CASES]
        assert _keys(inside) == _expected_keys()


@pytest.mark.parametrize("name", ["message_id", "traceparent", "content_type", "ce-id"])
async def test_wild_properties_of_a_broker_message_make_no_message_vanish(
    name: str, database_url: str, broker: Broker
) -> None:
    connect_agencies(database_url, [COMMUNE])
    wild = "00-\x00\x1b-'\";--"
    async with gateway_inside(database_url, amqp_url=broker.url) as inside, wire(broker.url) as own:
        await own.say(
            event(1),
            message_id=wild if name == "message_id" else "message-1",
            media=wild if name == "content_type" else "application/cloudevents+json",
            headers={name: wild} if name in ("traceparent", "ce-id") else {},
        )
        await own.say(event(2))
        await own.receipt("message-2")
        await eventually(lambda: len(own.receipts()) == 2, within=15)

        assert inside.count("SELECT count(*) FROM inbox") == 2
        assert inside.count("SELECT count(*) FROM payloads WHERE body IS NOT NULL") == 2


def _as_told(problems: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str | None]]:
    return {
        wrong: (one["type"].removeprefix("urn:lienthong:problem:"), one.get("pointer") or None)
        for wrong, one in problems.items()
    }


def _as_expected() -> dict[str, tuple[str, str | None]]:
    return {case.wrong: (str(case.slug), case.pointer) for case in CASES}


def _as_stored(inside: Inside) -> list[tuple[Any, ...]]:
    return inside.rows(
        "SELECT i.agency, i.verdict, i.problem, i.size, i.digest, p.body"
        " FROM inbox i LEFT JOIN payloads p ON p.id = i.id"
        " WHERE i.verdict <> 'accepted' ORDER BY i.id"
    )


def _as_it_should_be_stored(case: Case) -> tuple[Any, ...]:
    return (
        COMMUNE,
        case.verdict,
        str(case.slug),
        len(case.body),
        sha256(case.body).digest(),
        case.body if case.kept else None,
    )


def _keys(inside: Inside) -> set[str]:
    return {row[0] for row in inside.rows("SELECT message_id FROM message_keys")}


def _expected_keys() -> set[str]:
    claimed = {orjson.loads(case.body)["id"] for case in CASES if case.claims}
    return claimed | {"message-1", "message-1000"}
