"""What the receipt of an accepted submission warns of: steps that stand still, odd dossier codes.

The route is known when a dossier is accepted, and so is what in it will wait for a person. Whoever
sent it still has the citizen before them; weeks later they have not. A warning refuses nothing:
routing, and the law, take the dossier as it is.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from routing.data.tables import VIETNAM
from routing.directory import Directory
from routing.lifecycle.model import ORIGIN, Context, Hop, HopState, Transfer
from schemas.identifiers import IdentifierError, dossier_day, parse_dossier_code
from schemas.kinds import Kind
from schemas.receipt_warnings import WARNING_WORDS, WarningCode

View = dict[str, Any]

_OF_THE_ROUTE: Final = (Kind.TRANSFER_SUBMITTED, Kind.TRANSFER_CORRECTED)
_TO_COME: Final = (HopState.PLANNED, HopState.DISPATCHING)
_OF_A_STEP: Final = frozenset(code.value for code in WarningCode)


def warnings_of(
    kind: Kind | None, transfer: Transfer, context: Context, is_connected: Callable[[str], bool]
) -> list[View]:
    """Return what a submission or a correction is warned of; any other kind of nothing."""
    if kind not in _OF_THE_ROUTE:
        return []
    found = list(_of_steps(transfer, is_connected))
    if kind is Kind.TRANSFER_SUBMITTED:
        found += _of_code(transfer, context)
    return found


def _of_steps(transfer: Transfer, is_connected: Callable[[str], bool]) -> Iterator[View]:
    """Warn of steps that are still to come, unless their condition does not hold as things are."""
    steps = transfer.itinerary.by_id
    for hop in transfer.hops.values():
        if hop.step == ORIGIN or hop.state not in _TO_COME or hop.superseded_by is not None:
            continue
        if hop.agency is not None and hop.failure is None and is_connected(hop.agency):
            continue
        if steps[hop.step].expected:
            yield from _of_step(hop)


def _of_step(hop: Hop) -> Iterator[View]:
    """Warn of a step that nobody does, or whose agency cannot be reached."""
    failure = hop.failure
    if hop.agency is not None and failure is None:
        yield _warning(WarningCode.NOT_CONNECTED, step=hop.step, agency=hop.agency)
    elif failure is not None and failure["kind"] in _OF_A_STEP:
        # Else a delivery failed: that is not of the route, and already with a person.
        kind = WarningCode(failure["kind"])
        yield _warning(kind, step=hop.step, candidates=failure["candidates"])


def _of_code(transfer: Transfer, context: Context) -> Iterator[View]:
    """Warn of a code that an unrelated agency's begins, or of another day than that of receipt."""
    code, sender = transfer.code, transfer.originator
    received = transfer.received_at.astimezone(VIETNAM).date()
    day_of_receipt = f"{received.year % 100:02}{received.month:02}{received.day:02}"
    if code.startswith(f"{sender}-{day_of_receipt}-"):
        return  # nearly every one: no more is asked of it
    try:
        day = dossier_day(code)
    except IdentifierError:
        return  # it did not come as a message: only there the form is asked for
    if not code.startswith(f"{sender}-"):
        issuer = parse_dossier_code(code).agency
        if not _may_issue(issuer, sender, context.directory, context.now):
            yield _warning(WarningCode.FOREIGN_CODE, pointer="/subject")
    if day != received:
        yield _warning(WarningCode.OTHER_DAY, pointer="/subject")


def _may_issue(issuer: str, sender: str, directory: Directory, now: datetime) -> bool:
    """Say whether a sender's dossiers may well bear an issuer's code.

    Its own under another name, one of its own branch (a province's system numbers for its
    communes), a closed agency's whose work it has taken over, a nationwide system's.
    """
    code = directory.resolve(issuer, now)
    if code is None:
        return False
    rows = directory.history(code)
    if any(row.level == "national" or sender in row.successors for row in rows):
        return True
    return code in _line(sender, directory) or sender in _line(code, directory)


def _line(code: str, directory: Directory) -> Iterator[str]:
    """Yield a code and those above it, by the last row of each."""
    seen: set[str] = set()
    at: str | None = code
    while at is not None and at not in seen and (rows := directory.history(at)):
        seen.add(at)
        yield at
        at = rows[-1].parent


def _warning(code: WarningCode, **where: Any) -> View:
    words = WARNING_WORDS[code]
    return {
        "code": code.value,
        **{name: value for name, value in where.items() if value},
        "detail": words.detail,
        "remedy": words.remedy,
    }
