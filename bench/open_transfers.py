"""Open transfers with running clocks, as many as one likes, loaded by COPY.

One transfer is opened, handed over and received by the code that does so for everybody; the rows
that come of it are the template of all. Only ids, codes and the instants of the clock differ, put
in by the database: half of the clocks have a warning as their next instant, half the deadline's
end. Per transfer: 1 transfer, 1 itinerary, 4 hops (the origin, one received, two planned).
What no timer reads (messages, payloads, older ledger entries, deliveries) is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from bench.dossiers import Commune
from bench.past import Table, load_table
from bench.plan import HOPS, PROCEDURE
from gateway.commit.live import Live
from gateway.ids import new_id
from gateway.rulebook import Rulebook
from routing.lifecycle.fold import fold, open_transfer
from routing.lifecycle.model import (
    Context,
    Delivered,
    Folded,
    Hop,
    HopKey,
    HopState,
    LimitName,
    Said,
    Transfer,
)
from schemas.kinds import Kind
from schemas.registry import REGISTRY

_ID: Final = UUID("0195b0c4-7c00-7000-8000-0123456789ab")
_CODE: Final = "H00.00-000000-00000"
_NEXT: Final = datetime(1999, 1, 1, 1, 1, 1, tzinfo=UTC)
"""Stands for the clock's next instant until the database puts the real one in."""
_END: Final = datetime(1999, 2, 2, 2, 2, 2, tzinfo=UTC)
"""Stands for everything on the clock that comes long afterwards."""


@dataclass(frozen=True, slots=True)
class Due:
    """When the clocks of a load come to their next instant: the n-th after n steps."""

    first: datetime
    step: timedelta
    series: int
    """Two loads into one database differ in this, so that their ids do."""

    def id_of(self, n: int) -> UUID:
        """Return the id of the n-th transfer, from 1."""
        return UUID(f"{self.prefix}{n:012x}")

    @property
    def prefix(self) -> str:
        return f"0195b0c4-7c00-7000-{0x8000 + self.series:04x}-"


def load_open(
    database_url: str,
    transfers: int,
    due: Due,
    rulebook: Rulebook,
    commune: Commune,
    *,
    fresh: bool,
    on_rows: Callable[[int], None] = lambda _: None,
) -> int:
    """Load so many open transfers; `fresh` replaces whatever is there. Return the rows."""
    kinds = [_received(rulebook, commune, kind) for kind in ("warning", "deadline")]
    return sum(
        load_table(database_url, table, transfers, 0, on_rows, fresh=fresh)
        for table in _tables(kinds, due)
    )


def rows_of_open(transfers: int) -> int:
    """How many rows so many open transfers come to."""
    return transfers * (1 + 1 + HOPS + 1)


def _tables(kinds: list[Transfer], due: Due) -> list[Table]:
    """Make the tables' columns; `n` is even for the one kind and odd for the other."""
    begin = int(due.first.timestamp() * 1_000_000)
    step = due.step // timedelta(microseconds=1)
    grace = kinds[0].grace
    # Whole microseconds: an instant in a document is the very one of the column beside it.
    micros = f"({begin % 1_000_000} + n * {step}::bigint)"
    at = f"(to_timestamp({begin // 1_000_000}) + {micros} * interval '1 microsecond')"
    end = f"({at} + interval '30 days')"
    id_ = f"('{due.prefix}' || lpad(to_hex(n::bigint), 12, '0'))"
    code = f"('H31.101-{due.series:06d}-' || lpad(n::text, 8, '0'))"

    def written(text: str) -> str:
        literal = "'" + text.replace("'", "''").replace("%", "%%") + "'"
        for stands, put in (
            (str(_ID), id_),
            (_CODE, code),
            (_iso(_NEXT), _iso_of(at)),
            (_iso(_END), _iso_of(end)),
            (_iso(_NEXT - grace), _iso_of(f"({at} - interval '{grace}')")),
        ):
            if stands in text:
                literal = f"replace({literal}, '{stands}', {put})"
        return literal

    def either(texts: list[str]) -> str:
        first, second = (written(text) for text in texts)
        return f"CASE n %% 2 WHEN 0 THEN {first} ELSE {second} END::json"

    lives = [Live(one, seq=0) for one in kinds]
    plans = [live.itinerary_row() for live in lives]
    rows = [live.transfer_row() for live in lives]
    hops = [live.hop_rows() for live in lives]
    order = range(len(hops[0]))
    documents = [either([_json(of[no]["document"]) for of in hops]) for no in order]
    states = ", ".join(f"'{hops[0][no]['state']}'" for no in order)
    steps = ", ".join(f"'{hops[0][no]['step']}'" for no in order)
    agencies = ", ".join(f"'{hops[0][no]['agency']}'" for no in order)
    deadline = f"CASE WHEN n %% 2 = 0 THEN {end} ELSE {at} - interval '{grace}' END"
    running = next(no for no in order if hops[0][no]["state"] == HopState.RECEIVED) + 1
    row = rows[0]
    return [
        Table(
            "transfers",
            1,
            {
                "id": f"{id_}::uuid",
                "issuer": f"'{row['issuer']}'",
                "code": code,
                "originator": f"'{row['originator']}'",
                "state": "'open'",
                "procedure": f"'{row['procedure']}'",
                "procedure_version": f"'{row['procedure_version']}'",
                "submitted_at": "now() - interval '5 days'",
                "deadline_at": end,
                "next_timer_at": at,
                "itinerary_no": "1",
                "document": either([_json(one["document"]) for one in rows]),
                "seq": "6",
                "head_hash": "decode(md5(n::text), 'hex')",
            },
        ),
        Table(
            "itineraries",
            1,
            {
                "transfer_id": f"{id_}::uuid",
                "no": "1",
                "document": either([_json((one or {})["document"]) for one in plans]),
            },
        ),
        Table(
            "hops",
            len(hops[0]),
            {
                "transfer_id": f"{id_}::uuid",
                "step": f"(ARRAY[{steps}])[k]",
                "round": "1",
                "no": "k - 1",
                "agency": f"(ARRAY[{agencies}])[k]",
                "state": f"(ARRAY[{states}])[k]",
                "deadline_at": f"CASE WHEN k = {running} THEN {deadline} END",
                "document": "CASE k "
                + " ".join(f"WHEN {no + 1} THEN {made}" for no, made in enumerate(documents))
                + " END",
            },
        ),
    ]


