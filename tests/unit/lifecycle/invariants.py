"""What holds after every fold, whatever happened. Every lifecycle test goes through here."""

import json
import re
from datetime import timedelta
from typing import Any

import orjson
from pydantic import BaseModel

from routing.legaltime import Budget, Pause, remainder
from routing.lifecycle.account import account_of
from routing.lifecycle.charges import Party, by_party, charges
from routing.lifecycle.clocks import recompute_clock
from routing.lifecycle.codec import transfer_from_document, transfer_to_document
from routing.lifecycle.model import (
    ORIGIN,
    Context,
    Folded,
    HopState,
    Operated,
    Send,
    TimeReached,
    Transfer,
    TransferState,
)
from routing.lifecycle.table import LEGAL, LEGAL_TRANSFER
from routing.reform import is_closed
from schemas import kinds
from schemas.kinds import Kind

SECRET = "Bí Mật"
"""In every name and every free text of the tests; nothing that leaves a fold may contain it."""

_OFFSET = re.compile(r"T[0-9:.]+[+-][0-9]{2}:[0-9]{2}")

_MODELS: dict[Kind, type[BaseModel]] = {
    Kind.HANDOVER_OFFERED: kinds.HandoverOffered,
    Kind.HANDOVER_CANCELLED: kinds.HandoverCancelled,
    Kind.SUPPLEMENT_REQUESTED: kinds.SupplementRequested,
    Kind.HOP_CHANGED: kinds.HopChanged,
    Kind.TRANSFER_CHANGED: kinds.TransferChanged,
    Kind.TRANSFER_FINISHED: kinds.TransferFinished,
    Kind.CLOCK_WARNED: kinds.ClockWarned,
    Kind.CLOCK_BREACHED: kinds.ClockBreached,
}


def check(
    before: Transfer | None,
    event: object,
    folded: Folded,
    context: Context,
    submission: dict[str, Any],
) -> None:
    after = folded.transfer
    if folded.repeated:
        assert after is before
        assert not folded.entries
        assert not folded.sends
        assert not folded.withdraws
    if before is not None:
        _only_legal_changes(before, after)
        _every_change_is_entered(before, folded)
    _one_current_hop_per_step(after)
    _ended_means_over(after)
    _who_waits_for_a_supplement_is_paused_for_it(after)
    _never_dead(after)
    _sends_stay_on_the_itinerary(folded, context)
    for send in folded.sends:
        _is_valid(send, submission)
    for entry in folded.entries:
        assert SECRET not in json.dumps(entry.facts, ensure_ascii=False)
        assert SECRET not in f"{entry.reason}{entry.legal_basis}{entry.actor}"
        assert entry.legal_at.utcoffset() is not None
        assert not _OFFSET.search(json.dumps(entry.facts, default=str))
    _clocks_are_functions_of_their_facts(after, context)
    _every_instant_is_charged_once(after, context)
    _the_account_adds_up(after, context)
    document = orjson.loads(orjson.dumps(transfer_to_document(after)))
    assert transfer_from_document(document) == after
    _only_the_closed_were_left(before, event, after, context)
    if isinstance(event, TimeReached):
        following = after.next_instant()
        assert following is None or following > event.at


def _only_legal_changes(before: Transfer, after: Transfer) -> None:
    if before.state is not after.state:
        assert (before.state, after.state) in LEGAL_TRANSFER
    for key, hop in before.hops.items():
        now = after.hops[key]
        assert now.state is hop.state or (hop.state, now.state) in _REACHABLE
    for key, hop in after.hops.items():
        if key not in before.hops:
            assert hop.state is HopState.PLANNED or (HopState.PLANNED, hop.state) in _REACHABLE


def _reachable() -> set[tuple[Any, Any]]:
    found = set(LEGAL)
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


_REACHABLE = _reachable()


def _every_change_is_entered(before: Transfer, folded: Folded) -> None:
    after = folded.transfer
    if after != before:
        assert folded.entries
    entered = {(entry.step, entry.round) for entry in folded.entries}
    for key, hop in after.hops.items():
        was = before.hops.get(key)
        if was is None or was.state is not hop.state:
            assert key in entered, f"{key} changed without an entry"


def _one_current_hop_per_step(after: Transfer) -> None:
    for step in (ORIGIN, *after.itinerary.by_id):
        current = [
            hop for hop in after.hops.values() if hop.step == step and hop.superseded_by is None
        ]
        assert len(current) == 1, f"{step}: {len(current)} current hops"
        rounds = [hop.round for hop in after.hops.values() if hop.step == step]
        assert sorted(rounds) == list(range(1, len(rounds) + 1))
    for hop in after.hops.values():
        if hop.superseded_by is not None:
            assert not hop.is_open


def _ended_means_over(after: Transfer) -> None:
    if after.state is TransferState.OPEN:
        assert after.ended_at is None
        return
    assert after.ended_at is not None
    assert not [hop.key for hop in after.hops.values() if hop.is_open]
    assert after.next_instant() is None
    if after.state is TransferState.COMPLETED:
        assert all(hop.is_done for hop in after.hops.values() if hop.superseded_by is None)


def _who_waits_for_a_supplement_is_paused_for_it(after: Transfer) -> None:
    for hop in after.hops.values():
        if hop.supplement_by is not None:
            assert hop.state is HopState.PAUSED
            assert hop.clock.pause_reason == "supplement"


