"""Judge an examination: the acts that time brought about, beside those that it had to.

Pure. A rule that fired once, at its instant and in time, is `fired`; everything else is a fault:
`missing`, `doubled`, at a `wrong` instant, `late`, or `unexpected`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

EXACT: Final = timedelta(seconds=1)
"""Legal instants follow from the clock's facts; this is for rounding alone."""

PATIENCE: Final = timedelta(seconds=60)
"""How long after its instant (and the grace) an act may be entered: as the timekeeper's alarm."""

FIRED: Final = "fired"


@dataclass(frozen=True, slots=True)
class Awaited:
    """An act that must be entered for a transfer, and at which legal instant it must count."""

    no: int
    transfer: UUID
    rule: str
    act: str
    step: str | None
    reason: str | None
    threshold: str | None
    legal_at: datetime
    verdict: str | None = None
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """An act of the ledger."""

    transfer: UUID
    act: str
    step: str | None
    reason: str | None
    thresholds: tuple[str, ...]
    """Of a warning: the one it names, then those that it stands for as well."""
    legal_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every awaited act with its verdict, and the acts that nobody awaited, by rule."""

    awaited: tuple[Awaited, ...]
    unexpected: tuple[tuple[str, Entered], ...]

    @property
    def is_missing_some(self) -> bool:
        return any(one.verdict == "missing" for one in self.awaited)

    def faults(self) -> Mapping[str, str]:
        """Return what is wrong, by rule; the first fault of each."""
        found: dict[str, str] = {}
        for one in self.awaited:
            if one.verdict is not None and one.verdict != FIRED:
                found.setdefault(one.rule, one.verdict)
        for rule, _ in self.unexpected:
            found.setdefault(rule, "unexpected")
        return found


def read_entry(row: Sequence[Any], body: Mapping[str, Any]) -> Entered:
    """Read a ledger row (transfer, act, step, legal_at, recorded_at) with its body."""
    facts = body.get("facts") or {}
    named = facts.get("threshold")
    thresholds = () if named is None else (named, *facts.get("with", ()))
    return Entered(row[0], row[1], row[2], body.get("reason"), thresholds, row[3], row[4])


def judge(awaited: Iterable[Awaited], entered: Iterable[Entered], *, grace: timedelta) -> Judgement:
    """Compare what was awaited with what time entered."""
    acts = [one for one in entered if rule_of(one) is not None]
    judged = tuple([_judged(one, acts, grace) for one in awaited])
    wanted = {(one.transfer, one.act, one.step, one.reason, one.threshold) for one in judged}
    # What follows from a rule that did not fire is not told beside it.
    disturbed = {one.transfer for one in judged if one.verdict == "missing"}
    unexpected = [
        (str(rule_of(act)), act)
        for act in acts
        if act.transfer not in disturbed
        and not any(
            (act.transfer, act.act, act.step, act.reason, threshold) in wanted
            for threshold in act.thresholds or (None,)
        )
    ]
    return Judgement(judged, tuple(unexpected))


def rule_of(entry: Entered) -> str | None:
    """Name the rule behind an act that time brings about; None for every other act."""
    match entry.act:
        case "clock.breached":
            return f"breach:{entry.reason}"
        case "clock.warned":
            of = "warning" if entry.step is not None else "overall-warning"
            return f"{of}:{entry.thresholds[0] if entry.thresholds else None}"
        case "hop.lapsed":
            return "lapse"
        case "refusal.released":
            return "refusal-release"
        case "transfer.stopped" if entry.reason == "supplement-missed":
            return "supplement-stop"
        case "clock.started" if entry.reason == "receipt-limit":
            return "start-without-receipt"
    return None


def _judged(awaited: Awaited, acts: Sequence[Entered], grace: timedelta) -> Awaited:
    found = [act for act in acts if _is(awaited, act)]
    if not found:
        return replace(awaited, verdict="missing")
    first = found[0]
    verdict = FIRED
    if len(found) > 1:
        verdict = "doubled"
    elif not _counts_then(awaited, first):
        verdict = "wrong"
    elif first.recorded_at - awaited.legal_at > grace + PATIENCE:
        verdict = "late"
    return replace(awaited, verdict=verdict, found_at=first.recorded_at)


def _is(awaited: Awaited, act: Entered) -> bool:
    return (awaited.transfer, awaited.act, awaited.step, awaited.reason) == (
        act.transfer,
        act.act,
        act.step,
        act.reason,
    ) and (awaited.threshold is None or awaited.threshold in act.thresholds)


def _counts_then(awaited: Awaited, act: Entered) -> bool:
    """One sweep may find several warnings due: one entry stands for all, at the last one's."""
    if awaited.threshold is not None and act.thresholds[0] != awaited.threshold:
        return act.legal_at >= awaited.legal_at
    return abs(act.legal_at - awaited.legal_at) <= EXACT
