"""Whatever happens in whatever order, the invariants hold (they are checked after every fold)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from routing.lifecycle.charges import Charge, charges
from routing.lifecycle.fold import fold
from routing.lifecycle.model import (
    ORIGIN,
    Declined,
    Folded,
    Hop,
    LimitName,
    TimeReached,
    TransferState,
)
from routing.lifecycle.replay import compare, lines_of, replay
from routing.outages import Outage
from schemas.kinds import Kind
from tests.unit.lifecycle.closing import close, reorganise
from tests.unit.lifecycle.journey import COMMUNE, Journey, declined, folded, submit
from tests.unit.lifecycle.test_clocks_keep_their_calendar import NEW, knowing_both

ROUTES = st.sampled_from(
    [
        ("1.012783", {"obligation": "transfer_taxes"}),
        ("1.012783", {"obligation": "none"}),
        ("1.012781", {"obligation": "transfer_taxes", "deductible": True}),
        ("2.000987", {"residence_check": "simple", "identity_card": True}),
        ("2.002622", {"benefit": "merit", "monthly_survivor_pension": True}),
        ("2.002622", {"benefit": "social_insurance"}),
        (
            "9.000008",
            {
                "works": "separate_house",
                "act": "new",
                "opinion_fire": True,
                "opinion_land": True,
            },
        ),
        ("9.000008", {"works": "other", "act": "new", "opinion_environment": True}),
        ("9.000004", {}),
        ("9.000006", {}),
        ("9.000010", {}),
        ("2.000908", {}),
    ]
)
STARTS = st.sampled_from(
    [
        "2026-03-02 08:30",
        "2026-03-06 15:01",
        "2026-03-07 10:00",
        "2026-04-24 16:50",
        "2026-04-29 14:59",
        "2026-09-07 08:30",  # under the decrees of 2026: supplements have limits
    ]
)
OTHERS = st.sampled_from(["H31.15.20.002", "H31.102", "G12.05.33.001", "H31.14", COMMUNE])
SPANS = st.one_of(
    st.integers(0, 900).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 200).map(lambda hours: timedelta(hours=hours)),
)
CLAIMS = st.one_of(st.none(), st.integers(-60, 600))
PAUSES = st.sampled_from(["supplement", "payment", "confirmation", "publication", "outage"])


def stands_of(hop: Hop) -> set[tuple[UUID, datetime, datetime | None]]:
    """What outages have held of a hop's own turn, read from its clock."""
    assert hop.offered_at is not None
    closed = {
        (one.outage, one.start, one.end)
        for one in hop.clock.pauses
        if one.outage is not None and one.end > hop.offered_at
    }
    return closed | {(hold.outage, hold.start, None) for hold in hop.clock.held}


def expected_stands(journey: Journey, hop: Hop) -> set[tuple[UUID, datetime, datetime | None]]:
    """The same, read from the declarations."""
    assert hop.offered_at is not None
    return {
        (one.id, max(one.start, hop.offered_at), one.end)
        for one in journey.outages.values()
        if not one.withdrawn
        and one.agency in (None, hop.agency)
        and (one.end is None or one.end > max(one.start, hop.offered_at))
    }


REACH = timedelta(minutes=5)
"""How far back a claim may reach (the claim window)."""


def _cut(charged: tuple[Charge, ...], start: datetime, end: datetime) -> list[Charge]:
    """The part of the charges inside [start, end)."""
    return [
        replace(one, start=max(one.start, start), end=min(one.end, end))
        for one in charged
        if one.start < end and start < one.end
    ]


