"""Look-up: where a dossier stands, for whoever proves that it is theirs.

The proof is the last four digits of a number that was given with the dossier: of its applicant's
identifier, or telephone. Without it nothing is told, not even whether a dossier exists: codes are
numbered by the day, so by the code alone a stranger could count an office's work. Whoever has
proved it sees the state down to the agency (TT 01/2018/TT-VPCP Art. 16.2.d), and nobody's name.
"""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson

from gateway.dispatch.parcels import said_in
from gateway.operations.transfer_view import find_transfer, list_transfers_of_dossier
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from gateway.store.sql import statement
from routing.lifecycle.model import ORIGIN, Hop, HopState, Transfer

DIGITS: Final = 4
_MOST_RUNS: Final = 20
_DONE: Final = frozenset({HopState.COMPLETED, HopState.LAPSED})
_LEFT_OUT: Final = frozenset({HopState.SKIPPED, HopState.CANCELLED})


class Standing(StrEnum):
    """Where a dossier stands, as its owner would say it."""

    AT_WORK = "at-work"
    WAITS_FOR_YOU = "waits-for-you"
    GIVEN_BACK = "given-back"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Progress(StrEnum):
    """How far a step is."""

    DONE = "done"
    AT_WORK = "at-work"
    ON_ITS_WAY = "on-its-way"
    ARRIVED = "arrived"
    """At the agency, which has not confirmed that it has taken it."""
    PAUSED = "paused"
    AHEAD = "ahead"


_UNDER_WAY: Final[Mapping[HopState, Progress]] = {
    HopState.DISPATCHING: Progress.ON_ITS_WAY,
    HopState.DELIVERED: Progress.ARRIVED,
    HopState.RECEIVED: Progress.AT_WORK,
    HopState.PAUSED: Progress.PAUSED,
}
"""The same parts as a person of the console is told of a turn."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step: what it is called, whose it is, how far it is, and since when."""

    title_vi: str
    title_en: str
    agency: str | None
    progress: Progress
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A dossier as its owner sees it. No personal data."""

    code: str
    procedure: str
    office: str
    standing: Standing
    received_at: datetime
    promised_at: datetime | None
    ended_at: datetime | None
    stages: tuple[Stage, ...]

    @property
    def done(self) -> int:
        return sum(1 for one in self.stages if one.progress is Progress.DONE)

    def is_late(self, now: datetime) -> bool:
        return self.promised_at is not None and (self.ended_at or now) > self.promised_at


async def look_up(
    pool: Pool, rulebook: Rulebook, code: str, digits: str, now: datetime
) -> list[Whereabouts]:
    """Return the dossiers of this code that the digits prove, the newest run of each office.

    Empty alike for a code that nobody has, for digits that do not fit, and where nothing was given
    that could prove it.
    """
    runs = (await list_transfers_of_dossier(pool, code, agency=None))[:_MOST_RUNS]
    said = await _applicants(pool, [run["transfer"] for run in runs])
    found: dict[str, Whereabouts] = {}
    for run in runs:
        issuer = run["dossier"]["issuer"]
        if issuer in found or not _prove(said.get(run["transfer"], {}), digits):
            continue
        transfer = await find_transfer(pool, run["transfer"])
        if transfer is not None:
            found[issuer] = _whereabouts(transfer.transfer, rulebook, now)
    return list(found.values())


async def _applicants(pool: Pool, transfers: list[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Return who applies in each transfer, as it was last corrected."""
    applicants: dict[UUID, Mapping[str, Any]] = {}
    async with pool.connection() as connection:
        found = await connection.execute(statement("list_applicants"), (transfers,), prepare=True)
        for transfer, media, body in await found.fetchall():
            try:
                _, data = said_in(media, bytes(body))
            except (orjson.JSONDecodeError, KeyError, TypeError):
                continue  # a partner's own form: it says nothing that could prove anything here
            if isinstance(applicant := data.get("applicant"), Mapping):
                applicants[transfer] = applicant
    return applicants


def _prove(applicant: Mapping[str, Any], digits: str) -> bool:
    """Whether the digits end a number of the applicant's."""
    identifier = applicant.get("identifier") or {}
    fits = [
        hmac.compare_digest(end.encode(), digits.encode())
        for end in _ends([identifier.get("value"), applicant.get("phone")])
    ]
    return any(fits)


def _ends(numbers: Iterable[str | None]) -> list[str]:
    bare = [re.sub(r"\D", "", number) for number in numbers if number]
    return [number[-DIGITS:] for number in bare if len(number) >= DIGITS]


def _whereabouts(transfer: Transfer, rulebook: Rulebook, now: datetime) -> Whereabouts:
    hops = [
        hop
        for hop in transfer.hops.values()
        if hop.step != ORIGIN and hop.superseded_by is None and hop.state not in _LEFT_OUT
    ]
    versions = rulebook.catalogue.versions(transfer.procedure)
    stages = []
    for hop in hops:
        step = transfer.itinerary.by_id.get(hop.step)
        stages.append(
            Stage(
                step.title_vi if step else hop.step,
                step.title_en if step else hop.step,
                rulebook.name_of(hop.agency, now) if hop.agency else None,
                _progress(hop),
                hop.ended_at or hop.received_at or hop.delivered_at,
            )
        )
    return Whereabouts(
        transfer.code,
        versions[-1].title_vi if versions else transfer.procedure,
        rulebook.name_of(transfer.originator, now),
        _standing(transfer, hops),
        transfer.received_at,
        transfer.promised_at or transfer.clock.deadline_at,
        transfer.ended_at,
        tuple(stages),
    )


def _progress(hop: Hop) -> Progress:
    if hop.state in _DONE:
        return Progress.DONE
    return _UNDER_WAY.get(hop.state, Progress.AHEAD)


def _standing(transfer: Transfer, hops: Sequence[Hop]) -> Standing:
    if transfer.state != "open":
        return Standing(transfer.state)
    waiting = {hop.clock.pause_reason for hop in hops if hop.state is HopState.PAUSED}
    if waiting & {"supplement", "payment", "confirmation"}:
        return Standing.WAITS_FOR_YOU
    if any(hop.state in (HopState.REFUSED, HopState.RETURNED) for hop in hops):
        return Standing.GIVEN_BACK
    return Standing.AT_WORK