def _received(rulebook: Rulebook, commune: Commune, kind: str) -> Transfer:
    """Open a transfer, hand its first hop over, have it received; set its clock's next instant."""
    now = datetime.now(UTC) - timedelta(days=5)
    context = rulebook.at(now)
    submission = orjson.dumps(
        {
            "procedure": PROCEDURE,
            "received_at": now.isoformat(),
            "channel": "in_person",
            "applicant": {"kind": "citizen", "name": "Nguyễn Văn Mẫu"},
            "places": {"applicant": commune.unit},
        }
    )
    data = REGISTRY.read(Kind.TRANSFER_SUBMITTED.type, submission)
    said = Said(Kind.TRANSFER_SUBMITTED, commune.code, data, now, now, new_id())
    opened = open_transfer(said, _ID, _CODE, context)
    assert isinstance(opened, Folded)
    step = opened.transfer.itinerary.steps[0]
    delivered = _folded(opened.transfer, Delivered(step.id, 1, now, "broker confirm"), context)
    hop = {"transfer": str(_ID), "step": step.id, "round": 1}
    data = REGISTRY.read(Kind.HOP_RECEIVED.type, orjson.dumps(hop))
    assert step.agency is not None
    received = _folded(
        delivered, Said(Kind.HOP_RECEIVED, step.agency, data, now, now, new_id()), context
    )
    return _with_clock(received, (step.id, 1), kind, context)


def _folded(transfer: Transfer, event: Any, context: Context) -> Transfer:
    folded = fold(transfer, event, context)
    assert isinstance(folded, Folded)
    return folded.transfer


def _with_clock(transfer: Transfer, key: HopKey, kind: str, context: Context) -> Transfer:
    hop: Hop = transfer.hops[key]
    if kind == "warning":
        clock = replace(hop.clock, warned=("50%",), warn_at=(("80%", _NEXT),), deadline_at=_END)
    else:
        # Decided after the grace: the deadline lies that much before the instant of the timer.
        at = _NEXT - context.policies.grace
        clock = replace(hop.clock, warned=("50%", "80%"), warn_at=(), deadline_at=at)
    overall = replace(transfer.clock, warned=("50%",), warn_at=(), deadline_at=_END)
    hops = {**transfer.hops, key: replace(hop, clock=clock)}
    made = replace(transfer, hops=hops, clock=overall)
    limits = [name for name, _ in hops[key].instants(transfer.grace)]
    assert ("warning" if kind == "warning" else LimitName.DEADLINE) in limits
    return made


def _json(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_UTC_Z).decode()


def _iso(instant: datetime) -> str:
    return str(orjson.dumps(instant, option=orjson.OPT_UTC_Z).decode().strip('"'))


def _iso_of(made: str) -> str:
    """Write an instant as the documents have it, in SQL."""
    return f"to_char({made} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
