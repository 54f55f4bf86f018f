"""POST /v1/messages/validate: what it says is what happens; and nothing happens by saying it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import orjson
import pytest

from gateway.api.validation_shapes import ValidationShape
from gateway.operations.transfer_view import actor_for_others
from tests.integration.api.running import BATCH, COMMUNE, STRUCTURED, Api, submission

TABLES = (
    "message_keys",
    "inbox",
    "payloads",
    "dossiers",
    "dossier_aliases",
    "transfers",
    "itineraries",
    "hops",
    "ledger",
    "deliveries",
    "attempts",
)
POPULATION = "G01.899.001"
MAILBOXES = (COMMUNE, POPULATION)


@dataclass(slots=True)
class Talk:
    """What agencies say one after the other, and the transfer that they talk of."""

    transfer: str = ""
    first: dict[str, Any] = field(default_factory=submission)
    said: int = 0

    def say(self, kind: str, agency: str = COMMUNE, **data: Any) -> dict[str, Any]:
        """Write a message about the transfer."""
        self.said += 1
        return {
            "specversion": "1.0",
            "id": f"said-{self.said}",
            "source": f"urn:lienthong:agency:{agency}",
            "type": f"vn.lienthong.{kind}.v1",
            "subject": self.first["subject"],
            "data": {"transfer": self.transfer, **data},
        }

    def hop(self, kind: str, step: str, agency: str = COMMUNE, **data: Any) -> dict[str, Any]:
        return self.say(kind, agency, step=step, round=1, **data)


Line = tuple[str, Callable[[Talk], dict[str, Any]]]

SUBMITTED: tuple[Line, ...] = (
    ("an unknown procedure", lambda _: submission(data__procedure="9.999999")),
    ("a field that is not known", lambda _: submission(data__colour="red")),
    ("a field that is missing", lambda _: submission(data__places=None)),
    ("a place that no procedure asks for", lambda _: submission(data__places={"moon": "1"})),
    ("no dossier code", lambda _: submission(subject="nothing")),
    ("a foreign source", lambda _: submission(source="urn:lienthong:agency:H31.102")),
    ("an unknown type", lambda _: submission(type="vn.lienthong.nothing.v1")),
    ("too deep", lambda _: submission(data__form=_nested(40))),
    ("too large", lambda _: submission(data__note="x" * 300_000)),
    ("the submission", lambda talk: talk.first),
    ("the submission again", lambda talk: talk.first),
    ("its id for another content", lambda talk: {**talk.first, "type": "vn.lienthong.x.v1"}),
    ("the dossier once more", lambda talk: submission(subject=talk.first["subject"])),
    ("another dossier, with an alias", lambda _: submission(data__aliases=[_alias()])),
)
TALKED_OF: tuple[Line, ...] = (
    ("no transfer", lambda t: t.say("transfer.withdrawn", reason="Không có", transfer=_NOBODYS)),
    (
        "another subject",
        lambda t: {**t.hop("hop.received", "civil-status"), "subject": "H31.101-260302-9999"},
    ),
    ("done by a stranger", lambda t: t.hop("hop.completed", "residence", outcome="approved")),
    ("received", lambda t: t.hop("hop.received", "civil-status")),
    ("received twice", lambda t: t.hop("hop.received", "civil-status")),
    (
        "paused",
        lambda t: t.hop("hop.paused", "civil-status", reason="supplement", legal_basis="NĐ 61"),
    ),
    (
        "supplement provided",
        lambda t: t.hop("supplement.provided", "civil-status", note="Đã bổ sung"),
    ),
    ("resumed", lambda t: t.hop("hop.resumed", "civil-status", reason="supplement")),
    ("completed", lambda t: t.hop("hop.completed", "civil-status", outcome="approved")),
    (
        "refused by the next",
        lambda t: t.hop(
            "hop.refused",
            "population-id",
            POPULATION,
            reason="wrong_data",
            explanation="Sai ngày sinh",
        ),
    ),
    ("acknowledged", lambda t: t.hop("refusal.acknowledged", "population-id")),
    ("corrected", lambda t: t.say("transfer.corrected", reason="Sửa", note="Đã sửa")),
    ("withdrawn", lambda t: t.say("transfer.withdrawn", reason="Công dân rút hồ sơ")),
    ("received after the end", lambda t: t.hop("hop.received", "civil-status")),
)
_NOBODYS = "0195b0c4-7c00-7000-8000-000000000001"


async def test_what_it_says_is_what_happens(api: Api) -> None:
    await api.reach_by("mailbox", *MAILBOXES)
    callers = {agency: await api.sign_in(agency) for agency in MAILBOXES}
    talk, met = Talk(), set()

    for name, line in (*SUBMITTED, *TALKED_OF):
        event = line(talk)
        caller = callers.get(event["source"].removeprefix("urn:lienthong:agency:"))
        told = await _tried_then_sent(api, caller or callers[COMMUNE], orjson.dumps(event), name)
        met.add(told["problem"]["type"].rpartition(":")[2] if "problem" in told else told["status"])
        if name == "the submission":
            [(found,)] = await api.rows("SELECT id FROM transfers")
            talk.transfer = str(found)

    assert met >= {200, 202, "content-differs", "dossier-in-transit", "unknown-transfer"}
    assert met >= {"foreign-source", "unknown-procedure", "too-large", "too-deep", "key-mismatch"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xfe", {"Content-Type": STRUCTURED}),
        (b"{", {"Content-Type": STRUCTURED}),
        (b"[]", {"Content-Type": STRUCTURED}),
        (b"{}", {"Content-Type": "text/plain"}),
        (b"{}", {"Content-Type": "application/json"}),
        (b"{}", {"Content-Type": BATCH}),
        (b"[", {"Content-Type": BATCH}),
        (b"x" * 20_000_000, {"Content-Type": STRUCTURED}),
        (
            orjson.dumps(submission()["data"]),
            {
                "Content-Type": "application/json",
                "ce-specversion": "1.0",
                "ce-id": "binary",
                "ce-source": f"urn:lienthong:agency:{COMMUNE}",
                "ce-type": "vn.lienthong.transfer.submitted.v1",
                "ce-subject": f"{COMMUNE}-260302-8888",
            },
        ),
    ],
)
async def test_every_way_of_writing_is_judged_alike(
    api: Api, body: bytes, headers: dict[str, str]
) -> None:
    caller = await api.sign_in()

    await _tried_then_sent(api, caller, body, "a body", headers)


async def test_a_batch_is_judged_as_if_those_before_it_had_been_taken(api: Api) -> None:
    caller, talk = await api.sign_in(), Talk()
    body = orjson.dumps([line(talk) for _, line in SUBMITTED] + [7])

    tried = await _post(api, "/v1/messages/validate", caller, body, {"Content-Type": BATCH})
    sent = await _post(api, "/v1/messages", caller, body, {"Content-Type": BATCH})

    answers = [one.get("verdict", "refused") for one in sent.json()]
    assert [one["verdict"] for one in tried.json()] == answers
    assert answers.count("accepted") == 2
    assert answers.count("duplicate") == 1


async def test_a_submission_is_told_its_way_with_the_reasons(api: Api) -> None:
    caller = await api.sign_in()

    answer = await _try(api, caller, orjson.dumps(submission()))

    follows = _read(answer).follows
    assert follows is not None
    assert follows.transfer is None
    assert follows.route is not None
    first = follows.route.steps[0]
    assert (first["step"], first["agency"]) == ("civil-status", COMMUNE)
    assert first["rule"]
    assert first["why"]
    assert follows.deadlines.overall is not None
    assert [(one.to, one.kind) for one in follows.messages] == [(COMMUNE, "handover.offered")]
    assert not follows.messages[0].connected
    assert ("not-connected", "civil-status") in [(one.code, one.step) for one in follows.warnings]


async def test_the_citizen_is_not_in_the_answer(api: Api) -> None:
    answer = await _try(api, await api.sign_in(), orjson.dumps(submission()))

    assert "Bí Mật" not in orjson.dumps(answer).decode()


async def test_intake_goes_before(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = await api.sign_in()
    batch = api.state.services.settings.batch_size
    monkeypatch.setattr(type(api.state.services.committer), "waiting", batch)

    answer = await _post(api, "/v1/messages/validate", caller, orjson.dumps(submission()))

    assert answer.status_code == 503
    assert answer.json()["type"].endswith(":overloaded")
    assert answer.headers["Retry-After"]


async def test_only_an_agency_may_try(api: Api) -> None:
    operator = await api.sign_in(None, "operator")

    answer = await _post(api, "/v1/messages/validate", operator, orjson.dumps(submission()))

    assert answer.status_code == 403


async def _tried_then_sent(
    api: Api,
    caller: dict[str, str],
    body: bytes,
    name: str,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Try it, check that this changed nothing, send it, compare; return what was told."""
    stored = await _stored(api)
    told = await _try(api, caller, body, headers)
    assert await _stored(api) == stored, name
    _read(told)

    before = await _written(api)
    sent = await _post(api, "/v1/messages", caller, body, headers)

    assert told["status"] == sent.status_code, name
    answer = sent.json()
    match told["verdict"]:
        case "accepted":
            follows = told["follows"]
            for part in ("dossier", "itinerary", "deadlines"):
                assert follows[part] == answer[part], name
            assert follows["transfer"] in (None, answer["transfer"])
            await _followed(api, follows, answer["transfer"], before, name)
        case "duplicate":
            assert told["receipt"] == answer, name
        case _:
            del answer["receipt"]
            assert told["problem"] == answer, name
    return told


