"""What a connection's condition is called follows from its signs of life and from what waits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.joining.states import MemberState
from gateway.operations.agency_standing import Condition, Standing

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATELY, BEFORE, LONG_AGO = (NOW - timedelta(hours=hours) for hours in (1, 2, 30))
WELL: dict[str, Any] = {"connector": "webhook", "enabled": True, "heard_at": LATELY}


def standing(**facts: Any) -> Standing:
    return Standing("H31.101", facts.pop("state", MemberState.LIVE), **facts)


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        ({}, Condition.UNREACHED),
        ({**WELL, "enabled": False}, Condition.SHUT),
        ({**WELL, "state": MemberState.SUSPENDED, "breaker": "open"}, Condition.SHUT),
        ({**WELL, "breaker": "half-open", "failed_at": LATELY}, Condition.BREAKER_OPEN),
        ({**WELL, "failed_at": LATELY, "taken_at": BEFORE}, Condition.FAILING),
        ({**WELL, "failed_at": BEFORE, "taken_at": LATELY}, Condition.WELL),
        ({**WELL, "heard_at": LONG_AGO, "waiting": 1, "oldest_at": LONG_AGO}, Condition.SILENT),
        ({**WELL, "heard_at": LONG_AGO, "waiting": 1, "oldest_at": LATELY}, Condition.WELL),
        ({**WELL, "heard_at": LONG_AGO}, Condition.WELL),
        ({**WELL, "heard_at": None, "waiting": 1, "oldest_at": LONG_AGO}, Condition.SILENT),
        ({**WELL, "heard_at": None}, Condition.UNHEARD),
        ({**WELL, "latency_ms": 3000.0}, Condition.SLOW),
        ({**WELL, "latency_ms": 90_000.0, "connector": "mailbox"}, Condition.WELL),
        (WELL, Condition.WELL),
    ],
)
def test_a_condition_is_the_worst_that_is_true(facts: dict[str, Any], condition: Condition) -> None:
    assert standing(**facts).condition(NOW) is condition


def test_a_credential_ends_from_thirty_days_before_and_for_nobody_who_has_left() -> None:
    soon = NOW + timedelta(days=29)

    assert standing(ends_at=soon).credentials_end(NOW)
    assert not standing(ends_at=NOW + timedelta(days=31)).credentials_end(NOW)
    assert not standing(ends_at=soon, state=MemberState.REMOVED).credentials_end(NOW)
    assert not standing().credentials_end(NOW)
