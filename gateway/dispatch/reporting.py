"""Report what became of a try: when to try again, or that nobody needs it any more.

Outcomes go through the group committer like messages do; nothing is written here.
"""

import time
from dataclasses import dataclass

from connectors.catalogue import QUEUE
from connectors.protocol import Delivered, Missing, Parked, Refused, Unreachable
from connectors.protocol import Outcome as Sent
from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Outcome, Owed, Settlement
from gateway.crash_points import Crash, CrashPoint
from gateway.dispatch.backoff import wait_before_retry
from gateway.dispatch.endpoints import EndpointBook
from gateway.dispatch.urgency import HandoverLimit, is_overtaken, seconds_left
from gateway.duties.witness import Witness

LONGEST_OFF_OUR_ROAD = 20.0
"""Seconds between tries over the broker. Its failures are our own road's and nobody is spared by
waiting longer: however long it was away, what is owed leaves soon after it is back."""
HELD_APART = 3600.0
"""Seconds between looks at what waits behind a delivery that waits for a person."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, how long, how often: seconds."""

    lease_seconds: float
    send_timeout: float
    backoff_base: float
    backoff_cap: float
    handover_limit: HandoverLimit


class Reporter:
    """Turns outcomes of connectors into what the committer settles."""

    def __init__(
        self,
        committer: GroupCommitter,
        endpoints: EndpointBook,
        clock: LegalClock,
        pace: Pace,
        crash: Crash,
        witness: Witness,
    ) -> None:
        self._committer = committer
        self._endpoints = endpoints
        self._clock = clock
        self._pace = pace
        self._crash = crash
        self._witness = witness
        self.reported = 0

    def report(self, owed: Owed, outcome: Sent, began: float, *, surely: bool = False) -> None:
        """Settle a try that was sent. `surely`: one without effect leaves no doubt behind."""
        doubt = False if surely else None
        match outcome:
            case Delivered(evidence=evidence):
                self._settle(owed, Settlement.DELIVERED, evidence, None, began, in_doubt=doubt)
            case Refused(code=code, detail=detail, permanent=True):
                self._settle(owed, Settlement.REFUSED, code, detail, began, in_doubt=doubt)
            case Refused(code=code, detail=detail):
                self._again(owed, code, detail, began, in_doubt=doubt)
            case Unreachable(code=code, detail=detail, retry_after=asked, unknown=True):
                asked = self._not_at_once(owed, asked) if surely else asked
                self._again(owed, code, detail, began, asked=asked, in_doubt=True)
            case Unreachable(code=code, detail=detail, retry_after=asked):
                self._again(owed, code, detail, began, asked=asked, in_doubt=doubt)
            case Parked():
                self._crash(CrashPoint.DISPATCH_SENT)

    def report_question(self, owed: Owed, answer: Missing | Unreachable, began: float) -> None:
        """Settle a try that only asked: sent again at once if it is not there, else asked again."""
        match answer:
            case Missing(code=code):
                self._settle(owed, Settlement.ASKED, code, None, began, in_doubt=False)
            case Unreachable(code=code, detail=detail, retry_after=asked):
                wait = self._wait(owed, asked)
                self._settle(owed, Settlement.ASKED, code, detail, began, wait=wait, in_doubt=True)

    def hold(self, owed: Owed, began: float) -> None:
        """Leave a delivery to a person: what became of it is unknown, and nobody can say."""
        detail = "it may have arrived; the partner cannot be asked, and might act on it twice"
        self._settle(
            owed, Settlement.HELD, "outcome-unknown", detail, began, wait=HELD_APART, in_doubt=True
        )

    def drop_overtaken(self, owed: Owed, began: float) -> bool:
        """Take back what is to be tried again though what it tells of has come; True if it is so.

        A first try is always made: then it is nobody's wait that made it late.
        """
        if owed.is_first_try or not is_overtaken(owed, self._clock.now()):
            return False
        detail = "what it tells of has come"
        self._settle(owed, Settlement.UNREACHABLE, "overtaken", detail, began, overtaken=True)
        return True

    def left(self, owed: Owed) -> float | None:
        """Return the seconds until the next limit that a delivery has still to meet."""
        return seconds_left(owed, self._clock.now(), self._pace.handover_limit)

    def _again(
        self,
        owed: Owed,
        code: str,
        detail: str | None,
        began: float,
        *,
        asked: float | None = None,
        in_doubt: bool | None = None,
    ) -> None:
        self._settle(
            owed,
            Settlement.UNREACHABLE,
            code,
            detail,
            began,
            wait=self._wait(owed, asked),
            in_doubt=in_doubt,
            overtaken=is_overtaken(owed, self._clock.now()),
        )

    def _settle(
        self,
        owed: Owed,
        settlement: Settlement,
        code: str,
        detail: str | None,
        began: float,
        *,
        wait: float = 0.0,
        in_doubt: bool | None = None,
        overtaken: bool = False,
    ) -> None:
        self._crash(CrashPoint.DISPATCH_SENT)
        self.reported += 1
        latency = int((time.monotonic() - began) * 1000)
        self._note(owed.agency, settlement, code, latency)
        done = Outcome(
            owed,
            settlement,
            code,
            detail,
            latency,
            self._clock.now(),
            wait=wait,
            unknown=in_doubt is True,
            overtaken=overtaken,
            in_doubt=in_doubt,
        )
        self._committer.enqueue(done, bounded=False)

    def _note(self, agency: str, settlement: Settlement, code: str, latency: int) -> None:
        """Leave a sign of life; over our own road it is the broker that answers, not the agency."""
        reach = self._endpoints.reach(agency)
        is_called = reach is not None and reach.endpoint.connector != QUEUE
        match settlement:
            case Settlement.DELIVERED:
                self._witness.took(agency, latency)
                if is_called:
                    self._witness.heard(agency)
            case Settlement.REFUSED | Settlement.UNREACHABLE if code != "overtaken":
                self._witness.failed(agency, code)

    def _not_at_once(self, owed: Owed, asked: float | None) -> float:
        """Give a partner that acts twice time to end what it may still be doing.

        Asked too soon, it would say that it has not got what it is about to have.
        """
        reach = self._endpoints.reach(owed.agency)
        return max(asked or 0.0, reach.endpoint.timeout if reach is not None else 0.0)

    def _wait(self, owed: Owed, asked: float | None) -> float:
        """Seconds until the next try, whatever the connector: capped by the next limit ahead."""
        cap = self._pace.backoff_cap
        reach = self._endpoints.reach(owed.agency)
        if reach is not None and reach.endpoint.connector == QUEUE:
            cap = min(cap, LONGEST_OFF_OUR_ROAD)
        return wait_before_retry(
            owed.attempts + 1,
            base=self._pace.backoff_base,
            cap=cap,
            asked=asked,
            left=self.left(owed),
        )
