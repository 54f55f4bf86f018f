"""What the webhook connector answers when the agency's system fails, one way after another."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from standardwebhooks.webhooks import Webhook

from connectors.protocol import (
    NOT_ATTEMPTED,
    Delivered,
    Endpoint,
    Refused,
    Unreachable,
)
from connectors.simulators import Behaviour, Fault, HttpFault, Script, WebhookAgency, running
from connectors.simulators.webhook_server import bind_loopback
from connectors.webhook import WebhookCaller
from gateway.clock import SteppedClock
from tests.contract.connectors.stand_in import SECRET, StandIn, eventually
from tests.contract.connectors.ways import (
    CODE,
    FRIDAY,
    ISSUER,
    MONDAY,
    WEBHOOK_SECRET,
    SteppedWake,
    handover,
)

PARCEL = handover()


@pytest.fixture
async def caller() -> AsyncIterator[WebhookCaller]:
    caller = WebhookCaller()
    yield caller
    await caller.aclose()


def agency_that(script: Script, **options: Any) -> WebhookAgency:
    codes = (f"{ISSUER}-260302-{n:04}" for n in range(1, 20))
    return WebhookAgency(
        CODE,
        "http://gateway.test",
        client_id=CODE,
        client_secret=SECRET,
        secret=WEBHOOK_SECRET,
        transport=httpx.ASGITransport(StandIn().app),
        behaviour=Behaviour(scripts=dict.fromkeys(codes, script)),
        wake=SteppedWake(SteppedClock(MONDAY, FRIDAY)),
        **options,
    )


def endpoint_of(agency: WebhookAgency, *, timeout: float = 5.0) -> Endpoint:
    return Endpoint(CODE, "webhook", agency.address, WEBHOOK_SECRET, timeout=timeout)


@asynccontextmanager
async def answering(raw: bytes, *, then_hang: bool = False) -> AsyncIterator[str]:
    """Serve these very bytes to every connection, whatever it says."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        if then_hang:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    ("fault", "code", "unknown", "acted_at_first"),
    [
        (HttpFault(Fault.STATUS, status=500), "http-500", True, 0),
        (HttpFault(Fault.STATUS, status=503), "http-503", False, 0),
        (HttpFault(Fault.STATUS, status=429, retry_after="7"), "http-429", False, 0),
        (HttpFault(Fault.STATUS, status=401), "http-401", False, 0),
        (HttpFault(Fault.HANG), "timeout", True, 0),
        (HttpFault(Fault.DRIP), "timeout", True, 1),
        (HttpFault(Fault.CUT), "cut", True, 1),
    ],
    ids=lambda value: value.fault.value if isinstance(value, HttpFault) else str(value),
)
async def test_a_failing_system_gets_the_same_parcel_again_and_acts_once(
    caller: WebhookCaller, fault: HttpFault, code: str, unknown: bool, acted_at_first: int
) -> None:
    agency = agency_that(Script(fault=fault))
    endpoint = endpoint_of(agency, timeout=0.5)
    delivery = str(PARCEL.delivery)

    async with running(agency):
        (first,) = await caller.send(endpoint, [PARCEL])
        acted = agency.record.acted[delivery]
        (second,) = await caller.send(endpoint, [PARCEL])

    assert isinstance(first, Unreachable)
    assert (first.code, first.unknown) == (code, unknown)
    assert first.retry_after == (7.0 if fault.retry_after else None)
    assert acted == acted_at_first
    assert isinstance(second, Delivered)
    assert agency.record.acted[delivery] == 1
    assert agency.record.altered == []


async def test_a_giant_answer_is_read_no_further_than_the_bound(caller: WebhookCaller) -> None:
    agency = agency_that(Script(fault=HttpFault(Fault.GIANT)))
    loop = asyncio.get_running_loop()

    async with running(agency):
        began = loop.time()
        (outcome,) = await caller.send(endpoint_of(agency), [PARCEL])

    assert isinstance(outcome, Delivered)
    assert loop.time() - began < 3


async def test_a_redirect_is_not_followed(caller: WebhookCaller) -> None:
    agency = agency_that(Script(fault=HttpFault(Fault.REDIRECT)))

    async with running(agency):
        (outcome,) = await caller.send(endpoint_of(agency), [PARCEL])

    assert outcome == Refused("http-307", "the agency's system answered 307")
    assert agency.record.received == {}


