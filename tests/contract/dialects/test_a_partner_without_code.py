"""A mapping file makes a connector: every way of signing in, every kind of answer, no code."""

import logging
from dataclasses import replace

import orjson
import pytest

from connectors.protocol import Delivered, Missing, Refused, Unreachable
from connectors.simulators.behaviour import Fault, HttpFault
from connectors.simulators.partner_server import Garbled
from connectors.simulators.token_partner import CLIENT_SECRET, PASSWORD, SHARED
from tests.contract.connectors.ways import handover
from tests.contract.dialects.conftest import AUTHENTICATIONS, OpenStage

WAYS = sorted(AUTHENTICATIONS)
RENEWED = sorted(set(AUTHENTICATIONS) - {"secret"})
DOSSIER = "H54.15.07-260302-0001"


@pytest.mark.parametrize("way", WAYS)
async def test_a_handover_is_written_in_the_partner_s_words(
    way: str, open_stage: OpenStage
) -> None:
    async with open_stage(way) as stage:
        outcome = await stage.hand_over(handover())

        assert outcome == Delivered("HTTP 200 0", outcome.at_remote)  # type: ignore[union-attr]
        written = stage.partner.dossiers[DOSSIER]
        assert written["maHoSo"] == DOSSIER
        assert written["chuHoSo"] == {"ten": "Nguyễn Thị Thử", "loai": 1}
        assert written["ngayTiepNhan"] == "20260302074500"
        assert written["hanXuLy"] == "03/03/2026 08:00:00"
        assert written["donVi"] == "G09.20"
        assert stage.partner.effects == [str(handover().delivery)]


@pytest.mark.parametrize("way", RENEWED)
async def test_one_login_serves_many_calls(way: str, open_stage: OpenStage) -> None:
    async with open_stage(way) as stage:
        outcomes = await stage.caller.send(stage.endpoint, [handover(n) for n in range(1, 6)])

        assert all(isinstance(outcome, Delivered) for outcome in outcomes)
        assert stage.partner.logins == 1


@pytest.mark.parametrize("way", RENEWED)
async def test_a_login_that_ran_out_is_renewed_once(way: str, open_stage: OpenStage) -> None:
    async with open_stage(way) as stage:
        await stage.hand_over(handover(1))
        stage.partner.forget_tokens()

        outcome = await stage.hand_over(handover(2))

        assert isinstance(outcome, Delivered)
        assert stage.partner.logins == 2


@pytest.mark.parametrize("way", RENEWED)
async def test_who_is_not_let_in_sends_nothing_and_tries_later(
    way: str, open_stage: OpenStage
) -> None:
    async with open_stage(way) as stage:
        wrong = {"username": "x", "password": "x", "client_id": "x", "client_secret": "x"}
        endpoint = replace(stage.endpoint, secret=orjson.dumps(wrong).decode())
        [outcome] = await stage.caller.send(endpoint, [handover()])

        assert isinstance(outcome, Unreachable)
        assert (outcome.code, outcome.unknown) == ("no-login", False)
        assert stage.partner.dossiers == {}


async def test_a_missing_secret_is_an_administrator_s_to_mend(open_stage: OpenStage) -> None:
    async with open_stage("session") as stage:
        endpoint = replace(stage.endpoint, secret='{"username": "lienthong"}')

        [outcome] = await stage.caller.send(endpoint, [handover()])

        assert isinstance(outcome, Refused)
        assert outcome.code == "not-configured"
        assert stage.server.seen == []


@pytest.mark.parametrize(
    ("code", "kind", "unknown"),
    [
        (200, Refused, False),
        ("200", Refused, False),
        ("500", Unreachable, False),
        (999, Unreachable, True),
    ],
)
async def test_codes_decide_and_never_the_sentence_beside_them(
    code: object, kind: type, unknown: bool, open_stage: OpenStage
) -> None:
    async with open_stage() as stage:
        stage.partner.code = code

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, kind)
        assert getattr(outcome, "unknown", False) is unknown
        assert getattr(outcome, "unlisted", False) is (code == 999)
        assert "thành công" not in repr(outcome)


