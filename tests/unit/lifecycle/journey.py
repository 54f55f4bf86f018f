"""Drive one transfer through real procedures, in local time, checking every fold."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.directory import load_directory
from routing.legaltime import Calendars, load_calendar
from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.model import (
    Available,
    Context,
    Declined,
    Delivered,
    Entry,
    Event,
    Folded,
    Hop,
    Operated,
    Said,
    Send,
    TimeReached,
    Transfer,
    Undeliverable,
)
from routing.outages import Outage, OutageKind, outages_of
from routing.policies import load_policies
from routing.procedures import load_catalogue
from routing.units import load_units
from schemas import kinds
from schemas.kinds import Kind
from tests.unit.lifecycle.invariants import SECRET, check

VN = ZoneInfo("Asia/Ho_Chi_Minh")
COMMUNE = "H31.101"
UNIT = "11953"

LAND = "1.012783"
BIRTH = "2.000987"
DEATH = "2.002622"
PERMIT = "9.000008"
ALLOCATION = "9.000006"
COPY = "2.000908"
LOST = "9.000004"

_MODELS = {
    Kind.TRANSFER_CORRECTED: kinds.TransferCorrected,
    Kind.TRANSFER_WITHDRAWN: kinds.TransferWithdrawn,
    Kind.SUPPLEMENT_PROVIDED: kinds.SupplementProvided,
    Kind.HOP_RECEIVED: kinds.HopReceived,
    Kind.HOP_REFUSED: kinds.HopRefused,
    Kind.REFUSAL_ACKNOWLEDGED: kinds.RefusalAcknowledged,
    Kind.HOP_PAUSED: kinds.HopPaused,
    Kind.HOP_RESUMED: kinds.HopResumed,
    Kind.HOP_EXTENDED: kinds.HopExtended,
    Kind.HOP_COMPLETED: kinds.HopCompleted,
    Kind.HOP_RETURNED: kinds.HopReturned,
}


def vn(text: str) -> datetime:
    """Read a local instant, "2026-03-02 08:30"; Monday 2 March 2026 begins the ordinary week."""
    return datetime.fromisoformat(text).replace(tzinfo=VN).astimezone(UTC)


@cache
def tables() -> Context:
    return Context(
        load_catalogue(),
        load_directory(),
        load_units(),
        Calendars([load_calendar("vn")]),
        load_policies(),
        vn("2026-03-02 08:30"),
    )


def knowing_until(day: date) -> Context:
    """The tables with a calendar that ends sooner."""
    full = tables()
    days = (day - full.calendar.known_from).days + 1
    short = replace(full.calendar, known_until=day, intervals=full.calendar.intervals[:days])
    return replace(full, calendars=Calendars([short]))


@dataclass
class Journey:
    """One transfer and the instant it has come to; `last` is what the last event brought about."""

    now: datetime
    context: Context
    transfer: Transfer
    last: Folded
    submission: dict[str, Any]
    entries: list[Entry]
    said: int = 0
    outages: dict[UUID, Outage] = field(default_factory=dict)

    # Events

    def at(self, text: str) -> "Journey":
        """Go to a local instant without telling the timekeeper."""
        self.now = vn(text)
        return self

    def later(self, **span: float) -> "Journey":
        self.now += timedelta(**span)
        return self

    def fold(self, event: Event) -> Folded | Declined:
        context = replace(self.context, now=self.now)
        result = fold(self.transfer, event, context)
        if isinstance(result, Folded):
            check(self.transfer, event, result, context, self.submission)
            self.transfer, self.last = result.transfer, result
            self.entries.extend(result.entries)
        return result

    def time(self, text: str | None = None) -> Folded:
        """Let the timekeeper decide what is due."""
        if text is not None:
            self.now = vn(text)
        return folded(self.fold(TimeReached(self.now)))

    def delivered(self, step: str, round: int | None = None) -> Folded:
        round = round or self.hop(step).round
        return folded(self.fold(Delivered(step, round, self.now, "broker-confirm")))

    def available(self, step: str, round: int | None = None) -> Folded:
        return folded(self.fold(Available(step, round or self.hop(step).round, self.now)))

    def undeliverable(
        self,
        step: str,
        reason: str = "gone",
        *,
        round: int | None = None,
        permanent: bool = True,
    ) -> Folded:
        event = Undeliverable(step, round or self.hop(step).round, reason, permanent)
        return folded(self.fold(event))

    def tries(
        self,
        kind: Kind,
        step: str | None = None,
        *,
        by: str | None = None,
        round: int | None = None,
        claimed: datetime | None = None,
        **data: Any,
    ) -> Folded | Declined:
        """Say a message, as the agency whose turn it is unless told otherwise."""
        self.said += 1
        data["transfer"] = self.transfer.id
        if step is not None:
            hop = self.hop(step, round)
            data |= {"step": step, "round": hop.round}
            by = by or hop.agency
        model = _MODELS[kind](**data)
        said = Said(
            kind, by or self.transfer.originator, model, claimed, self.now, UUID(int=self.said)
        )
        return self.fold(said)

    def says(self, kind: Kind, step: str | None = None, **data: Any) -> Folded:
        return folded(self.tries(kind, step, **data))

    def acts(self, act: str, step: str | None = None, **details: Any) -> Folded:
        return folded(self.tries_to(act, step, **details))

    def tries_to(self, act: str, step: str | None = None, **details: Any) -> Folded | Declined:
        details.setdefault("reason", "test")
        return self.fold(Operated(act, "an", step=step, **details))

    # Outages

    def declares(
        self, agency: str | None, start: str | datetime, end: str | datetime | None = None
    ) -> UUID:
        """Declare an outage (None: of this gateway); the next event folded knows of it."""
        declared = Outage(
            UUID(int=len(self.outages) + 1),
            agency,
            OutageKind.INCIDENT,
            vn(start) if isinstance(start, str) else start,
            vn(end) if isinstance(end, str) else end,
            "NĐ 99/2022 Điều 16.3",
        )
        self.redeclares(declared)
        return declared.id

    def ends(self, outage: UUID, end: str | datetime) -> None:
        end = vn(end) if isinstance(end, str) else end
        self.redeclares(replace(self.outages[outage], end=end))

    def takes_back(self, outage: UUID) -> None:
        self.redeclares(replace(self.outages[outage], withdrawn=True))

    def redeclares(self, declared: Outage) -> None:
        self.outages[declared.id] = declared
        self.context = replace(self.context, outages=outages_of(self.outages.values()))

    # Short for what most tests need

    def receives(self, step: str, **more: Any) -> Folded:
        return self.says(Kind.HOP_RECEIVED, step, **more)

    def completes(self, step: str, outcome: str = "approved", **more: Any) -> Folded:
        return self.says(Kind.HOP_COMPLETED, step, outcome=outcome, **more)

    def pauses(self, step: str, reason: str = "supplement", **more: Any) -> Folded:
        more.setdefault("legal_basis", "NĐ 61/2018 Điều 19")
        return self.says(Kind.HOP_PAUSED, step, reason=reason, **more)

    def refuses(self, step: str, reason: str, **more: Any) -> Folded:
        return self.says(Kind.HOP_REFUSED, step, reason=reason, explanation=f"vì {SECRET}", **more)

    def returns(self, step: str, to_step: str, reason: str = "upstream_error") -> Folded:
        return self.says(
            Kind.HOP_RETURNED,
            step,
            to_step=to_step,
            reason=reason,
            explanation=f"vì {SECRET}",
        )

    def walks(self, *steps: str) -> "Journey":
        """Hand over, receive and complete each step, a quarter of an hour each."""
        for step in steps:
            self.later(seconds=5).delivered(step)
            self.later(minutes=5).receives(step)
            self.later(minutes=10).completes(step)
        return self

    # What came of it

    def hop(self, step: str, round: int | None = None) -> Hop:
        if round is not None:
            return self.transfer.hops[step, round]
        hop = self.transfer.current(step)
        assert hop is not None
        return hop

    def state(self, step: str) -> str:
        return str(self.hop(step).state)

    def acted(self) -> list[str]:
        return [entry.act for entry in self.last.entries]

    def sent(self, kind: Kind) -> list[Send]:
        return [send for send in self.last.sends if send.kind is kind]

    def told(self) -> list[tuple[str, str]]:
        return [(send.to, str(send.kind)) for send in self.last.sends]


def submit(
    procedure: str,
    at: str = "2026-03-02 08:30",
    *,
    received_at: datetime | None = None,
    context: Context | None = None,
    claimed: datetime | None = None,
    **facts: Any,
) -> Journey:
    """Submit a dossier of a commune of Hưng Yên."""
    result, now, ctx, submission = try_to_submit(
        procedure, at, received_at=received_at, context=context, claimed=claimed, **facts
    )
    opened = folded(result)
    check(None, None, opened, ctx, submission)
    return Journey(now, ctx, opened.transfer, opened, submission, list(opened.entries))


def try_to_submit(
    procedure: str,
    at: str,
    *,
    received_at: datetime | None = None,
    context: Context | None = None,
    claimed: datetime | None = None,
    unit: str = UNIT,
    **facts: Any,
) -> tuple[Folded | Declined, datetime, Context, dict[str, Any]]:
    now = vn(at)
    ctx = replace(context or tables(), now=now)
    versions = ctx.catalogue.versions(procedure)
    places = dict.fromkeys(versions[-1].places if versions else (), unit)
    data = kinds.TransferSubmitted(
        procedure=procedure,
        received_at=received_at or now,
        channel="in_person",
        applicant=kinds.Applicant(kind="citizen", name=f"Nguyễn Thị {SECRET}"),
        places=places,
        facts=facts,
        note=SECRET,
    )
    said = Said(Kind.TRANSFER_SUBMITTED, COMMUNE, data, claimed, now, UUID(int=10**6))
    submission = data.model_dump(mode="json", exclude_none=True)
    return open_transfer(said, UUID(int=7), "H31.101-260302-0001", ctx), now, ctx, submission


def folded(result: Folded | Declined) -> Folded:
    assert isinstance(result, Folded), result
    return result


def declined(result: Folded | Declined) -> Declined:
    assert isinstance(result, Declined), result
    return result