@pytest.mark.parametrize("status", [400, 409, 410, 422])
async def test_a_refusal_is_for_good(caller: WebhookCaller, status: int) -> None:
    agency = agency_that(Script(fault=HttpFault(Fault.STATUS, status=status)))

    async with running(agency):
        (outcome,) = await caller.send(endpoint_of(agency), [PARCEL])

    assert isinstance(outcome, Refused)


async def test_a_closed_port_is_unreachable_and_nothing_was_sent(caller: WebhookCaller) -> None:
    agency = agency_that(Script())

    (before,) = await caller.send(endpoint_of(agency), [PARCEL])
    async with running(agency):
        async with agency.out_of_reach():
            (meanwhile,) = await caller.send(endpoint_of(agency), [PARCEL])
        (after,) = await caller.send(endpoint_of(agency), [PARCEL])

    expected = Unreachable("no-connection", "no connection; nothing was sent")
    assert [before, meanwhile] == [expected, expected]
    assert isinstance(after, Delivered)


async def test_a_wrong_signature_is_not_taken_and_may_be_once_the_secrets_agree(
    caller: WebhookCaller,
) -> None:
    agency = agency_that(Script())
    other = "whsec_" + "b3RoZXItc3ludGhldGljLXNlY3JldA=="

    async with running(agency):
        (outcome,) = await caller.send(replace(endpoint_of(agency), secret=other), [PARCEL])
        taken_before = dict(agency.record.received)
        (again,) = await caller.send(endpoint_of(agency), [PARCEL])

    assert outcome == Unreachable("http-401", "the agency's system answered 401")
    assert (agency.rejected, taken_before) == (1, {})
    assert isinstance(again, Delivered)


async def test_while_a_key_is_rotated_either_signature_is_good(caller: WebhookCaller) -> None:
    agency = agency_that(Script())
    both = "whsec_b3RoZXItc3ludGhldGljLXNlY3JldA== " + WEBHOOK_SECRET

    async with running(agency):
        (outcome,) = await caller.send(replace(endpoint_of(agency), secret=both), [PARCEL])

    assert isinstance(outcome, Delivered)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program")
    folder: Path = tmp_path_factory.mktemp("tls")
    files = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=agency.test", "-out", files[0], "-keyout", files[1]]
    subprocess.run(command, check=True, capture_output=True)
    return files


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(
    caller: WebhookCaller, certificate: tuple[str, str]
) -> None:
    agency = agency_that(Script(), tls=certificate)

    async with running(agency):
        (outcome,) = await caller.send(endpoint_of(agency), [PARCEL])

    assert outcome == Unreachable("tls", "no connection; nothing was sent")
    assert agency.record.received == {}


async def test_plain_text_where_tls_is_expected_is_not_accepted(caller: WebhookCaller) -> None:
    agency = agency_that(Script())
    address = agency.address.replace("http:", "https:")

    async with running(agency):
        (outcome,) = await caller.send(replace(endpoint_of(agency), address=address), [PARCEL])

    assert isinstance(outcome, Unreachable)
    assert outcome.code == "tls"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"x-long: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
    ids=["nothing", "no-http", "short", "bad-chunk", "long-header"],
)
async def test_a_broken_answer_is_unknown(caller: WebhookCaller, raw: bytes) -> None:
    async with answering(raw) as address:
        endpoint = Endpoint(CODE, "webhook", address, WEBHOOK_SECRET, timeout=3)
        (outcome,) = await caller.send(endpoint, [PARCEL])

    assert isinstance(outcome, Unreachable)
    assert (outcome.code, outcome.unknown) == ("cut", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": None}, "not-configured"),
        ({"secret": None}, "not-configured"),
        ({"secret": "whsec_"}, "bad-secret"),
        ({"secret": "whsec_é"}, "bad-secret"),
        ({"address": "ftp://agency.test/"}, "bad-address"),
        ({"address": "no address"}, "bad-address"),
        ({"address": "http://[::1"}, "bad-address"),
    ],
)
async def test_a_wrong_configuration_is_refused_without_a_call(
    caller: WebhookCaller, change: dict[str, Any], code: str
) -> None:
    endpoint = Endpoint(CODE, "webhook", "http://127.0.0.1:9/", WEBHOOK_SECRET, timeout=2)

    (outcome,) = await caller.send(replace(endpoint, **change), [PARCEL])

    assert isinstance(outcome, Refused)
    assert outcome.code == code


