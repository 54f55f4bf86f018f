"""Our own simulated agencies are conformant: every case passes, or says why it does not apply."""

import pytest

from gateway.conformance.verdicts import Verdict
from tests.contract.conformance.stage import failed, run_all, under_test


@pytest.mark.parametrize("road", ["webhook", "mailbox"])
async def test_our_agencies_pass(road: str) -> None:
    async with under_test(road) as exchange:
        results = await run_all(exchange)

    assert failed(results) == {}
    skipped = {one.case for one in results if one.verdict is Verdict.NOT_APPLICABLE}
    only_called = {"bad-signature", "tampered", "stale-signature", "not-a-message", "unknown-kind"}
    assert skipped == (set() if road == "webhook" else only_called)
