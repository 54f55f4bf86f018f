"""The cases for a gateway, with two agencies played by us."""

import asyncio
from typing import Any, Final
from uuid import uuid4

import orjson

from connectors.raw_http import RawAnswer
from gateway.conformance.verdicts import Cases, Failure, require
from gateway.conformance.visit import STRUCTURED, Visit, document_of, told
from schemas.kinds import Kind
from schemas.receipts import Receipt

GATEWAY_CASES: Final[Cases[Visit]] = Cases()
_case = GATEWAY_CASES.case

_ORDERED: Final = "answer one item per event, in order"


# Who calls


@_case("token", vi="Cấp mã truy cập", en="A token for good credentials")
async def _token(v: Visit) -> None:
    """Grant a token to a client that gives its secret by HTTP Basic."""
    await v.token(v.sender)


@_case("wrong-secret", vi="Sai mã bí mật", en="No token for a wrong secret")
async def _wrong_secret(v: Visit) -> None:
    """Answer 401 to a wrong secret."""
    answer = await v.ask_token(v.sender.client_id, "not-the-secret")
    require(
        isinstance(answer, RawAnswer) and answer.status in (400, 401),
        f"a wrong secret was answered {told(answer)}",
        "answer 401 with error invalid_client (RFC 6749)",
    )


@_case("no-token", vi="Không có mã truy cập", en="Nothing without a token")
async def _no_token(v: Visit) -> None:
    """Answer 401 to a message without a token."""
    body = orjson.dumps(v.submission())
    answer = await v.call(
        None, "POST", "/v1/messages", content=body, headers={"content-type": STRUCTURED}
    )
    v.refused(answer, 401, slug="unauthenticated")


@_case("foreign-source", vi="Mạo danh cơ quan khác", en="In another agency's name")
async def _foreign_source(v: Visit) -> None:
    """Refuse a message whose source is another agency."""
    event = v.submission() | {"source": f"urn:lienthong:agency:{v.receiver.code}"}
    v.refused(await v.send(v.sender, event), 403, 422, slug="foreign-source")


# Once


@_case("correct", vi="Thông điệp đúng", en="A correct message")
async def _correct(v: Visit) -> None:
    """Take a correct submission, and answer with a receipt of the published form."""
    answer = await v.send(v.sender, v.submission())
    v.accepted(answer)
    assert isinstance(answer, RawAnswer)
    try:
        Receipt.model_validate_json(answer.body)
        well_formed = True
    except ValueError:
        well_formed = False
    require(well_formed, "the receipt is not as published", "follow the schema of the receipt")


@_case("duplicate", vi="Thông điệp trùng lặp", en="The same message twice")
async def _duplicate(v: Visit) -> None:
    """Answer a duplicate with the first receipt, and do nothing twice."""
    event = v.submission()
    first = v.accepted(await v.send(v.sender, event))
    second = v.accepted(await v.send(v.sender, event), again=True)
    require(
        first["transfer"] == second["transfer"] and second.get("first") == "accepted",
        "the duplicate's receipt is not the first one",
        "answer the stored receipt again, with verdict duplicate and first accepted",
    )


@_case("duplicate-otherwise-written", vi="Trùng lặp, viết khác", en="The same, written otherwise")
async def _otherwise_written(v: Visit) -> None:
    """Know a duplicate whose JSON is spaced and ordered otherwise."""
    event = v.submission()
    v.accepted(await v.send(v.sender, event))
    turned = dict(reversed(event.items())) | {"data": dict(reversed(event["data"].items()))}
    body = orjson.dumps(turned, option=orjson.OPT_INDENT_2)
    v.accepted(await v.send(v.sender, body), again=True)


@_case("other-content", vi="Cùng mã, khác nội dung", en="The same id with other content")
async def _other_content(v: Visit) -> None:
    """Refuse an id that was used for another content."""
    event = v.submission()
    v.accepted(await v.send(v.sender, event))
    changed = event | {"data": event["data"] | {"note": "Một nội dung khác."}}
    v.refused(await v.send(v.sender, changed), 409, slug="content-differs")


@_case("many-at-once", vi="Cùng một thông điệp, nhiều lần một lúc", en="One message, many at once")
async def _many_at_once(v: Visit) -> None:
    """Take one of ten copies that come at the same time, and call the others duplicates."""
    await v.token(v.sender)
    event = v.submission()
    answers = await asyncio.gather(*(v.send(v.sender, event) for _ in range(10)))
    verdicts = sorted(str(document_of(one).get("verdict")) for one in answers)
    require(
        verdicts == ["accepted", *["duplicate"] * 9],
        f"ten copies were answered {', '.join(verdicts)}",
        "claim the key of a message before you act on it",
    )


# What is no message