async def test_the_whole_call_ends_within_the_timeout_and_gives_the_rest_back(
    caller: WebhookCaller,
) -> None:
    agency = agency_that(Script(fault=HttpFault(Fault.HANG, times=9)))
    loop = asyncio.get_running_loop()
    parcels = [handover(1, step=f"s{n}") for n in range(3)] + [handover(n) for n in range(2, 14)]

    async with running(agency):
        began = loop.time()
        outcomes = await caller.send(endpoint_of(agency, timeout=0.6), parcels)
        waited = loop.time() - began

    timed_out = [o for o in outcomes if isinstance(o, Unreachable) and o.code == "timeout"]
    assert waited < 2
    assert len(timed_out) == 4
    assert outcomes.count(NOT_ATTEMPTED) == len(parcels) - 4
    assert outcomes[1:3] == [NOT_ATTEMPTED] * 2


async def test_a_dossier_that_fails_holds_up_no_other(caller: WebhookCaller) -> None:
    failing = Behaviour(
        scripts={f"{ISSUER}-260302-0001": Script(fault=HttpFault(Fault.STATUS, times=9))}
    )
    agency = WebhookAgency(
        CODE,
        "http://gateway.test",
        client_id=CODE,
        client_secret=SECRET,
        secret=WEBHOOK_SECRET,
        transport=httpx.ASGITransport(StandIn().app),
        behaviour=failing,
        wake=SteppedWake(SteppedClock(MONDAY, FRIDAY)),
    )
    parcels = [handover(1), handover(1, step="next"), handover(2), handover(2, step="next")]

    async with running(agency):
        outcomes = await caller.send(endpoint_of(agency), parcels)
        await eventually(lambda: agency.record.deliveries == 2)

    assert [type(o) for o in outcomes] == [Unreachable, Unreachable, Delivered, Delivered]
    assert outcomes[1] == NOT_ATTEMPTED
    assert [step for (_, step, _) in agency.record.acted_hops] == ["civil-status", "next"]


@respx.mock
async def test_the_request_is_a_signed_structured_event(caller: WebhookCaller) -> None:
    route = respx.post("https://agency.test/hook").respond(202, headers={"date": "now"})
    parcel = replace(PARCEL, traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01")
    endpoint = Endpoint(CODE, "webhook", "https://agency.test/hook", WEBHOOK_SECRET)

    (outcome,) = await caller.send(endpoint, [parcel])
    request = route.calls.last.request

    assert outcome == Delivered("HTTP 202", at_remote="now")
    assert request.content == parcel.body
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert request.headers["webhook-id"] == str(parcel.delivery)
    assert request.headers["traceparent"] == parcel.traceparent
    Webhook(WEBHOOK_SECRET).verify(request.content, dict(request.headers))


@respx.mock
async def test_a_refused_connection_is_tried_once_more_within_the_call(
    caller: WebhookCaller,
) -> None:
    route = respx.post("https://agency.test/hook")
    route.side_effect = [httpx.ConnectError("refused"), httpx.Response(204)]
    endpoint = Endpoint(CODE, "webhook", "https://agency.test/hook", WEBHOOK_SECRET)

    (outcome,) = await caller.send(endpoint, [PARCEL])

    assert isinstance(outcome, Delivered)
    assert route.call_count == 2


async def test_a_port_that_is_taken_but_not_listening_refuses() -> None:
    with bind_loopback() as bound:
        caller = WebhookCaller()
        address = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        endpoint = Endpoint(CODE, "webhook", address, WEBHOOK_SECRET)

        (outcome,) = await caller.send(endpoint, [PARCEL])
        await caller.aclose()

    assert isinstance(outcome, Unreachable)
    assert not outcome.unknown


async def test_hundreds_of_systems_that_never_answer_hold_up_no_other(
    caller: WebhookCaller,
) -> None:
    async with (
        answering(b"", then_hang=True) as silent,
        answering(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n") as well,
    ):
        hanging = Endpoint(CODE, "webhook", silent, WEBHOOK_SECRET, timeout=60.0)
        calls = [asyncio.create_task(caller.send(hanging, [PARCEL])) for _ in range(250)]
        await asyncio.wait(calls, timeout=0.01)

        [outcome] = await caller.send(replace(hanging, address=well, timeout=20.0), [PARCEL])

        assert isinstance(outcome, Delivered)
        assert not any(call.done() for call in calls)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
