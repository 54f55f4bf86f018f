"""Schemathesis: what the document allows, and much that it does not, is answered as it says.

Every operation is called, those of operators too, in three ways: as the document allows, against
what it allows, and as it allows but about what exists.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from gateway.api.app import openapi_document
from gateway.http_server import listen, serve_http
from tests.integration.api.running import Api

CALLER: Final = "H31.102"
"""An agency that no example of the document names: operators suspend those that are named."""
EXAMPLES = 12
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    ignored_auth,
    missing_required_header,
    unsupported_method,
)
TAKES_ANYTHING: Final = {
    "POST /v1/messages": "a batch is answered with 200, and what is refused by its problem in it",
    "POST /v1/messages/validate": "saying why something is refused is what it is for",
    **dict.fromkeys(
        (
            "POST /v1/documents/uploads",
            "POST /v1/documents/uploads/{upload}",
            "HEAD /v1/documents/uploads/{upload}",
            "PATCH /v1/documents/uploads/{upload}",
            "DELETE /v1/documents/uploads/{upload}",
        ),
        "who does not name its version of tus is answered 412 before all else",
    ),
}
"""Operations that may answer what the document forbids in another way than by refusing it."""
NEVER_IN_VAIN: Final = frozenset(
    {
        "GET /v1/transfers/{transfer}",
        "GET /v1/dossiers/{code}",
        "GET /v1/agencies/{code}",
        "GET /v1/procedures",
        "GET /v1/procedures/{code}",
        "GET /v1/units",
        "GET /v1/units/{code}",
        "POST /v1/mailbox/{delivery}/ack",
        "GET /v1/operations/transfers/{transfer}",
        "GET /v1/operations/stuck/{cause}",
        "GET /schemas/{name}",
    }
)
"""Operations on one thing that exists: among the generated requests are some that find it."""


# A piece of a document is bytes, like any other.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@dataclass(slots=True)
class Trial:
    """Calls one operation after another, and keeps the statuses that each answered."""

    base_url: str
    headers: dict[str, str]
    existing: Mapping[str, str]
    met: dict[str, set[int]] = field(default_factory=dict)

    def every_operation(self) -> None:
        schema = schemathesis.openapi.from_dict(openapi_document())
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            self._operation(found.ok())

    def _operation(self, operation: Any) -> None:
        self.met[operation.label] = set()
        allowed = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        _each(allowed, self._call)
        if self._known(operation.label):
            _each(allowed, self._call_about_what_exists)
        if any(operation.iter_parameters()) or operation.body:
            forbidden = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
            takes = operation.label in TAKES_ANYTHING
            _each(forbidden, self._call if takes else self._call_in_vain)

    def _call(self, case: Any, *more: Any) -> None:
        response = case.call(base_url=self.base_url, headers=self.headers, timeout=15)
        self.met[case.operation.label].add(response.status_code)
        case.validate_response(response, checks=[*CHECKS, *more], headers=self.headers)

    def _call_about_what_exists(self, case: Any) -> None:
        case.path_parameters = {**case.path_parameters, **self._known(case.operation.label)}
        self._call(case)

    def _known(self, label: str) -> dict[str, str]:
        return {
            place.partition("{")[2].rstrip("}"): value
            for place, value in self.existing.items()
            if label.partition(" ")[2].startswith(place)
        }

    def _call_in_vain(self, case: Any) -> None:
        self._call(case, negative_data_rejection)


def _each(strategy: Any, call: Callable[[Any], None]) -> None:
    @seed(20260302)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def holds(case: Any) -> None:
        call(case)

    run: Callable[[], None] = holds
    run()


# The gateway's loops draw their jitter while hypothesis watches the global generator.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_every_operation_answers_as_documented(api: Api) -> None:
    api.state.bell.close()  # nobody waits for a mailbox here
    await api.reach_by("mailbox", CALLER)
    caller = await api.sign_in(CALLER, "operator")
    receipt = await api.submit(
        caller,
        source=f"urn:lienthong:agency:{CALLER}",
        subject=f"{CALLER}-260302-0001",
        data__procedure="2.000908",  # certified copies: every hop is the caller's own
        data__places={},
    )
    mail = await api.http.get("/v1/mailbox", headers=caller)
    existing = {
        "/v1/transfers/{transfer}": receipt["transfer"],
        "/v1/operations/transfers/{transfer}": receipt["transfer"],
        "/v1/dossiers/{code}": receipt["dossier"]["code"],
        "/v1/agencies/{code}": CALLER,
        "/v1/procedures/{code}": "2.000908",
        "/v1/units/{code}": "12499",
        "/v1/mailbox/{delivery}": mail.json()["items"][0]["delivery"],
        "/v1/operations/calendars/{calendar}": "vn",
        "/v1/operations/stuck/{cause}": "overdue",
        "/schemas/{name}": "hop.received.v1",
    }
    listener = listen("127.0.0.1", 0)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(api.app, listener, stop))
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        trial = Trial(url, caller, existing)
        await asyncio.to_thread(trial.every_operation)
    finally:
        stop.set()
        await serving

    met = trial.met
    assert len(met) == sum(len(one) for one in openapi_document()["paths"].values())
    assert set(TAKES_ANYTHING) <= set(met)
    in_vain = {label for label, statuses in met.items() if not {200, 201, 202, 204} & statuses}
    assert in_vain & NEVER_IN_VAIN == set()
    answer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=caller)
    assert answer.status_code == 200