@_case("not-json", vi="Không phải JSON", en="Not JSON")
async def _not_json(v: Visit) -> None:
    """Refuse what is not JSON."""
    v.refused(await v.send(v.sender, b"{not json"), 400, slug="not-json")


@_case("not-utf8", vi="Sai bảng mã", en="Not UTF-8")
async def _not_utf8(v: Visit) -> None:
    """Refuse what is not UTF-8."""
    body = orjson.dumps(v.submission()).replace(b"specversion", b"spec\xff\xfe", 1)
    v.refused(await v.send(v.sender, body), 400, slug="not-utf8")


@_case("not-an-event", vi="Không phải CloudEvent", en="Not a CloudEvent")
async def _not_an_event(v: Visit) -> None:
    """Refuse JSON that is no CloudEvent."""
    v.refused(await v.send(v.sender, b'{"hello": 1}'), 400, slug="not-a-cloudevent")


@_case("too-large", vi="Thông điệp quá lớn", en="Too large")
async def _too_large(v: Visit) -> None:
    """Refuse more than 256 KiB."""
    event = v.submission(form={"fill": "x" * 300_000})
    v.refused(await v.send(v.sender, event), 413, slug="too-large")


@_case("too-deep", vi="Lồng quá sâu", en="Too deep")
async def _too_deep(v: Visit) -> None:
    """Refuse a message that is nested a hundred levels deep."""
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    v.refused(await v.send(v.sender, v.submission(form={"a": deep})), 400, 422, slug="too-deep")


@_case("unknown-type", vi="Loại thông điệp lạ", en="An unknown type")
async def _unknown_type(v: Visit) -> None:
    """Refuse a type that does not exist."""
    event = v.submission() | {"type": "vn.lienthong.unheard.of.v1"}
    v.refused(await v.send(v.sender, event), 422, slug="unknown-type")


@_case("unknown-field", vi="Trường dữ liệu lạ", en="An unknown field")
async def _unknown_field(v: Visit) -> None:
    """Refuse a field that does not exist, and point to it."""
    found = v.refused(await v.send(v.sender, v.submission(unheard_of=1)), 422, slug="unknown-field")
    require(
        found.get("pointer") == "/data/unheard_of",
        f"the problem points to {found.get('pointer')}",
        "point to the field: /data/unheard_of",
    )


@_case("wrong-type", vi="Sai kiểu dữ liệu", en="A value of the wrong type")
async def _wrong_type(v: Visit) -> None:
    """Refuse a number where text belongs."""
    v.refused(await v.send(v.sender, v.submission(channel=7)), 422, slug="wrong-type")


@_case("unknown-procedure", vi="Thủ tục không tồn tại", en="An unknown procedure")
async def _unknown_procedure(v: Visit) -> None:
    """Refuse a procedure that nobody knows."""
    answer = await v.send(v.sender, v.submission(procedure="9.999999"))
    v.refused(answer, 422, slug="unknown-procedure")


@_case("unknown-unit", vi="Đơn vị hành chính không tồn tại", en="An unknown unit")
async def _unknown_unit(v: Visit) -> None:
    """Refuse a place that does not exist."""
    places = dict.fromkeys(v.template["places"], "99999")
    v.refused(await v.send(v.sender, v.submission(places=places)), 422, slug="unknown-unit")


@_case("in-transit", vi="Hồ sơ đang liên thông", en="A dossier that is under way")
async def _in_transit(v: Visit) -> None:
    """Refuse a second transfer of a dossier that is under way."""
    _, event = await v.submit()
    again = event | {"id": str(uuid4())}
    v.refused(await v.send(v.sender, again), 409, slug="dossier-in-transit")


# On the way


@_case("handed-over", vi="Bàn giao và hoàn thành", en="Handed over, received, completed")
async def _handed_over(v: Visit) -> None:
    """Offer the hop to its agency; take its receipt and its completion."""
    transfer, _ = await v.submit()
    offer = await v.offered(transfer)
    v.accepted(await v.say(offer, Kind.HOP_RECEIVED))
    v.accepted(await v.say(offer, Kind.HOP_COMPLETED, outcome="approved"))
    await _is(v, transfer, offer, "completed")


@_case("out-of-order", vi="Sai thứ tự", en="Completed before received")
async def _out_of_order(v: Visit) -> None:
    """Let a completion imply the receipt, and take the late receipt without harm."""
    transfer, _ = await v.submit()
    offer = await v.offered(transfer)
    v.accepted(await v.say(offer, Kind.HOP_COMPLETED, outcome="approved"))
    answer = await v.say(offer, Kind.HOP_RECEIVED)
    require(
        isinstance(answer, RawAnswer) and answer.status < 500,
        f"a receipt that came late was answered {told(answer)}",
        "take a late receipt as a repetition, or refuse it with its type",
    )
    await _is(v, transfer, offer, "completed")