def _only_the_closed_were_left(
    before: Transfer | None, event: object, after: Transfer, context: Context
) -> None:
    """A reorganisation leaves no turn at a closed agency but where a person is asked."""
    if not isinstance(event, Operated) or event.act != "reorganise":
        return
    assert before is not None
    for hop in after.hops.values():
        assert (
            not (hop.is_running and is_closed(hop.agency or "", context.directory, context.now))
            or hop.is_bereft
        )
    for key, was in before.hops.items():
        if not was.is_running or not after.hops[key].was_moved:
            continue
        now = after.hops[key[0], after.hops[key].superseded_by or 0]
        # What outages hold is its own agency's: it is let go here, and held there.
        names = ["arrived_at", "started_at", "budget", "paused_at", "pause_reason"]
        names += [] if context.outages else ["deadline_at", "pauses"]
        for name in names:
            assert getattr(now.clock, name) == getattr(was.clock, name), name
        assert (now.state is HopState.PAUSED) == (was.state is HopState.PAUSED)
        assert now.supplement_by == was.supplement_by


def _never_dead(after: Transfer) -> None:
    if after.state is not TransferState.OPEN:
        return
    current = [hop for hop in after.hops.values() if hop.superseded_by is None]
    assert any(hop.is_running or hop.stuck or hop.awaits_acknowledgement for hop in current), (
        "open, but nothing is under way and nobody is asked"
    )


def _sends_stay_on_the_itinerary(folded: Folded, context: Context) -> None:
    """Who is above an agency of the itinerary hears of clocks, and of nothing else."""
    hops = folded.transfer.hops.values()
    agencies = {hop.agency for hop in hops if hop.agency is not None}
    agencies |= {agency for hop in hops for agency, _ in hop.heirs}
    known = [context.directory.agency(agency, context.now) for agency in agencies]
    above = {agency.parent for agency in known if agency is not None}
    for send in folded.sends:
        if send.optional and send.kind is Kind.HANDOVER_CANCELLED:
            assert send.data["reason"] == "reorganised"
            assert send.to in agencies
        elif send.optional:
            assert send.kind in (Kind.CLOCK_WARNED, Kind.CLOCK_BREACHED)
            assert send.to in above
        else:
            assert send.to in agencies
        if send.kind is Kind.HANDOVER_OFFERED:
            hop = folded.transfer.hops[send.data["step"], send.data["round"]]
            assert hop.agency == send.to


def _is_valid(send: Send, submission: dict[str, Any]) -> None:
    text = json.dumps(send.data, ensure_ascii=False)
    assert SECRET not in text
    assert not _OFFSET.search(text), "an instant is written in UTC, with Z"
    data = json.loads(text)
    if send.kind is Kind.HANDOVER_OFFERED:
        data["submission"] = submission
    _MODELS[send.kind].model_validate_json(json.dumps(data))


def _every_instant_is_charged_once(after: Transfer, context: Context) -> None:
    charged = charges(after, context.now, context.outages.ours)
    ends_at = after.ended_at or context.now
    instants = [after.submitted_at, *(one.end for one in charged)]
    assert [one.start for one in charged] == instants[:-1], "a gap or an overlap"
    assert instants[-1] == ends_at or not charged
    assert all(one.start < one.end for one in charged)
    assert sum(by_party(charged).values(), timedelta()) == ends_at - after.submitted_at
    branches = [
        hop
        for hop in after.hops.values()
        if hop.superseded_by is None and (hop.is_running or hop.stuck or hop.awaits_acknowledgement)
    ]
    if after.state is not TransferState.OPEN or [one.received_at for one in branches] != [None]:
        assert not any(one.provisional for one in charged) or len(branches) > 1
    for one in charged:
        assert (one.agency is None) == (one.party is Party.GATEWAY)
        assert one.step is None or (one.step, one.round) in after.hops


def _the_account_adds_up(after: Transfer, context: Context) -> None:
    account = account_of(after, context.now, context.calendars)
    clock = after.clock
    if account is None or clock.started_at is None or clock.budget is None:
        return
    ends_at = after.ended_at or context.now
    needed = sum((one.needed for one in account.shares), timedelta())
    assert account.used + needed + account.slack == account.total
    pauses = [Pause(one.start, one.end) for one in clock.pauses]
    pauses += [Pause(one.start, None) for one in clock.held]
    if clock.paused_at is not None:
        pauses.append(Pause(clock.paused_at, None))
    calendar, budget = context.calendars.pinned(clock.calendar), Budget.parse(clock.budget)
    whole = Budget(budget.amount + 1_000_000, budget.unit)  # more than any life takes
    left = remainder(calendar, clock.started_at, whole, ends_at, pauses)
    micros = whole.micros(calendar.nominal) - left.micros(calendar.nominal)
    assert account.used == timedelta(microseconds=int(micros)), "it counts as the clock does"
    for one in account.shares:
        eaten = sum((took for _, took in one.eaten), timedelta())
        assert timedelta() <= eaten <= (one.share or timedelta())


def _clocks_are_functions_of_their_facts(after: Transfer, context: Context) -> None:
    for clock in (after.clock, *(hop.clock for hop in after.hops.values())):
        assert recompute_clock(clock, context.calendars) == clock
