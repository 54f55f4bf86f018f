"""Schemathesis: what the document allows, and much that it does not, is answered as it says."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.api.app import openapi_document
from gateway.http_server import listen, serve_http
from tests.integration.api.running import COMMUNE, Api

EXAMPLES = 12
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


# A piece of a document is bytes, like any other.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def _try_every_operation(base_url: str, headers: dict[str, str]) -> list[str]:
    """Call every operation with generated requests; return the operations that were tried."""
    tried: list[str] = []
    schema = schemathesis.openapi.from_dict(openapi_document())
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        _check(operation.as_strategy(), base_url, headers)
        tried.append(operation.label)
    return tried


def _check(strategy: Any, base_url: str, headers: dict[str, str]) -> None:
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
        response = case.call(base_url=base_url, headers=headers, timeout=15)
        case.validate_response(response, checks=list(CHECKS), headers=headers)

    run: Callable[[], None] = holds
    run()


# The gateway's loops draw their jitter while hypothesis watches the global generator.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
async def test_every_operation_answers_as_documented(api: Api) -> None:
    api.state.bell.close()  # nobody waits for a mailbox here
    caller = await api.sign_in(COMMUNE, "operator")
    receipt = await api.submit(caller)
    listener = listen("127.0.0.1", 0)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(api.app, listener, stop))
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        tried = await asyncio.to_thread(_try_every_operation, url, caller)
    finally:
        stop.set()
        await serving

    assert len(tried) == sum(len(one) for one in openapi_document()["paths"].values())
    answer = await api.http.get(f"/v1/transfers/{receipt['transfer']}", headers=caller)
    assert answer.status_code == 200