@_case("wrong-addressee", vi="Không phải cơ quan xử lý", en="Another agency's hop")
async def _wrong_addressee(v: Visit) -> None:
    """Refuse what an agency says of a hop that is not its own."""
    transfer, _ = await v.submit()
    offer = await v.offered(transfer)
    data = {name: offer["data"][name] for name in ("transfer", "step", "round")}
    event = v.event(v.sender, Kind.HOP_RECEIVED, offer["subject"], data)
    v.refused(await v.send(v.sender, event), 403, 409, 422, slug="not-your-hop")


@_case("addressee-away", vi="Cơ quan nhận tạm ngừng", en="An addressee that is away")
async def _addressee_away(v: Visit) -> None:
    """Keep what an agency does not fetch, and hand it back when it is not acknowledged."""
    transfer, _ = await v.submit()
    await asyncio.sleep(0.5)
    found = [item for item in await v.fetch() if item["event"]["data"].get("transfer") == transfer]
    require(found, "what nobody had fetched was not there later", "keep what is owed")
    for item in found:
        answer = await v.call(
            v.receiver,
            "POST",
            f"/v1/mailbox/{item['delivery']}/nack",
            content=b'{"reason": "not-now", "permanent": false}',
            headers={"content-type": "application/json"},
        )
        require(
            isinstance(answer, RawAnswer) and answer.status == 200,
            f"handing a delivery back was answered {told(answer)}",
            "take a delivery back, and offer it again",
        )
    await v.offered(transfer)


@_case("refused-and-acknowledged", vi="Từ chối và xác nhận", en="Refused and acknowledged")
async def _refused_and_acknowledged(v: Visit) -> None:
    """Let a rejected dossier end only when its sender has acknowledged the refusal."""
    transfer, event = await v.submit()
    offer = await v.offered(transfer)
    v.accepted(await v.say(offer, Kind.HOP_REFUSED, reason="rejected", explanation="Bộ kiểm thử."))
    require(
        (await v.state(transfer))["state"] == "open",
        "the transfer ended before its sender had acknowledged the refusal",
        "wait for refusal.acknowledged",
    )
    data = {name: offer["data"][name] for name in ("transfer", "step", "round")}
    note = v.event(v.sender, Kind.REFUSAL_ACKNOWLEDGED, event["subject"], data)
    v.accepted(await v.send(v.sender, note))
    state = (await v.state(transfer))["state"]
    require(state == "refused", f"the transfer is {state}", "end it: it is refused")


@_case("returned", vi="Trả lại", en="Returned to the originator")
async def _returned(v: Visit) -> None:
    """Open a new round of the step that a dossier is returned to."""
    transfer, _ = await v.submit()
    offer = await v.offered(transfer)
    v.accepted(await v.say(offer, Kind.HOP_RECEIVED))
    v.accepted(
        await v.say(
            offer,
            Kind.HOP_RETURNED,
            to_step="origin",
            reason="wrong_data",
            explanation="Bộ kiểm thử.",
        )
    )
    await _is(v, transfer, offer, "returned")


@_case("paused-and-resumed", vi="Tạm dừng và tiếp tục", en="Paused and resumed")
async def _paused_and_resumed(v: Visit) -> None:
    """Let a clock stand on a legal basis, and go on."""
    transfer, _ = await v.submit()
    offer = await v.offered(transfer)
    v.accepted(await v.say(offer, Kind.HOP_RECEIVED))
    pause = {"reason": "supplement", "legal_basis": "Bộ kiểm thử, không viện dẫn văn bản"}
    v.accepted(await v.say(offer, Kind.HOP_PAUSED, **pause))
    await _is(v, transfer, offer, "paused")
    v.accepted(await v.say(offer, Kind.HOP_RESUMED, reason="supplement"))
    await _is(v, transfer, offer, "received")


@_case("clock-limits", vi="Thời hạn của chặng", en="Limits that are told")
async def _clock_limits(v: Visit) -> None:
    """Tell the agency by when to receive and to complete, and the sender when all is due."""
    receipt = v.accepted(await v.send(v.sender, v.submission()))
    offer = await v.offered(str(receipt["transfer"]))
    require(
        offer["data"].get("receive_by") is not None
        and receipt.get("deadlines", {}).get("hop", {}).get("receive_by") is not None,
        "no receive_by was told",
        "name the limits of the hop in the offer and in the receipt",
    )


