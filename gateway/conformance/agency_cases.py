"""The cases for an agency's software, with the gateway played by us.

What the software is asked to do stands in the note of each dossier, `conformance/<case>: <act>`:
`complete`, `refuse <reason>`, `return`, `pause`, `hold` (receive, and do not finish yet).
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import orjson

from connectors.raw_http import NoAnswer, RawAnswer
from gateway.conformance.exchange import Exchange, Turn, told
from gateway.conformance.player import Heard
from gateway.conformance.verdicts import Cases, NotApplicable, require
from gateway.intake.reading import MAX_BYTES
from routing.lifecycle.model import Hop, HopState
from schemas.kinds import Kind

AGENCY_CASES: Final[Cases[Exchange]] = Cases()
_case = AGENCY_CASES.case

CROWD: Final = 20
_STRANGER: Final = "whsec_" + "c3RyYW5nZXItc3RyYW5nZXItc3RyYW5nZXI="  # nobody's
_STORE_IDS: Final = "store the id of each delivery; one that comes again is answered, not acted on"


async def _done(x: Exchange, turn: Turn) -> None:
    """Wait until the software has received and completed a hop."""
    await x.hears(turn, Kind.HOP_RECEIVED)
    await x.hears(turn, Kind.HOP_COMPLETED)


def _once(x: Exchange, turn: Turn, kind: Kind) -> bool:
    return len({one.id for one in x.said(turn, kind, taken=False)}) <= 1


# Taking a dossier


@_case("correct", vi="Bàn giao đúng", en="A correct hand-over")
async def _correct(x: Exchange) -> None:
    """Take a dossier, say hop.received, and hop.completed when it is done."""
    turn = await x.hand_over("correct")
    await _done(x, turn)
    require(
        x.hop(turn).state is HopState.COMPLETED,
        f"the hop is {x.hop(turn).state}, not completed",
        "send hop.received, then hop.completed, with the transfer, step and round of the offer",
    )


@_case("receipt-in-time", vi="Biên nhận đúng hạn", en="The receipt in time")
async def _receipt_in_time(x: Exchange) -> None:
    """Say hop.received before the offer's receive_by."""
    turn = await x.hand_over("receipt-in-time")
    await x.hears(turn, Kind.HOP_RECEIVED)
    hop = x.hop(turn)
    limit, received_at = hop.receive_by, hop.received_at
    require(
        limit is None or (received_at is not None and received_at <= limit),
        "the receipt came after receive_by",
        "send hop.received by itself as soon as the dossier is stored, before anybody works on it",
    )


@_case("own-words", vi="Thông điệp đúng chuẩn", en="Messages as published")
async def _own_words(x: Exchange) -> None:
    """Name yourself as source, the dossier as subject, an id of its own and a time with offset."""
    turn = await x.hand_over("own-words")
    await _done(x, turn)
    said = x.said(turn, taken=False)
    for one in said:
        require(
            one.subject == turn.subject,
            f"{one.kind} has another subject than the offer had",
            "copy `subject` from the hand-over: it is the dossier's code",
        )
        require(
            one.time is not None,
            f"{one.kind} has no time",
            "set `time`: when it happened by your own clock, with the offset from UTC",
        )
    require(
        len({one.id for one in said}) == len({(one.id, one.kind) for one in said}),
        "two different messages have the same id",
        "give each message an id of its own",
    )


@_case("extension-attributes", vi="Thuộc tính mở rộng", en="Attributes it does not know")
async def _extension_attributes(x: Exchange) -> None:
    """Take an event that has an extension attribute which you do not know."""
    turn = await x.hand_over("extension-attributes", send=False)
    event = orjson.loads(turn.letter.parcel.body) | {"conformancehint": "ignore me"}
    await _deliver_body(x, turn, orjson.dumps(event))
    await _done(x, turn)


@_case("large", vi="Hồ sơ lớn", en="A large dossier")
async def _large(x: Exchange) -> None:
    """Take a dossier of nearly 256 KiB."""
    turn = await x.hand_over("large", send=False)
    event = orjson.loads(turn.letter.parcel.body)
    fill = "Nội dung dài. " * 120
    form = {f"field_{no}": fill for no in range(100)}
    event["data"]["submission"]["form"] = form
    body = orjson.dumps(event)
    assert 200_000 < len(body) < MAX_BYTES
    await _deliver_body(x, turn, body)
    await _done(x, turn)


