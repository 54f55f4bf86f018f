"""Policies: the limits and consequences that act on every transfer, as versioned data.

The rows live in `routing/data/policies.toml` with their sources; here they are read once into
values, and a row that makes no sense is an error at load, never at decision time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from importlib import resources
from typing import Any, Literal, cast

from routing.legaltime import Budget

OnResume = Literal["remainder", "restart"]
CorrectionLimit = Literal["notice-day", "budget"]

_CLOCK_UNITS = {"min": "minutes", "h": "hours"}


class Consequence(StrEnum):
    """What a refusal leads to."""

    RESOLVE_AGAIN = "resolve_again"
    BACK_TO_SENDER = "back_to_sender"
    END_TRANSFER = "end_transfer"


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """What follows a refusal for one reason, and whether its sender must take note first."""

    consequence: Consequence
    acknowledge: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How long systems have between each other, as budgets without cutoff."""

    handover: Budget
    receipt: Budget
    refusal: Budget


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of all policies."""

    version: str
    handover_limit: str
    receipt_limit: str
    refusal_limit: str
    grace: timedelta
    claim_window: timedelta
    overall_cutoff: str | None
    extension_times: int
    extension_notice: timedelta
    refusals: Mapping[str, RefusalRule]
    returns: Mapping[str, CorrectionLimit]
    pauses: Mapping[str, OnResume]
    restarts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """`<procedure>/<step>` → pause reasons after which the clock begins again."""
    limits: Mapping[str, Limits] = field(default_factory=dict)
    """Procedure code → its limits; `*` is every other procedure."""

    def limits_of(self, procedure: str) -> Limits:
        """Return the limits between systems for a procedure's chain."""
        return self.limits.get(procedure) or self.limits["*"]

    def on_resume(self, procedure: str, step: str, reason: str) -> OnResume:
        """Return what resuming after this reason does to the clock of this step."""
        if self.restarts and reason in self.restarts.get(f"{procedure}/{step}", ()):
            return "restart"
        return self.pauses.get(reason, "remainder")


def load_policies() -> Policies:
    """Read the packaged policies."""
    text = resources.files("routing.data").joinpath("policies.toml").read_text("utf-8")
    return read_policies(tomllib.loads(text))


def read_policies(document: Mapping[str, Any]) -> Policies:
    """Build policies from a parsed document; KeyError or ValueError name what is wrong."""
    limits = document["limits"]
    return Policies(
        version=document["version"],
        handover_limit=limits["handover"]["within"],
        receipt_limit=limits["receipt"]["within"],
        refusal_limit=limits["refusal"]["within"],
        grace=_clock_time(document["decision"]["grace"]["within"]),
        claim_window=_clock_time(document["decision"]["claim"]["within"]),
        overall_cutoff=document["overall"]["cutoff"]["at"],
        extension_times=document["extension"]["times"],
        extension_notice=_clock_time(document["extension"]["notice"]["within"]),
        refusals={
            reason: RefusalRule(Consequence(row["consequence"]), bool(row["acknowledge"]))
            for reason, row in document["refusals"].items()
        },
        returns={
            reason: cast(CorrectionLimit, _one_of(row["limit"], "notice-day", "budget"))
            for reason, row in document["returns"].items()
        },
        pauses={
            reason: cast(OnResume, _one_of(row["on_resume"], "remainder", "restart"))
            for reason, row in document["pauses"].items()
        },
        restarts={
            step: frozenset(row["reasons"]) for step, row in document.get("restarts", {}).items()
        },
        limits={"*": _limits(limits)}
        | {
            procedure: _limits({**limits, **rows})
            for procedure, rows in document.get("limits_of", {}).items()
        },
    )


def _limits(rows: Mapping[str, Any]) -> Limits:
    return Limits(
        handover=Budget.parse(rows["handover"]["within"]),
        receipt=Budget.parse(rows["receipt"]["within"]),
        refusal=Budget.parse(rows["refusal"]["within"]),
    )


def _clock_time(text: str) -> timedelta:
    """Read `n min` or `n h` as elapsed time; other units have no fixed length."""
    number, _, unit = text.partition(" ")
    if unit not in _CLOCK_UNITS:
        raise ValueError(f"{text!r} is not elapsed time: write n min or n h")
    return timedelta(**{_CLOCK_UNITS[unit]: int(number)})


def _one_of(value: str, *allowed: str) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value