async def _followed(
    api: Api, follows: dict[str, Any], transfer: str, before: dict[str, int], name: str
) -> None:
    """Compare what was foretold with what stands in the tables."""
    acts = await api.rows(
        "SELECT act, actor, step, round FROM ledger WHERE transfer_id = %s ORDER BY seq OFFSET %s",
        transfer,
        before.get(transfer, 0),
    )
    foretold = [(one["act"], one["actor"], one["step"], one["round"]) for one in follows["acts"]]
    assert [(act, actor_for_others(actor), *at) for act, actor, *at in acts] == foretold, name
    owed = await api.rows(
        "SELECT agency, kind, step, round FROM deliveries WHERE transfer_id = %s"
        " AND ordinal >> 8 > %s ORDER BY ordinal",
        transfer,
        before.get(transfer, 0),
    )
    assert owed == [
        (one["to"], one["kind"], one["step"], one["round"]) for one in follows["messages"]
    ], name
    for hop in follows["hops"]:
        [(state,)] = await api.rows(
            "SELECT state FROM hops WHERE transfer_id = %s AND step = %s AND round = %s",
            transfer,
            hop["step"],
            hop["round"],
        )
        assert state == hop["state"]["after"], name
    [(state, deadline)] = await api.rows(
        "SELECT state, deadline_at FROM transfers WHERE id = %s", transfer
    )
    assert state == follows["state"]["after"], name
    if follows["clock"] is not None:
        foreseen = follows["clock"]["after"]["deadline_at"]
        assert (foreseen and datetime.fromisoformat(foreseen)) == deadline, name


def _read(told: dict[str, Any]) -> ValidationShape:
    return ValidationShape.model_validate_json(orjson.dumps(told))


async def _try(
    api: Api, caller: dict[str, str], body: bytes, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    answer = await _post(api, "/v1/messages/validate", caller, body, headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def _post(
    api: Api,
    path: str,
    caller: dict[str, str],
    body: bytes,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    return await api.http.post(
        path, content=body, headers={**caller, **(headers or {"Content-Type": STRUCTURED})}
    )


async def _stored(api: Api) -> list[Any]:
    """Return everything that a message could have changed."""
    return [
        await api.rows(f"SELECT count(*), sum(hashtext(x::text)) FROM {table} x")
        for table in TABLES
    ]


async def _written(api: Api) -> dict[str, int]:
    return {str(row[0]): row[1] for row in await api.rows("SELECT id, seq FROM transfers")}


def _nested(levels: int) -> dict[str, Any]:
    return {"inner": _nested(levels - 1)} if levels else {}


def _alias() -> dict[str, str]:
    return {"system": "portal", "code": "000.00.01.H31-260302-0001"}