@_case("many-at-once", vi="Nhiều hồ sơ cùng lúc", en="Many at once")
async def _many_at_once(x: Exchange) -> None:
    """Take twenty dossiers that come at the same time."""
    turns = [await x.hand_over("many-at-once", send=False) for _ in range(CROWD)]
    await asyncio.gather(*(x.deliver(turn.letter) for turn in turns))
    for turn in turns:
        await _done(x, turn)


@_case("hand-over-again", vi="Gửi lại cùng gói tin", en="The same delivery twice")
async def _duplicate(x: Exchange) -> None:
    """Take the same delivery again without doing anything twice."""
    turn = await x.hand_over("hand-over-again")
    await x.again(turn.letter)
    await _done(x, turn)
    await x.stays_silent(
        lambda: not (_once(x, turn, Kind.HOP_RECEIVED) and _once(x, turn, Kind.HOP_COMPLETED)),
        "the same delivery, come twice, was acted on twice",
        _STORE_IDS,
    )


@_case("again-after-the-end", vi="Gửi lại sau khi xong", en="Again, after it is done")
async def _again_after_the_end(x: Exchange) -> None:
    """Take a delivery again after you have finished with it."""
    turn = await x.hand_over("again-after-the-end")
    await _done(x, turn)
    before = len(x.said(turn, taken=False))
    await x.again(turn.letter)
    await x.stays_silent(
        lambda: len({one.id for one in x.said(turn, taken=False)}) > before,
        "a delivery that had been dealt with was dealt with again",
        _STORE_IDS,
    )


@_case("other-bytes", vi="Cùng mã, khác nội dung", en="The same id with other bytes")
async def _other_bytes(x: Exchange) -> None:
    """Stay with what came first when the same id comes with another content."""
    turn = await x.hand_over("other-bytes")
    event = orjson.loads(turn.letter.parcel.body)
    event["data"]["submission"]["note"] = "conformance/other-bytes: refuse rejected"
    await x.again(turn.letter, orjson.dumps(event))
    await _done(x, turn)
    await x.stays_silent(
        lambda: (
            x.said(turn, Kind.HOP_REFUSED, taken=False) or not _once(x, turn, Kind.HOP_RECEIVED)
        ),
        "a delivery's id came with another content, and that was acted on",
        "keep what came first under an id; report the other to whoever runs the gateway",
    )


# What is no hand-over


@_case("bad-signature", vi="Chữ ký sai", en="A wrong signature")
async def _bad_signature(x: Exchange) -> None:
    """Refuse a call that is signed with another key, and do nothing."""
    turn = await x.hand_over("bad-signature", send=False)
    answer = await x.post(turn.letter, secret=_STRANGER)
    _refused(answer, "a call with a wrong signature", "check webhook-signature before you read")
    await x.stays_silent(
        lambda: x.said(turn, taken=False),
        "a call with a wrong signature was acted on",
        "check webhook-signature before you read the body",
    )


@_case("tampered", vi="Nội dung bị sửa", en="A body that was changed on the way")
async def _tampered(x: Exchange) -> None:
    """Refuse a call whose body is not what was signed."""
    turn = await x.hand_over("tampered", send=False)
    answer = await x.post(turn.letter, tampered=True)
    _refused(answer, "a body that was not what was signed", "verify the raw bytes as they came")


@_case("stale-signature", vi="Chữ ký cũ", en="A signature from an hour ago")
async def _stale_signature(x: Exchange) -> None:
    """Refuse a signed call that is an hour old: somebody replays it."""
    turn = await x.hand_over("stale-signature", send=False)
    answer = await x.post(turn.letter, at=datetime.now(UTC) - timedelta(hours=1))
    _refused(answer, "an hour-old signature", "refuse a webhook-timestamp more than 5 minutes off")


@_case("not-a-message", vi="Không phải thông điệp", en="Not a message")
async def _not_a_message(x: Exchange) -> None:
    """Answer something that is no JSON without falling over."""
    turn = await x.hand_over("not-a-message", send=False)
    answer = await x.post(turn.letter, body=b"not a message at all")
    _refused(answer, "what is no message", "answer 400 or 422 to what cannot be read")
    await x.deliver(turn.letter)
    await _done(x, turn)


