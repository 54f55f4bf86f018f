"""What the self-test sends, and what must follow: one row per ledger act, with its instant.

The instants are written down here, not computed by the code they examine: minutes after an act of
the sending itself, as routing/data/synthetic/procedure.toml and its policy rows say. A new limit or
warning of the lifecycle belongs into a case; a test holds that every one is in some case.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from routing.lifecycle.model import LimitName
from routing.synthetic import UNREAD_MAILBOX
from schemas.kinds import Kind

RECEIVED: Final = "received"
"""Not an act: when the dossier says that it was received, from which the total is counted."""

DISPATCHED: Final = "hop.dispatched"


@dataclass(frozen=True, slots=True)
class Expected:
    """One act that must be entered once, `after` so long a time counted from another act."""

    rule: str
    act: str
    step: str | None
    since: str
    after: timedelta
    reason: str | None = None
    threshold: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier, what its agency says of itself, and what time must do to it."""

    name: str
    agency: str
    expected: tuple[Expected, ...]
    says: Kind | None = None
    words: tuple[tuple[str, Any], ...] = ()


def _breach(limit: LimitName, step: str | None, since: str, minutes: float) -> Expected:
    rule = f"breach:{limit.value}"
    after = timedelta(minutes=minutes)
    return Expected(rule, "clock.breached", step, since, after, reason=limit.value)


def _warnings(
    step: str | None, since: str, budget: float, thresholds: tuple[tuple[str, float], ...]
) -> tuple[Expected, ...]:
    of = "warning" if step is not None else "overall-warning"
    return tuple(
        [
            Expected(
                f"{of}:{name}",
                "clock.warned",
                step,
                since,
                timedelta(minutes=budget * share),
                threshold=name,
            )
            for name, share in thresholds
        ]
    )


def _hop_warnings(step: str) -> tuple[Expected, ...]:
    """Of 4 minutes: half, a minute before the end, four fifths."""
    return _warnings(step, DISPATCHED, 4, (("50%", 0.5), ("1min", 0.75), ("80%", 0.8)))


_OVERALL_WARNINGS: Final = _warnings(
    None, RECEIVED, 6, (("50%", 0.5), ("80%", 0.8), ("1min", 5 / 6))
)
_OVERALL: Final = (*_OVERALL_WARNINGS, _breach(LimitName.OVERALL, None, RECEIVED, 6))

CASES: Final = (
    Case(
        "unreachable",
        "Z99.01",
        (
            _breach(LimitName.HANDOVER, "unreachable", DISPATCHED, 1),
            *_hop_warnings("unreachable"),
            _breach(LimitName.DEADLINE, "unreachable", DISPATCHED, 4),
            *_OVERALL,
        ),
    ),
    Case(
        "unread",
        UNREAD_MAILBOX,
        (
            _breach(LimitName.RECEIPT, "unread", "hop.available", 1),
            Expected(
                "start-without-receipt",
                "clock.started",
                "unread",
                "hop.available",
                timedelta(minutes=1),
                reason="receipt-limit",
            ),
            *_OVERALL,
        ),
    ),
    Case(
        "silent",
        "Z99.03",
        (
            *_hop_warnings("silent"),
            Expected(
                "lapse",
                "hop.lapsed",
                "silent",
                DISPATCHED,
                timedelta(minutes=4),
                reason="silence",
            ),
            *_OVERALL_WARNINGS,
        ),
        says=Kind.HOP_RECEIVED,
    ),
    Case(
        "refusing",
        "Z99.04",
        (
            Expected(
                "refusal-release",
                "refusal.released",
                "refusing",
                "hop.refused",
                timedelta(minutes=1),
                reason="refusal-limit",
            ),
        ),
        says=Kind.HOP_REFUSED,
        words=(("reason", "rejected"), ("explanation", "tự kiểm tra")),
    ),
    Case(
        "waiting",
        "Z99.05",
        (
            _breach(LimitName.SUPPLEMENT, "waiting", "hop.paused", 1),
            Expected(
                "supplement-stop",
                "transfer.stopped",
                None,
                "hop.paused",
                timedelta(minutes=1),
                reason="supplement-missed",
            ),
        ),
        says=Kind.HOP_PAUSED,
        words=(("reason", "supplement"), ("legal_basis", "không có")),
    ),
)

RULES: Final = tuple(dict.fromkeys(one.rule for case in CASES for one in case.expected))
"""Every rule that is examined, by the name that an alarm says."""