class Life(RuleBasedStateMachine):
    """Random messages of the agencies concerned, deliveries, timers and operators' acts."""

    journey: Journey
    closed: int = 0
    settled: tuple[Charge, ...] = ()
    """What was charged for good, as far as no claim reaches back any more."""
    outages: Mapping[UUID, Outage] = MappingProxyType({})
    """What was declared then: a declaration changes what lies behind."""

    @initialize(route=ROUTES, start=STARTS)
    def open(self, route: tuple[str, dict[str, Any]], start: str) -> None:
        procedure, facts = route
        self.journey = submit(procedure, start, **facts)

    def some(self, data: st.DataObject, *, running: bool) -> Hop:
        """Pick a hop, mostly one that is under way, so that lives get somewhere."""
        hops = list(self.journey.transfer.hops.values())
        likely = [hop for hop in hops if hop.is_running] if running else []
        return data.draw(st.sampled_from(likely or hops))

    def say(self, data: st.DataObject, kind: Kind, **fields: Any) -> None:
        hop = self.some(data, running=data.draw(st.integers(0, 9)) > 0)
        ago = data.draw(CLAIMS)
        claimed = None if ago is None else self.journey.now - timedelta(seconds=ago)
        by = hop.agency or COMMUNE
        if kind in (Kind.REFUSAL_ACKNOWLEDGED, Kind.SUPPLEMENT_PROVIDED):
            by = COMMUNE
        before = self.journey.transfer
        result = self.journey.tries(
            kind, hop.step, round=hop.round, by=by, claimed=claimed, **fields
        )
        if isinstance(result, Declined):
            assert self.journey.transfer is before
        elif data.draw(st.integers(0, 3)) == 0:
            self.repeat(kind, hop, by, fields)

    def repeat(self, kind: Kind, hop: Hop, by: str, fields: dict[str, Any]) -> None:
        """Saying the same at once again never moves anything on."""
        states = {key: one.state for key, one in self.journey.transfer.hops.items()}
        clock = self.journey.transfer.clock
        self.journey.tries(kind, hop.step, round=hop.round, by=by, **fields)
        assert {k: o.state for k, o in self.journey.transfer.hops.items()} == states
        assert self.journey.transfer.clock.deadline_at == clock.deadline_at

    @rule(data=st.data(), turns=st.integers(1, 3))
    def turns_go_well(self, data: st.DataObject, turns: int) -> None:
        """Without this few lives would get past their second step."""
        for _ in range(turns):
            running = [one for one in self.journey.transfer.hops.values() if one.is_running]
            if not running:
                return
            hop = data.draw(st.sampled_from(running))
            self.journey.later(seconds=5).delivered(hop.step, hop.round)
            self.journey.later(minutes=5).receives(hop.step)
            self.journey.later(minutes=40).completes(hop.step)

    @rule(days=st.integers(1, 20))
    def everybody_has_it_and_is_silent(self, days: int) -> None:
        for hop in list(self.journey.transfer.hops.values()):
            if hop.is_running:
                self.journey.later(seconds=5).delivered(hop.step, hop.round)
        self.journey.later(days=days).time()

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.journey.now += span

    @rule(span=SPANS)
    def the_timekeeper_comes(self, span: timedelta) -> None:
        self.journey.now += span
        self.journey.time()
        assert self.journey.time().entries == ()

    @rule()
    def the_timekeeper_comes_on_the_dot(self) -> None:
        following = self.journey.transfer.next_instant()
        if following is not None:
            self.journey.now = max(following, self.journey.now)
            assert self.journey.time().entries

    @rule(data=st.data())
    def delivered(self, data: st.DataObject) -> None:
        hop = self.some(data, running=data.draw(st.booleans()))
        if hop.offered_at is not None:
            self.journey.delivered(hop.step, hop.round)

    @rule(data=st.data())
    def available(self, data: st.DataObject) -> None:
        hop = self.some(data, running=data.draw(st.booleans()))
        if hop.offered_at is not None:
            self.journey.available(hop.step, hop.round)

    @rule(data=st.data(), permanent=st.booleans())
    def undeliverable(self, data: st.DataObject, permanent: bool) -> None:
        hop = self.some(data, running=data.draw(st.booleans()))
        if hop.offered_at is not None:
            self.journey.undeliverable(hop.step, round=hop.round, permanent=permanent)

    @rule(data=st.data())
    def received(self, data: st.DataObject) -> None:
        self.say(data, Kind.HOP_RECEIVED)

    @rule(data=st.data())
    def completed(self, data: st.DataObject) -> None:
        self.say(data, Kind.HOP_COMPLETED, outcome="approved")

    @rule(data=st.data(), reason=PAUSES)
    def paused(self, data: st.DataObject, reason: str) -> None:
        self.say(data, Kind.HOP_PAUSED, reason=reason, legal_basis="NĐ 61/2018")

    @rule(data=st.data(), reason=PAUSES)
    def resumed(self, data: st.DataObject, reason: str) -> None:
        self.say(data, Kind.HOP_RESUMED, reason=reason)

    @rule(data=st.data(), hours=st.integers(1, 400))
    def extended(self, data: st.DataObject, hours: int) -> None:
        until = (self.journey.now + timedelta(hours=hours)).astimezone(UTC)
        self.say(data, Kind.HOP_EXTENDED, until=until, reason="x", legal_basis="NĐ 61/2018")

    @rule(
        data=st.data(),
        reason=st.sampled_from(["not_competent", "incomplete", "wrong_data", "rejected"]),
    )
    def refused(self, data: st.DataObject, reason: str) -> None:
        self.say(data, Kind.HOP_REFUSED, reason=reason, explanation="Bí Mật")

    @rule(data=st.data())
    def acknowledged(self, data: st.DataObject) -> None:
        hops = [one for one in self.journey.transfer.hops.values() if one.refusal is not None]
        if not hops:
            return
        hop = data.draw(st.sampled_from(hops))
        agencies = {one.agency for one in self.journey.transfer.hops.values()} - {None}
        by = data.draw(st.sampled_from(sorted(agency for agency in agencies if agency)))
        self.journey.tries(Kind.REFUSAL_ACKNOWLEDGED, hop.step, round=hop.round, by=by)

    @rule(
        data=st.data(),
        reason=st.sampled_from(["wrong_data", "upstream_error", "wrong_procedure"]),
    )
    def returned(self, data: st.DataObject, reason: str) -> None:
        steps = ["origin", *self.journey.transfer.itinerary.by_id]
        self.say(
            data,
            Kind.HOP_RETURNED,
            to_step=data.draw(st.sampled_from(steps)),
            reason=reason,
            explanation="Bí Mật",
        )

    @rule(data=st.data())
    def supplemented(self, data: st.DataObject) -> None:
        self.say(data, Kind.SUPPLEMENT_PROVIDED, note="Bí Mật")

    @rule(data=st.data(), in_time=st.booleans())
    def the_citizen_is_asked_and_is_silent(self, data: st.DataObject, in_time: bool) -> None:
        """Either answers at the last instant, read a minute later, or does not answer."""
        self.say(data, Kind.HOP_PAUSED, reason="supplement", legal_basis="NĐ 301/2026")
        waiting = {
            one.key: one.supplement_by
            for one in self.journey.transfer.hops.values()
            if one.supplement_by is not None and one.supplement_by >= self.journey.now
        }
        if not waiting:
            return
        (step, round_), limit = min(waiting.items(), key=lambda one: one[1])
        self.journey.now = limit + timedelta(minutes=1)
        if in_time:
            self.journey.tries(
                Kind.SUPPLEMENT_PROVIDED,
                step,
                round=round_,
                by=COMMUNE,
                claimed=limit,
                note="Bí Mật",
            )
            assert self.journey.hop(step, round_).supplement_by is None
        else:
            self.journey.later(minutes=1).time()
            hop = self.journey.hop(step, round_)
            moved = hop.supplement_by is not None and hop.supplement_by > limit
            missed = hop.state == "stopped" or LimitName.SUPPLEMENT in hop.clock.breached
            assert missed or (moved and self.journey.outages)

    @rule(fact=st.booleans())
    def corrected(self, fact: bool) -> None:
        facts = {"opinion_land": fact, "identity_card": fact, "deductible": fact}
        procedure = self.journey.context.catalogue.get(
            self.journey.transfer.procedure, self.journey.transfer.procedure_version
        )
        declared = {name: value for name, value in facts.items() if name in procedure.facts}
        self.journey.tries(Kind.TRANSFER_CORRECTED, facts=declared, note="Bí Mật", reason="Bí Mật")

    @precondition(lambda self: len(self.journey.entries) > 25)
    @rule()
    def withdrawn(self) -> None:
        self.journey.tries(Kind.TRANSFER_WITHDRAWN, reason="Bí Mật")

    @rule(
        data=st.data(),
        act=st.sampled_from(
            [
                "retry",
                "redirect",
                "resolve",
                "pause",
                "resume",
                "extend",
                "return",
                "release_refusal",
            ]
        ),
        agency=OTHERS,
        hours=st.integers(1, 400),
    )
    def operated(self, data: st.DataObject, act: str, agency: str, hours: int) -> None:
        hop = self.some(data, running=data.draw(st.booleans()))
        self.journey.tries_to(
            act,
            hop.step,
            round=hop.round,
            agency=agency,
            until=self.journey.now + timedelta(hours=hours),
            pause_reason="outage",
            legal_basis="NĐ 99/2022",
            return_reason="incomplete",
            to_step=data.draw(st.sampled_from([None, ORIGIN])),
        )

    @rule(data=st.data(), heirs=st.lists(OTHERS, max_size=2, unique=True))
    def an_agency_closes(self, data: st.DataObject, heirs: list[str]) -> None:
        """Its successors are others that exist; the second time there is nothing to move."""
        hop = self.some(data, running=data.draw(st.booleans()))
        there = self.journey.context.directory.agency(hop.agency or "", self.journey.now)
        if there is None or self.closed >= 3:
            return
        self.closed += 1
        close(self.journey, there.code, *[code for code in heirs if code != there.code])
        reorganise(self.journey)
        assert reorganise(self.journey).repeated

    @rule(data=st.data())
    def somebody_else_speaks(self, data: st.DataObject) -> None:
        """Anyone who ever had a turn: understood if it closed, and declined otherwise."""
        hop = self.some(data, running=data.draw(st.booleans()))
        hops = self.journey.transfer.hops.values()
        had = sorted({one.agency for one in hops if one.agency is not None})
        kind = data.draw(st.sampled_from([Kind.HOP_RECEIVED, Kind.HOP_COMPLETED]))
        outcome: dict[str, Any] = {"outcome": "approved"} if kind is Kind.HOP_COMPLETED else {}
        by = data.draw(st.sampled_from(had))
        self.journey.tries(kind, hop.step, round=hop.round, by=by, **outcome)

    @rule()
    def a_calendar_is_approved(self) -> None:
        self.journey.context = replace(self.journey.context, calendars=knowing_both().calendars)

    @precondition(lambda self: NEW in self.journey.context.calendars.versions)
    @rule(data=st.data(), total=st.booleans())
    def recalendared(self, data: st.DataObject, total: bool) -> None:
        """Applied twice it moves nothing the second time."""
        hop = self.some(data, running=True)
        about: dict[str, Any] = {} if total else {"step": hop.step, "round": hop.round}
        self.journey.tries_to("recalendar", calendar=NEW, **about)
        assert isinstance(self.journey.tries_to("recalendar", calendar=NEW, **about), Declined)

    @rule(
        data=st.data(),
        ours=st.booleans(),
        since=st.integers(0, 4000),
        minutes=st.one_of(st.none(), st.integers(1, 6000)),
    )
    def outage_declared(
        self, data: st.DataObject, ours: bool, since: int, minutes: int | None
    ) -> None:
        agency = None if ours else self.some(data, running=True).agency
        start = self.journey.now - timedelta(minutes=since)
        end = None if minutes is None else start + timedelta(minutes=minutes)
        if (ours or agency is not None) and (end is None or end <= self.journey.now):
            self.journey.declares(agency, start, end)

    @precondition(lambda self: self.journey.outages)
    @rule(data=st.data(), ago=st.integers(0, 600))
    def outage_ended(self, data: st.DataObject, ago: int) -> None:
        outages = [one for one in self.journey.outages.values() if one.end is None]
        if outages:
            outage = data.draw(st.sampled_from(outages))
            end = max(self.journey.now - timedelta(minutes=ago), outage.start)
            self.journey.ends(outage.id, end)

    @precondition(lambda self: self.journey.outages)
    @rule(data=st.data())
    def outage_taken_back(self, data: st.DataObject) -> None:
        self.journey.takes_back(data.draw(st.sampled_from(sorted(self.journey.outages))))

    @rule()
    def what_is_held_follows_from_what_is_declared_alone(self) -> None:
        """Whatever came in which order: as the timekeeper leaves it, nothing else holds a clock."""
        self.journey.time()
        held = [hop.clock for hop in self.journey.transfer.hops.values() if hop.is_running]
        for hop in self.journey.transfer.hops.values():
            if hop.is_running:
                assert stands_of(hop) == expected_stands(self.journey, hop)
            else:
                assert hop.clock.held == ()
        stands = any(clock.held for clock in held)
        assert bool(self.journey.transfer.clock.held) == (
            stands and self.journey.transfer.state is TransferState.OPEN
        )

    @rule(hours=st.integers(1, 1000))
    def promise_moved(self, hours: int) -> None:
        self.journey.tries_to("extend", until=self.journey.now + timedelta(hours=hours))

    @precondition(lambda self: len(self.journey.entries) > 40)
    @rule(act=st.sampled_from(["stop", "archive"]))
    def ended(self, act: str) -> None:
        self.journey.tries_to(act)

    @invariant()
    def the_end_is_the_end(self) -> None:
        transfer = self.journey.transfer
        if transfer.state is TransferState.OPEN:
            return
        result = self.journey.tries(Kind.TRANSFER_CORRECTED, reason="x")
        assert declined(result).slug == "already-finished"
        timed = self.journey.time()
        assert isinstance(timed, Folded)
        assert timed.entries == ()

    @invariant()
    def what_was_charged_for_good_stays(self) -> None:
        now = self.journey.now
        following = self.journey.transfer.next_instant()
        if following is not None and following <= now:
            return
        # As the timekeeper would leave it: an outage may be declared that no event has met yet.
        context = replace(self.journey.context, now=now)
        transfer = folded(fold(self.journey.transfer, TimeReached(now), context)).transfer
        outages = dict(self.journey.outages)
        ours = [one for one in outages.values() if one.agency is None]
        charged = charges(transfer, now, [one.id for one in ours])
        for one in self.settled if outages == self.outages else ():
            assert one in _cut(charged, one.start, one.end)
        until = min([now - REACH, *(one.start for one in ours)])
        self.settled = tuple(
            one for one in _cut(charged, transfer.submitted_at, until) if not one.provisional
        )
        self.outages = outages

    @invariant()
    def the_ledger_gives_every_clock_again(self) -> None:
        lines = lines_of(self.journey.entries)
        replayed = replay(lines, self.journey.context.calendars)
        assert compare(self.journey.transfer, replayed) == []

    @invariant()
    def extended_at_most_once(self) -> None:
        assert self.journey.transfer.clock.extensions <= 1

    @invariant()
    def overall_stands_only_for_a_reason(self) -> None:
        transfer = self.journey.transfer
        if transfer.state is not TransferState.OPEN:
            return
        excludes = transfer.itinerary.total_excludes
        by_id = transfer.itinerary.by_id
        held = any(
            hop.is_running
            and (
                (hop.clock.paused_at is not None and hop.clock.pause_reason in excludes)
                or (hop.step != "origin" and by_id[hop.step].outside_total)
            )
            for hop in transfer.hops.values()
        )
        assert (transfer.clock.paused_at is not None) == held

    @invariant()
    def each_limit_is_breached_once(self) -> None:
        for hop in self.journey.transfer.hops.values():
            assert len(set(hop.clock.breached)) == len(hop.clock.breached)
            assert LimitName.OVERALL not in hop.clock.breached


Life.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLife = Life.TestCase
