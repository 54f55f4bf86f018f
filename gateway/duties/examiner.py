"""The examiner: proves that the clock runs, by sending what must make every rule of it fire.

A rule that silently never runs looks like good news: nobody is late. So on a schedule of legal time
synthetic dossiers go the real way: stored, folded, their timers fired by whichever timekeeper is
next. What must follow is written down when they are sent, and compared afterwards; what is missing,
doubled, late, unexpected or counts from a wrong instant is an alarm that names the rule. They leave
nothing behind but their ledger: archived from the start, stopped at the end.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import clear_alarm, raise_alarm
from gateway.selftest import examinations
from gateway.selftest.cases import CASES, RECEIVED, RULES
from gateway.selftest.examinations import Claim
from gateway.selftest.judging import PATIENCE, Awaited, Entered, Judgement, judge
from gateway.selftest.sending import NotSent, Sender
from gateway.store.pool import Pool
from routing.lifecycle.model import Act

log = structlog.get_logger()

SENDING = "sending"
"""What the alarm names when a case could not even be sent."""


class Examiner:
    """Begins, sends, judges; one process at a time, under a lease. `every` 0 begins none itself."""

    def __init__(
        self,
        pool: Pool,
        committer: GroupCommitter,
        clock: LegalClock,
        *,
        grace: timedelta,
        every: timedelta,
    ) -> None:
        self._pool = pool
        self._committer = committer
        self._clock = clock
        self._grace = grace
        self._every = every
        self._incomplete: UUID | None = None

    async def look(self) -> bool:
        """Go on with the examination that is open; begin one when its time has come."""
        now = self._clock.now()
        if self._every:
            await examinations.begin(self._pool, now=now, since=now - self._every)
        claimed = await examinations.claim(self._pool)
        if claimed is None:
            return False
        try:
            if claimed.due_at is None:
                await self._send(claimed)
            elif claimed.due_at <= now:
                await self._judge(claimed)
        finally:
            await examinations.release(self._pool, claimed)
        return False

    async def _send(self, claimed: Claim) -> None:
        sender = self._sender(claimed)
        try:
            transfers = [await sender.send(no, case) for no, case in enumerate(CASES)]
        except NotSent as not_sent:
            detail = {"case": not_sent.case, "problem": not_sent.problem}
            await raise_alarm(self._pool, AlarmKind.CLOCK_RULE_SILENT, SENDING, detail)
            await self._finish(claimed, (), {SENDING: not_sent.problem})
            return
        await clear_alarm(self._pool, AlarmKind.CLOCK_RULE_SILENT, SENDING)
        awaited = _awaited(claimed, transfers, await examinations.entered(self._pool, transfers))
        last = max(one.legal_at for one in awaited)
        due_at = last + self._grace + PATIENCE
        await examinations.expect(self._pool, claimed, awaited, due_at=due_at)
        log.info("selftest.sent", examination=claimed.id, dossiers=len(transfers))

    async def _judge(self, claimed: Claim) -> None:
        awaited = await examinations.expected(self._pool, claimed.id)
        transfers = list(dict.fromkeys(one.transfer for one in awaited))
        entered = await examinations.entered(self._pool, transfers)
        judgement = judge(awaited, entered, grace=self._grace)
        if judgement.is_missing_some and self._incomplete != claimed.id:
            # After a standstill the timekeeper comes to it in this very moment: look once more.
            self._incomplete = claimed.id
            return
        await self._tell(judgement)
        sender = self._sender(claimed)
        for transfer in transfers:
            await sender.act(transfer, Act.STOP)
        await examinations.withdraw_owed(self._pool, transfers)
        await self._finish(claimed, judgement.awaited, dict(judgement.faults()))

    async def _tell(self, judgement: Judgement) -> None:
        faults = judgement.faults()
        for rule, fault in faults.items():
            first = next((one for one in judgement.awaited if one.rule == rule), None)
            detail = {
                "fault": fault,
                "expected_at": first.legal_at.isoformat() if first else None,
                "transfer": str(first.transfer) if first else None,
            }
            await raise_alarm(self._pool, AlarmKind.CLOCK_RULE_SILENT, rule, detail)
        for rule in RULES:
            if rule not in faults:
                await clear_alarm(self._pool, AlarmKind.CLOCK_RULE_SILENT, rule)

    async def _finish(
        self, claimed: Claim, judged: Sequence[Awaited], faults: dict[str, str]
    ) -> None:
        now = self._clock.now()
        await examinations.finish(self._pool, claimed, judged, faults, now=now)
        log.info("selftest.finished", examination=claimed.id, faults=len(faults))

    def _sender(self, claimed: Claim) -> Sender:
        return Sender(self._committer, self._clock, claimed.id, claimed.began_at)


def _awaited(
    claimed: Claim, transfers: Sequence[UUID], entered: Sequence[Entered]
) -> list[Awaited]:
    """Say what must follow, counted from what the sending itself entered."""
    begun = {(one.transfer, one.act): one.legal_at for one in reversed(entered)}
    begun |= {(transfer, RECEIVED): claimed.began_at for transfer in transfers}
    found: list[Awaited] = []
    for transfer, case in zip(transfers, CASES, strict=True):
        for one in case.expected:
            found.append(
                Awaited(
                    no=len(found),
                    transfer=transfer,
                    rule=one.rule,
                    act=one.act,
                    step=one.step,
                    reason=one.reason,
                    threshold=one.threshold,
                    legal_at=begun[transfer, one.since] + one.after,
                )
            )
    return found