@_case("unknown-kind", vi="Loại thông điệp lạ", en="A kind it does not know")
async def _unknown_kind(x: Exchange) -> None:
    """Answer an event of a kind that you do not know, and go on."""
    turn = await x.hand_over("unknown-kind")
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:lienthong:gateway:vn.lienthong.conformance",
        "type": "vn.lienthong.unheard.of.v9",
        "subject": turn.subject,
        "datacontenttype": "application/json",
        "data": {},
    }
    letter = x.surface.player.notice(Kind.HOP_CHANGED, turn.subject, {})
    if x.address is None:
        raise NotApplicable("the mailbox brings only what the gateway owes")
    answer = await x.post(letter, body=orjson.dumps(event))
    require(
        isinstance(answer, RawAnswer) and answer.status < 500,
        f"an unknown kind was answered {told(answer)}",
        "answer 2xx (noted) or 4xx (not understood): kinds are added over the years",
    )
    await _done(x, turn)


# What the agency may answer


async def _refuses(x: Exchange, case: str, reason: str) -> Turn:
    turn = await x.hand_over(case, f"refuse {reason}")
    heard = await x.hears(turn, Kind.HOP_REFUSED)
    require(
        heard.data.reason == reason,
        f"the refusal's reason is {heard.data.reason}, not {reason}",
        "send the reason that the officer chose; each leads somewhere else",
    )
    return turn


@_case("refused-not-competent", vi="Từ chối: không đúng thẩm quyền", en="Refused: not competent")
async def _refused_not_competent(x: Exchange) -> None:
    """Refuse a dossier as not competent, with the typed reason."""
    await _refuses(x, "refused-not-competent", "not_competent")


@_case("refused-incomplete", vi="Từ chối: thiếu thành phần", en="Refused: incomplete")
async def _refused_incomplete(x: Exchange) -> None:
    """Refuse a dossier as incomplete, and do nothing more once the refusal is acknowledged."""
    turn = await _refuses(x, "refused-incomplete", "incomplete")
    x.surface.player.say(x.place.originator, Kind.REFUSAL_ACKNOWLEDGED, turn.subject, turn.of())
    await x.pass_on()
    await x.stays_silent(
        lambda: x.said(turn, Kind.HOP_COMPLETED, taken=False),
        "a hop that had been refused was completed",
        "a refusal ends the turn: what comes back is a new round",
    )


@_case("returned", vi="Trả lại bước trước", en="Returned to an earlier step")
async def _returned(x: Exchange) -> None:
    """Return a dossier to an earlier step, naming the step."""
    turn = await x.hand_over("returned", "return")
    await x.hears(turn, Kind.HOP_RETURNED)


@_case("second-round", vi="Vòng thứ hai", en="The second round")
async def _second_round(x: Exchange) -> None:
    """Work on what comes back in a new round, and name that round."""
    turn = await x.hand_over("second-round", "return")
    heard = await x.hears(turn, Kind.HOP_RETURNED)
    player = x.surface.player
    x.finish_hop(turn.transfer, turn.subject, heard.data.to_step)
    player_hops = [one for one in player.transfer(turn.transfer).hops.values() if one.is_running]
    for hop in player_hops:
        if hop.agency != player.agency:
            x.finish_hop(turn.transfer, turn.subject, hop.step)
    again = await x.offered(turn.transfer, round_=2)
    await _done(x, again)


@_case("paused-and-resumed", vi="Tạm dừng và tiếp tục", en="Paused and resumed")
async def _paused_and_resumed(x: Exchange) -> None:
    """Pause for a supplement with its legal basis; resume when it has come; then complete."""
    turn = await x.hand_over("paused-and-resumed", "pause")
    heard = await x.hears(turn, Kind.HOP_PAUSED)
    require(
        bool(heard.data.legal_basis.strip()),
        "the pause has no legal basis",
        "name the article that lets the clock stand",
    )
    if x.hop(turn).state is HopState.PAUSED:
        note = "Bổ sung theo yêu cầu (bộ kiểm thử)."
        x.surface.player.say(
            x.place.originator, Kind.SUPPLEMENT_PROVIDED, turn.subject, turn.of(note=note)
        )
        await x.pass_on()
    await x.hears(turn, Kind.HOP_RESUMED, remedy="send hop.resumed when the supplement is here")
    await x.hears(turn, Kind.HOP_COMPLETED)


# What the gateway tells meanwhile


