"""What an HTTP answer means, and how long it asks to wait."""

from datetime import UTC, datetime

import pytest

from connectors.protocol import Delivered, Outcome, Refused, Unreachable
from connectors.webhook_answers import LONGEST_RETRY_AFTER, judge_answer, read_retry_after

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((200, 201, 202, 204, 299), Delivered),
        ((301, 302, 307, 308), Refused),
        ((400, 405, 409, 410, 413, 415, 422, 451), Refused),
        ((401, 403, 404, 408, 425, 429), Unreachable),
        ((500, 501, 502, 503, 504, 599), Unreachable),
    ],
)
def test_each_class_of_status_has_one_meaning(
    statuses: tuple[int, ...], kind: type[Outcome]
) -> None:
    for status in statuses:
        assert isinstance(judge_answer(status, {}, NOW), kind)


@pytest.mark.parametrize(
    ("status", "unknown"),
    [
        (503, False),
        (429, False),
        (408, False),
        (401, False),
        (404, False),
        (500, True),
        (504, True),
    ],
)
def test_a_failure_that_may_come_after_the_deed_is_unknown(status: int, unknown: bool) -> None:
    outcome = judge_answer(status, {}, NOW)

    assert isinstance(outcome, Unreachable)
    assert outcome.unknown is unknown


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Mon, 02 Mar 2026 01:01:30 GMT", 90.0),
        ("Mon, 02 Mar 2026 01:01:30 -0000", 90.0),
        ("Mon, 02 Mar 2026 00:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2027 00:00:00 GMT", LONGEST_RETRY_AFTER),
        ("9" * 400, LONGEST_RETRY_AFTER),
        ("Fri, 99999999999 Dec 99999999999 23:59:59 GMT", None),
        ("Mon, 02 Mar 2026 01:01:30 +999999", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(
    header: str | None, seconds: float | None
) -> None:
    assert read_retry_after(header, NOW) == seconds