@_case("withdrawn", vi="Rút hồ sơ", en="Withdrawn")
async def _withdrawn(v: Visit) -> None:
    """Cancel the hand-over of what is taken back; an answer that crosses changes nothing."""
    transfer, event = await v.submit()
    offer = await v.offered(transfer)
    data = {"transfer": transfer, "reason": "Bộ kiểm thử."}
    withdrawal = v.event(v.sender, Kind.TRANSFER_WITHDRAWN, event["subject"], data)
    v.accepted(await v.send(v.sender, withdrawal))
    await _is(v, transfer, offer, "withdrawn")
    answer = await v.say(offer, Kind.HOP_COMPLETED, outcome="approved")
    require(
        isinstance(answer, RawAnswer) and answer.status < 500,
        f"completing what was withdrawn was answered {told(answer)}",
        "note an answer that crossed the withdrawal, or refuse it with its type",
    )
    await _is(v, transfer, offer, "withdrawn")


# Other ways of asking


@_case("binary-mode", vi="Chế độ nhị phân", en="Binary mode")
async def _binary_mode(v: Visit) -> None:
    """Take an event whose attributes are headers."""
    event = v.submission()
    names = ("specversion", "id", "source", "type", "subject", "time")
    headers = {f"ce-{name}": event[name] for name in names}
    answer = await v.call(
        v.sender,
        "POST",
        "/v1/messages",
        content=orjson.dumps(event["data"]),
        headers=headers | {"content-type": "application/json"},
    )
    v.accepted(answer)


@_case("batch", vi="Gửi theo lô", en="A batch")
async def _batch(v: Visit) -> None:
    """Answer each event of a batch, in order, whatever the others are."""
    good, bad, other = v.submission(), v.submission(unheard_of=1), v.submission()
    answer = await v.send(
        v.sender, orjson.dumps([good, bad, other]), media="application/cloudevents-batch+json"
    )
    found = answer.document if isinstance(answer, RawAnswer) and answer.status == 200 else None
    require(
        isinstance(found, list) and len(found) == 3, f"it was answered {told(answer)}", _ORDERED
    )
    assert isinstance(found, list)
    verdicts = [one.get("verdict", "problem") for one in found]
    require(
        verdicts == ["accepted", "problem", "accepted"],
        f"the three were answered {', '.join(verdicts)}",
        _ORDERED,
    )


@_case("events", vi="Dòng sự kiện", en="The feed of events")
async def _events(v: Visit) -> None:
    """Tell an agency what concerns it, naming the message behind it."""
    cursor = (await _page(v, "latest"))["next"]
    _, event = await v.submit()
    ends_at = asyncio.get_running_loop().time() + v.patience
    while asyncio.get_running_loop().time() < ends_at:
        page = await _page(v, cursor)
        if any(one.get("cause") == event["id"] for one in page["events"]):
            return
        cursor = page["next"]
        await asyncio.sleep(0 if page.get("more") else 0.1)
    raise Failure(
        "the submission did not appear in /v1/events",
        "tell each agency what it caused, naming its message in `cause`",
    )


@_case("not-yours-to-see", vi="Không xem được hồ sơ của cơ quan khác", en="Another's transfer")
async def _not_yours(v: Visit) -> None:
    """Show a transfer to those it concerns only."""
    answer = await v.call(v.receiver, "GET", f"/v1/transfers/{uuid4()}")
    v.refused(answer, 403, 404, slug="not-found")


@_case("capabilities", vi="Tra cứu cơ quan", en="Who an agency is")
async def _capabilities(v: Visit) -> None:
    """Say who an agency is, and whether it can be reached."""
    answer = await v.call(v.sender, "GET", f"/v1/agencies/{v.receiver.code}")
    found = document_of(answer)
    require(
        found.get("code") == v.receiver.code and "connected" in found,
        f"GET /v1/agencies/{{code}} answered {told(answer)}",
        "answer with code, roles, validity, connected and accepting",
    )


@_case("nowhere", vi="Địa chỉ không tồn tại", en="An address that is none")
async def _nowhere(v: Visit) -> None:
    """Answer 404 with a problem document to an address that is none."""
    v.refused(await v.call(v.sender, "GET", "/v1/nowhere"), 404, slug="not-found")


async def _is(v: Visit, transfer: str, offer: dict[str, Any], state: str) -> None:
    data = offer["data"]
    hops = (await v.state(transfer))["hops"]
    found = [
        one["state"] for one in hops if (one["step"], one["round"]) == (data["step"], data["round"])
    ]
    require(found == [state], f"the hop is {', '.join(found) or 'gone'}", f"it should be {state}")


async def _page(v: Visit, cursor: str) -> dict[str, Any]:
    """Read a page of the feed from a cursor on."""
    params = {"cursor": cursor, "limit": "1000"}
    answer = await v.call(v.sender, "GET", "/v1/events", params=params)
    page = document_of(answer)
    require(
        isinstance(page.get("events"), list) and isinstance(page.get("next"), str),
        f"GET /v1/events answered {told(answer)}",
        "answer with events, next and more; take the cursor `latest`",
    )
    return page
