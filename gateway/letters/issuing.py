"""Issue a letter: a person declares it, the promised date moves, both in one transaction.

The act is the ordinary `extend`, under its own rule, in the audit trail like any other; the letter
goes with it. If the extension is declined nothing is issued. Sending it is the person's affair.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gateway.commit.desk import OVERTAKEN
from gateway.letters.drafting import Draft, draft_letter
from gateway.letters.issued import find_letter, letter_row
from gateway.operations import acts
from gateway.operations.acts import Order, Target
from gateway.operations.deeds import DONE
from gateway.operations.runner import ActRunner
from gateway.operations.transfer_view import find_transfer
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.letters import Letter, NoLetter
from routing.letters.apology import ARTICLE, REASON
from routing.lifecycle.events import Act

View = dict[str, Any]

TRIES: Final = 3
PATIENCE: Final = 5.0
"""Seconds to wait for an act that another process has taken up."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter that counts from now on."""

    view: View
    letters: dict[str, Letter]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person declares: the new date, and why, in words that stay with the act."""

    actor: str
    until: datetime
    reason: str


async def issue_letter(
    pool: Pool,
    rulebook: Rulebook,
    runner: ActRunner,
    transfer_id: UUID,
    declared: Declaration,
    *,
    now: datetime,
) -> Issued | NoLetter | None:
    """Issue a dossier's one letter; NoLetter says why not, None that there is no such transfer.

    A transfer that goes on while the letter is written makes it be written again.
    """
    found = await find_transfer(pool, transfer_id)
    if found is None:
        return None
    dossier = (found.transfer.issuer, found.transfer.code)
    for _ in range(TRIES):
        before = await find_letter(pool, *dossier)
        if before is not None:
            told = f"a letter was issued for this dossier before: {before[0]['letter']} ({ARTICLE})"
            return NoLetter("illegal-transition", told)
        draft = await draft_letter(pool, rulebook, transfer_id, now=now, until=declared.until)
        if not isinstance(draft, Draft):
            return draft
        outcome, detail = await _carry_out(pool, runner, draft, declared)
        if outcome == DONE:
            issued = await find_letter(pool, *dossier)
            assert issued is not None
            return Issued(*issued)
        if detail != OVERTAKEN:
            return NoLetter("illegal-transition", detail or "it could not be issued")
    return NoLetter("illegal-transition", "the transfer goes on all the time: try again")


async def _carry_out(
    pool: Pool, runner: ActRunner, draft: Draft, declared: Declaration
) -> tuple[str | None, str | None]:
    order = Order(
        Act.EXTEND,
        declared.actor,
        declared.reason,
        code=REASON,
        until=declared.until,
        legal_basis=ARTICLE,
        letter={
            "seq": draft.seq,
            "row": letter_row(draft, issued_by=declared.actor),
        },
    )
    target = Target(transfer_id=draft.apology.transfer.id)
    frozen = await acts.freeze(pool, order, [target], question={"letter": True}, dry_run=False)
    await runner.run(frozen.id, seconds=PATIENCE)
    until = asyncio.get_running_loop().time() + PATIENCE
    while True:
        [item] = await acts.list_items(pool, frozen.id)
        if item["outcome"] is not None or asyncio.get_running_loop().time() > until:
            return item["outcome"], item["detail"]
        await asyncio.sleep(0.1)  # another process took it up: its outcome is the act's
