"""The questions of the work-queues, put together from statements.

A question finds what is stuck for one cause; `narrow_stuck` takes from that what a filter asks
for; a third statement makes a page, a count, groups or a frozen list of it. PostgreSQL sees one
statement, and reads no more than it needs: what is not asked for falls out when it plans.
"""

from collections.abc import Iterable

from gateway.operations.causes import Cause
from gateway.store.sql import statement


def page(cause: Cause) -> bytes:
    """Ask for the page of one cause that follows a place."""
    arms = _arms([cause], "page_of_stuck")
    if len(arms) == 1:
        return arms[0]
    return _together(arms) + b" ORDER BY key_at, key_id, key_step, key_round LIMIT %(limit)s"


def listing(causes: Iterable[Cause]) -> bytes:
    """Ask for the first of each of these causes at once; each row says whose it is, by number."""
    return _together(
        b"SELECT %d AS cause, t.* FROM (" % no + page(cause) + b") t"
        for no, cause in enumerate(causes)
    )


def count(cause: Cause) -> bytes:
    """Count one cause, up to a limit for each of its statements."""
    arms = _arms([cause], "count_of_stuck")
    return b"SELECT sum(count)::bigint FROM (" + _together(arms) + b") counted"


def groups(cause: Cause) -> bytes:
    """Group one cause by agency and failure."""
    return _together(_arms([cause], "groups_of_stuck"))


def tallies(cause: Cause) -> bytes:
    """Count one cause by the agencies in whose scope it lies."""
    return _together(_arms([cause], "tallies_of_stuck"))


def freezing(causes: Iterable[Cause]) -> bytes:
    """Freeze what is stuck for these causes as the items of an act."""
    arms = [
        b"SELECT %d AS arm, t.* FROM (" % no + arm + b") t"
        for no, arm in enumerate(_arms(causes, "targets_of_stuck"))
    ]
    return b"WITH found AS (" + _together(arms) + b")\n" + statement("freeze_stuck")


def _arms(causes: Iterable[Cause], what: str) -> list[bytes]:
    return [_asking(name) + statement(what) for cause in causes for name in cause.queries]


def _asking(question: str) -> bytes:
    found = b"WITH stuck AS NOT MATERIALIZED (\n" + statement(question)
    return found + b"),\nwanted AS NOT MATERIALIZED (\n" + statement("narrow_stuck") + b")\n"


def _together(arms: Iterable[bytes]) -> bytes:
    return b" UNION ALL ".join(b"(" + arm + b")" for arm in arms)