@_case("cancelled", vi="Bàn giao bị hủy", en="The hand-over is cancelled")
async def _cancelled(x: Exchange) -> None:
    """Stop working on a dossier whose hand-over is cancelled."""
    turn = await x.hand_over("cancelled", "hold")
    await x.hears(turn, Kind.HOP_RECEIVED)
    data = {"transfer": str(turn.transfer), "reason": "Thử nghiệm: rút hồ sơ."}
    x.surface.player.say(x.place.originator, Kind.TRANSFER_WITHDRAWN, turn.subject, data)
    await x.pass_on()
    await x.stays_silent(
        lambda: x.said(turn, Kind.HOP_COMPLETED, taken=False),
        "a hop that was cancelled was completed",
        "on handover.cancelled stop the work and show the officer why",
    )


@_case("clock-warned", vi="Cảnh báo thời hạn", en="Warned of a deadline")
async def _clock_warned(x: Exchange) -> None:
    """Take a warning that a deadline comes near, and go on."""
    turn = await x.hand_over("clock-warned", "hold")
    soon = datetime.now(UTC) + timedelta(hours=1)
    data = turn.of(agency=x.surface.player.agency, threshold="80%", deadline_at=soon)
    await x.tell(Kind.CLOCK_WARNED, turn, data)


@_case("clock-breached", vi="Quá hạn", en="Told of a missed deadline")
async def _clock_breached(x: Exchange) -> None:
    """Take the notice of a missed deadline, and go on."""
    turn = await x.hand_over("clock-breached", "hold")
    now = datetime.now(UTC)
    data = turn.of(
        agency=x.surface.player.agency, limit="receipt", deadline_at=now, breached_at=now
    )
    await x.tell(Kind.CLOCK_BREACHED, turn, data)


@_case("news-of-a-stranger", vi="Tin về hồ sơ chưa biết", en="News of a dossier it has not seen")
async def _news_of_a_stranger(x: Exchange) -> None:
    """Take news that comes before the hand-over that it is about."""
    turn = await x.hand_over("news-of-a-stranger", send=False)
    change = {"transfer": str(turn.transfer), "state": "open", "change": "corrected"}
    await x.tell(Kind.TRANSFER_CHANGED, turn, change)
    await x.deliver(turn.letter)
    await _done(x, turn)


@_case("finished", vi="Lượt liên thông kết thúc", en="The transfer is over")
async def _finished(x: Exchange) -> None:
    """Take the end of a transfer that you took part in."""
    turn = await x.hand_over("finished")
    await _done(x, turn)
    now = datetime.now(UTC)
    end = {"transfer": str(turn.transfer), "state": "completed", "finished_at": now, "results": []}
    await x.tell(Kind.TRANSFER_FINISHED, turn, end)


# When the gateway is in trouble


def _same_message(said: list[Heard]) -> bool:
    return len({(one.id, one.digest) for one in said}) <= 1


@_case("gateway-unavailable", vi="Cổng tạm ngừng", en="The gateway takes nothing for a while")
async def _gateway_unavailable(x: Exchange) -> None:
    """Send again what was answered 503, with the same id and the same bytes."""
    x.surface.faults.unavailable = 1
    turn = await x.hand_over("gateway-unavailable")
    try:
        await x.hears(
            turn, Kind.HOP_RECEIVED, remedy="send again what was answered 503, after Retry-After"
        )
    finally:
        x.surface.faults.unavailable = 0
    await x.hears(turn, Kind.HOP_COMPLETED)


@_case("answer-lost", vi="Mất phản hồi", en="The answer gets lost")
async def _answer_lost(x: Exchange) -> None:
    """Send again a message whose answer broke off, as the same message."""
    x.surface.faults.lost = 1
    turn = await x.hand_over("answer-lost")
    try:
        await x.hears(turn, Kind.HOP_RECEIVED)
        await x.until(
            lambda: len(x.said(turn, Kind.HOP_RECEIVED, taken=False)) > 1,
            "a message whose answer broke off was not sent again",
            "without an answer nobody knows: send the same message again until there is a receipt",
        )
        require(
            _same_message(x.said(turn, Kind.HOP_RECEIVED, taken=False)),
            "the message came again under another id, or with another content",
            "keep the message with its id until there is a receipt, and send those bytes",
        )
    finally:
        x.surface.faults.lost = 0


