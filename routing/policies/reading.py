"""Reading policies: from the rows of a document to values, or an error that names the row.

A row that makes no sense, or does not say where it comes from and how sure that is, is an error
at load, never at decision time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from importlib import resources
from typing import Any, Final, TypeVar

from routing.legaltime import Budget, parse_cutoff, parse_threshold
from routing.policies.model import (
    Audience,
    Consequence,
    Lawful,
    Missed,
    OutageRule,
    Policies,
    RefusalRule,
    ReturnRule,
    Supplements,
)
from routing.policies.scopes import Scoped

T = TypeVar("T")
Row = Mapping[str, Any]

_CLOCK_UNITS: Final = {"min": "minutes", "h": "hours"}
_SCOPES: Final = ("step", "procedure", "agency")
_CERTAINTIES: Final = ("sourced", "secondary", "observed", "ours", "unverified")


def load_policies() -> Policies:
    """Read the packaged policies."""
    text = resources.files("routing.data").joinpath("policies.toml").read_text("utf-8")
    return read_policies(tomllib.loads(text))


def read_policies(document: Row) -> Policies:
    """Build policies from a parsed document; KeyError or ValueError name what is wrong."""
    for name, row in rows_of(document):
        if not row.get("source") or row.get("certainty") not in _CERTAINTIES:
            raise ValueError(f"{name} does not say its source and how sure that is")
    limits = document["limits"]
    return Policies(
        version=document["version"],
        handover=_scoped(limits["handover"], _within),
        receipt=_scoped(limits["receipt"], _within),
        refusal=_scoped(limits["refusal"], _within),
        thresholds=_scoped(document["warnings"], _thresholds),
        notices={event: _notice(row) for event, row in document["notices"].items()},
        supplements=_supplements(document["supplements"]),
        calendar_ahead=_clock_time(document["calendar"]["ahead"]["within"]),
        grace=_clock_time(document["decision"]["grace"]["within"]),
        claim_window=_clock_time(document["decision"]["claim"]["within"]),
        overall_cutoff=_scoped(document["overall"]["cutoff"], _cutoff),
        extension_times=document["extension"]["times"]["allowed"],
        extension_basis=document["extension"]["times"]["legal_basis"],
        extension_notice=_clock_time(document["extension"]["notice"]["within"]),
        refusals={
            reason: RefusalRule(
                Consequence(row["consequence"]), bool(row["acknowledge"]), f"refusals.{reason}"
            )
            for reason, row in document["refusals"].items()
        },
        returns={
            reason: _scoped(row, _return_rule, f"returns.{reason}")
            for reason, row in document["returns"].items()
        },
        pauses={
            reason: _one_of(row["on_resume"], "remainder", "restart")
            for reason, row in document["pauses"].items()
        },
        outages={kind: _outage_rule(rows) for kind, rows in document["outages"].items()},
        restarts={
            step: frozenset(row["reasons"]) for step, row in document.get("restarts", {}).items()
        },
        followers=_followers(document.get("followers", {})),
    )


def _followers(rows: Row) -> dict[str, tuple[str, ...]]:
    """Sort who follows by procedure; each row names one agency."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.values():
        for procedure in row["procedures"]:
            found[procedure] = (*found.get(procedure, ()), row["agency"])
    return found


def rows_of(document: Row, name: str = "") -> Iterator[tuple[str, Row]]:
    """Yield every row of a document with its dotted name; a row is a table that holds values."""
    tables = {key: value for key, value in document.items() if isinstance(value, Mapping)}
    if name and len(tables) < len(document):
        yield name, document
    for key, table in tables.items():
        yield from rows_of(table, f"{name}.{key}" if name else key)


def _scoped(row: Row, read: Callable[[Row], T], name: str = "") -> Scoped[T]:
    """Read the row for everybody, and those for steps, procedures and agencies beneath it.

    Each is read with its own name among the policies, as `row`.
    """
    steps, procedures, agencies = (
        {
            key: read({**one, "row": f"{name}.{scope}.{key}"})
            for key, one in row.get(scope, {}).items()
        }
        for scope in _SCOPES
    )
    return Scoped(read({**row, "row": name}), steps, procedures, agencies)


def _within(row: Row) -> Budget:
    return Budget.parse(row["within"])


def _cutoff(row: Row) -> str | None:
    if row["at"] == "none":
        return None
    parse_cutoff(row["at"])
    return str(row["at"])


def _thresholds(row: Row) -> tuple[str, ...]:
    for name in row["at"]:
        parse_threshold(name)
    return tuple(row["at"])


def _notice(row: Row) -> Scoped[tuple[Audience, ...] | None]:
    """Read who is told; where only scopes have rows, everybody else follows the wider event."""
    return _scoped(row, lambda one: _audiences(one) if "tell" in one else None)


def _audiences(row: Row) -> tuple[Audience, ...]:
    return tuple([Audience(name) for name in row["tell"]])


def _outage_rule(rows: Row) -> OutageRule:
    notice, mended = rows["notice"], rows.get("mended")
    same_day = _one_of(notice["by"], "notice-day", "ahead") == "notice-day"
    return OutageRule(
        stops=frozenset(
            _one_of(limit, "handover", "receipt", "deadline") for limit in rows["stops"]["limits"]
        ),
        ahead=None if same_day else _within(notice),
        same_day=same_day,
        mended=None if mended is None else _clock_time(mended["within"]),
        sources={name: row["source"] for name, row in rows.items()},
    )


def _return_rule(row: Row) -> ReturnRule:
    answer: str = row["answer"]
    return ReturnRule(
        _one_of(answer, "notice-day", "budget") if " " not in answer else Budget.parse(answer),
        Budget.parse(row["within"]) if "within" in row else None,
        row.get("legal_basis"),
        row["row"],
    )


def _supplements(rows: Row) -> Supplements:
    return Supplements(
        limit=_scoped(rows["limit"], _lawful),
        missed=_scoped(rows["missed"], lambda row: _lawful(row) or Lawful("")),
        times=_scoped(rows["times"], _lawful),
        request=_scoped(rows["request"], _lawful),
    )


def _lawful(row: Row) -> Lawful | None:
    """Read a rule with its article; a row that says nothing but that there is none is None."""
    if not {"within", "allowed", "consequence"} & set(row):
        return None
    return Lawful(
        row.get("legal_basis") or row["source"],
        Budget.parse(row["within"]) if "within" in row else None,
        row.get("allowed"),
        Missed(row.get("consequence", Missed.TELL)),
    )


def _clock_time(text: str) -> timedelta:
    """Read `n min` or `n h` as elapsed time; other units have no fixed length."""
    number, _, unit = text.partition(" ")
    if unit not in _CLOCK_UNITS:
        raise ValueError(f"{text!r} is not elapsed time: write n min or n h")
    return timedelta(**{_CLOCK_UNITS[unit]: int(number)})


def _one_of(value: str, *allowed: str) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value