async def test_a_lost_answer_is_asked_after_and_not_sent_again(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        stage.server.faults.append(HttpFault(Fault.CUT))

        outcome = await stage.hand_over(handover())
        asked = await stage.caller.ask(stage.endpoint, handover())

        assert isinstance(outcome, Unreachable)
        assert outcome.unknown
        assert asked == Delivered("status 4")
        assert stage.server.paths() == ["/api/NoiHoSo", f"/dossiers/{DOSSIER}"]


async def test_what_the_partner_says_it_has_not_may_be_sent_again(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        assert await stage.caller.ask(stage.endpoint, handover()) == Missing()


async def test_a_call_that_it_had_before_counts_as_delivered(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        stage.server.faults.append(HttpFault(Fault.CUT))
        await stage.hand_over(handover())

        assert await stage.hand_over(handover()) == Delivered("already: 409")
        assert len(stage.partner.effects) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"message": "ok"}', b"[1, 2]"])
async def test_an_answer_without_its_code_says_nothing(body: bytes, open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        stage.server.faults.append(Garbled(body))

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, Unreachable)
        assert (outcome.code, outcome.unknown) == ("unreadable", True)


@pytest.mark.parametrize(
    ("fault", "code", "unknown"),
    [
        (HttpFault(Fault.HANG), "timeout", True),
        (HttpFault(Fault.CUT), "cut", True),
        (HttpFault(Fault.STATUS, status=502), "http-502", True),
        (HttpFault(Fault.STATUS, status=503, retry_after="7"), "http-503", False),
        (HttpFault(Fault.STATUS, status=429), "http-429", False),
    ],
)
async def test_what_can_go_wrong_on_the_way(
    fault: HttpFault, code: str, unknown: bool, open_stage: OpenStage
) -> None:
    async with open_stage(within=0.5) as stage:
        stage.server.faults.append(fault)

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, Unreachable)
        assert (outcome.code, outcome.unknown) == (code, unknown)
        assert outcome.retry_after == (7.0 if fault.retry_after else None)


async def test_no_redirect_is_followed(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        stage.server.faults.append(HttpFault(Fault.REDIRECT))

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, Refused)
        assert stage.server.paths() == ["/api/NoiHoSo"]


async def test_what_the_dialect_cannot_say_is_refused_by_its_place_and_not_shortened(
    open_stage: OpenStage,
) -> None:
    async with open_stage() as stage:
        parcel = handover()
        parcel.envelope["data"]["submission"]["applicant"]["name"] = "Nguyễn " * 20
        parcel = replace(parcel, body=orjson.dumps(parcel.envelope))

        outcome = await stage.hand_over(parcel)

        assert isinstance(outcome, Refused)
        assert outcome.code == "unfit"
        assert outcome.detail == "too-long at /chuHoSo/ten: at most 40 characters"
        assert stage.server.seen == []


@pytest.mark.parametrize("way", WAYS)
async def test_no_secret_is_ever_shown(
    way: str, open_stage: OpenStage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_stage(way) as stage:
        await stage.hand_over(handover())

        shown = caplog.text + repr(stage.endpoint) + repr(stage.caller._credentials)
        assert not [one for one in (SHARED, PASSWORD, CLIENT_SECRET, "token-1") if one in shown]
        assert all("token-1" not in path for path in stage.server.paths())


@pytest.mark.parametrize("code", [r"\u0000", "Trần Thị Bí Mật", "x" * 100_000, r"\r\nX-Other: 1"])
async def test_what_a_stranger_writes_into_its_code_is_copied_nowhere(
    code: str, open_stage: OpenStage
) -> None:
    async with open_stage() as stage:
        stage.server.faults.append(Garbled(f'{{"code": "{code}"}}'.encode()))

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, Unreachable)
        assert outcome.unlisted
        assert (outcome.code + outcome.detail).isascii()
        assert (outcome.code + outcome.detail).isprintable()
        assert len(outcome.detail) < 200


@pytest.mark.parametrize("token", ["é", "😀", r"a\r\nX-Other: 1", r"\u0000", " ", ""])
@pytest.mark.parametrize("way", ["session", "oauth2-client-credentials", "oauth2-password"])
async def test_a_login_that_brings_what_no_header_holds_has_failed(
    way: str, token: str, open_stage: OpenStage
) -> None:
    async with open_stage(way) as stage:
        login = f'{{"code": "0", "session": "{token}", "access_token": "{token}"}}'
        stage.server.faults.append(Garbled(login.encode()))

        outcome = await stage.hand_over(handover())

        assert isinstance(outcome, Unreachable)
        assert (outcome.code, outcome.unknown) == ("no-login", False)
        assert not stage.partner.effects