@_case("token-expired", vi="Mã truy cập hết hạn", en="The token runs out")
async def _token_expired(x: Exchange) -> None:
    """Fetch a new token when the old one is answered 401, and send again."""
    x.surface.revoke()
    turn = await x.hand_over("token-expired")
    await x.hears(turn, Kind.HOP_RECEIVED, remedy="on 401 fetch a new token once, and send again")


# As the one that sends dossiers out


async def _submits(x: Exchange, case: str, asked: str) -> tuple[str, str]:
    """Ask for a submission; return the transfer and the dossier's code."""
    if not x.originates:
        raise NotApplicable("the software sends no dossiers out")
    player = x.surface.player
    known = len(player.heard)
    x.prompt(f"conformance/{case}: {asked}")

    def submitted() -> list[Heard]:
        return [
            one for one in player.heard[known:] if one.kind is Kind.TRANSFER_SUBMITTED and one.taken
        ]

    def missing() -> str:
        refused = [one for one in player.heard[known:] if one.answer.problem is not None]
        why = f"; refused: {refused[-1].answer.problem}" if refused else ""
        return f"no transfer.submitted was accepted within {x.patience:g} s{why}"

    await x.until(submitted, missing, "submit a dossier when the kit asks for one")
    [first, *_] = submitted()
    assert first.subject is not None
    return str(first.receipt["transfer"]), first.subject


@_case("submits", vi="Gửi hồ sơ", en="Submits a dossier")
async def _submits_one(x: Exchange) -> None:
    """Submit a dossier that is accepted."""
    await _submits(x, "submits", "submit any dossier")


@_case("acknowledges-refusal", vi="Xác nhận đã biết bị từ chối", en="Acknowledges a refusal")
async def _acknowledges(x: Exchange) -> None:
    """Acknowledge a refusal of what you sent."""
    transfer, subject = await _submits(x, "acknowledges-refusal", "submit any dossier")
    hop = _first_hop(x, transfer)
    data = {"transfer": transfer, "step": hop.step, "round": 1}
    refusal = {"reason": "rejected", "explanation": "Bộ kiểm thử từ chối."}
    x.surface.player.say(hop.agency or "", Kind.HOP_REFUSED, subject, data | refusal)
    await x.pass_on()
    await x.until(
        lambda: any(
            one.kind is Kind.REFUSAL_ACKNOWLEDGED
            and str(getattr(one.data, "transfer", "")) == transfer
            for one in x.surface.player.heard
        ),
        "a refusal was not acknowledged",
        "send refusal.acknowledged once an officer has seen hop.changed with state refused",
    )


@_case("provides-supplement", vi="Bổ sung hồ sơ", en="Provides a supplement")
async def _provides(x: Exchange) -> None:
    """Provide what the citizen is asked for."""
    transfer, subject = await _submits(x, "provides-supplement", "submit any dossier")
    hop = _first_hop(x, transfer)
    data = {"transfer": transfer, "step": hop.step, "round": 1}
    player = x.surface.player
    player.say(hop.agency or "", Kind.HOP_RECEIVED, subject, data)
    pause = {"reason": "supplement", "legal_basis": "Bộ kiểm thử", "explanation": "Thiếu giấy tờ."}
    player.say(hop.agency or "", Kind.HOP_PAUSED, subject, data | pause)
    await x.pass_on()
    await x.until(
        lambda: any(
            one.kind is Kind.SUPPLEMENT_PROVIDED
            and str(getattr(one.data, "transfer", "")) == transfer
            for one in player.heard
        ),
        "no supplement was provided",
        "on supplement.requested ask the citizen, and send supplement.provided",
    )


def _first_hop(x: Exchange, transfer: str) -> Hop:
    hops = x.surface.player.transfer(UUID(transfer)).hops.values()
    return next(one for one in hops if one.is_running)


async def _deliver_body(x: Exchange, turn: Turn, body: bytes) -> None:
    """Deliver an offer with another body than the gateway wrote."""
    turn.letter.parcel = replace(turn.letter.parcel, body=body)
    await x.deliver(turn.letter)


def _refused(answer: RawAnswer | NoAnswer, what: str, remedy: str) -> None:
    require(
        isinstance(answer, RawAnswer) and 400 <= answer.status < 500,
        f"{what} was answered {told(answer)}",
        remedy,
    )
