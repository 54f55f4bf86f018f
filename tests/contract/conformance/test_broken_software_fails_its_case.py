"""Software that breaks one rule fails the cases that ask for this rule, and no other."""

import asyncio

from tests.contract.conformance.broken import BREACHES, Breach
from tests.contract.conformance.stage import failed, run_all, under_test


async def test_each_fails_exactly_what_it_breaks() -> None:
    async def run(breach: Breach) -> tuple[str, dict[str, str | None], bool]:
        async with under_test(
            "webhook", make=breach.make, patience=5.0, behaviour=breach.behaviour
        ) as exchange:
            results = await run_all(exchange)
        told = all(one.remedy for one in results if one.case in breach.fails)
        return breach.breaks, failed(results), told

    found = await asyncio.gather(*(run(breach) for breach in BREACHES))

    expected = {breach.breaks: set(breach.fails) for breach in BREACHES}
    assert {breaks: set(fails) for breaks, fails, _ in found} == expected, found
    assert all(told for _, _, told in found)
