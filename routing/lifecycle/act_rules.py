"""What deliveries, limits, operators and consequences mean in each state of a hop."""

from __future__ import annotations

from typing import Final

from routing.lifecycle.model import HopState as H
from routing.lifecycle.model import TransferState as T
from routing.lifecycle.rules import (
    ENDED_TRANSFER,
    NEVER_SENT,
    RUNNING,
    STAYS,
    TAKEN_BACK,
    TERMINAL,
    UNDER_WAY,
    UNRECEIVED,
    Row,
    acts,
    declines,
    repeats,
)

DELIVERIES: Final = ("delivered", "available", "undeliverable")
LIMITS: Final = (
    "limit.handover",
    "limit.receipt",
    "limit.warning",
    "limit.deadline",
    "limit.refusal",
    "limit.supplement",
)
HOP_ACTS: Final = (
    "operator.retry",
    "operator.redirect",
    "operator.resolve",
    "operator.pause",
    "operator.resume",
    "operator.extend",
    "operator.return",
    "operator.release_refusal",
    "operator.recalendar",
)
CONSEQUENCES: Final = ("turn", "withdrawal", "stop", "cancellation", "takeover")
"""What follows from another event, and is never an event of its own."""

TRANSFER_EVENTS: Final = (
    "transfer.submitted",
    "transfer.corrected",
    "transfer.withdrawn",
    "limit.overall",
    "operator.extend",
    "operator.archive",
    "operator.stop",
    "operator.recalendar",
    "operator.reorganise",
)

_NOT_YET = "It was never handed over."
_OVER = "The agency's turn is over; what has ended stays as it ended."
_ENDED = "A transfer that has ended stays as it ended."

ACT_ROWS: Final[tuple[Row, ...]] = (
    acts(
        "turn",
        H.PLANNED,
        "begin",
        (H.DISPATCHING, H.SKIPPED, STAYS),
        "All steps before it are done: it is handed over; skipped if its condition does not "
        "hold; kept back if no agency could be named.",
    ),
    acts("delivered", H.DISPATCHING, "deliver", H.DELIVERED, "The receipt limit begins to run."),
    acts(
        "delivered",
        H.PAUSED,
        "deliver",
        STAYS,
        "Of a turn that was taken over paused: the receipt limit begins to run. Else it repeats.",
    ),
    repeats(
        "delivered",
        (H.DELIVERED, H.RECEIVED, H.COMPLETED, H.REFUSED, H.RETURNED, H.LAPSED),
        "delivered-again",
        "The agency has it, or has answered before our own confirmation came in.",
    ),
    acts(
        "delivered",
        TAKEN_BACK,
        "take-back",
        STAYS,
        "It went out while being taken back: the agency is sent the cancellation.",
    ),
    declines("delivered", NEVER_SENT, "never-offered", _NOT_YET),
    acts(
        "available",
        H.DISPATCHING,
        "make-available",
        STAYS,
        "It lies in the agency's mailbox: the hand-over limit is met, the receipt limit begins.",
    ),
    acts(
        "available",
        H.PAUSED,
        "make-available",
        STAYS,
        "Of a turn that was taken over paused; else it repeats.",
    ),
    repeats(
        "available",
        (H.DELIVERED, H.RECEIVED, *TERMINAL),
        "available-again",
        "The agency has it, or its turn is over.",
    ),
    declines("available", H.PLANNED, "never-offered", _NOT_YET),
    acts(
        "undeliverable",
        H.DISPATCHING,
        "fail-to-deliver",
        STAYS,
        "Entered; if permanent, the hop waits for a person.",
    ),
    acts(
        "undeliverable",
        H.PAUSED,
        "fail-to-deliver",
        STAYS,
        "Of a turn that was taken over paused; else it no longer matters.",
    ),
    repeats(
        "undeliverable",
        (H.DELIVERED, H.RECEIVED, *TERMINAL),
        "failed-in-vain",
        "The outcome of an attempt that no longer matters.",
    ),
    declines("undeliverable", H.PLANNED, "never-offered", _NOT_YET),
    acts(
        "limit.handover",
        (H.DISPATCHING, H.PAUSED),
        "exceed-handover",
        STAYS,
        "A breach of the hand-over limit; its sender is told.",
    ),
    acts(
        "limit.receipt",
        (*UNRECEIVED, H.PAUSED),
        "exceed-receipt",
        STAYS,
        "A breach of the receipt limit; a clock that starts on receipt starts here.",
    ),
    acts("limit.warning", RUNNING, "warn", STAYS, "The agency is warned, once per threshold."),
    acts(
        "limit.deadline",
        H.DISPATCHING,
        "exceed-deadline",
        STAYS,
        "A breach as of the deadline. Where silence is consent nothing is decided: what was "
        "never delivered cannot lapse.",
    ),
    acts(
        "limit.deadline",
        (H.DELIVERED, H.RECEIVED),
        "exceed-deadline",
        (STAYS, H.LAPSED),
        "A breach as of the deadline; where silence is consent, the hop lapses instead.",
    ),
    acts(
        "limit.refusal",
        H.REFUSED,
        "release-by-time",
        STAYS,
        "Nobody took note in time: what the reason leads to happens by itself.",
    ),
    acts(
        "limit.supplement",
        H.PAUSED,
        "miss-supplement",
        (H.STOPPED, STAYS),
        "The citizen did not provide what was asked for in time: the transfer is stopped by the "
        "article that says so; without one, who is concerned is told.",
    ),
    acts(
        "operator.retry",
        H.PLANNED,
        "resolve-again",
        (H.DISPATCHING, H.SKIPPED, STAYS),
        "Without an agency: it is resolved again with today's tables.",
    ),
    acts(
        "operator.retry",
        UNRECEIVED,
        "send-again",
        STAYS,
        "The same handover is sent again, under the same id.",
    ),
    declines(
        "operator.retry",
        (H.RECEIVED, H.PAUSED),
        "agency-has-it",
        "The agency has confirmed that it has it.",
    ),
    acts(
        "operator.redirect",
        H.PLANNED,
        "address",
        (H.DISPATCHING, H.SKIPPED, STAYS),
        "It will go to the named agency.",
    ),
    acts(
        "operator.redirect",
        UNDER_WAY,
        "redirect",
        H.CANCELLED,
        "Taken back here; a new round goes to the named agency, and its time runs on.",
    ),
    acts(
        "operator.resolve",
        H.PLANNED,
        "resolve",
        (H.DISPATCHING, H.SKIPPED, STAYS),
        "A person names the agency that the tables could not.",
    ),
    acts(
        "operator.resolve",
        UNDER_WAY,
        "resolve-successor",
        H.CANCELLED,
        "Its agency has closed, and a person says who takes over; else redirect it instead.",
    ),
    acts(
        "operator.resolve",
        H.COMPLETED,
        "resolve-originator",
        STAYS,
        "The originator has closed, and a person says who takes over; any other turn is over.",
    ),
    acts(
        "operator.pause",
        H.RECEIVED,
        "pause-for",
        H.PAUSED,
        "The clock stands, by an operator's act with its legal basis.",
    ),
    acts(
        "operator.pause",
        H.PAUSED,
        "pause-for",
        STAYS,
        "For the same reason it repeats; for another, the one pause ends where the next begins.",
    ),
    declines(
        "operator.pause",
        (H.PLANNED, *UNRECEIVED),
        "nothing-runs",
        "The agency has not said that it has it.",
    ),
    acts(
        "operator.resume",
        H.PAUSED,
        "resume",
        (H.RECEIVED, H.DELIVERED, H.DISPATCHING),
        "The clock goes on; what was taken over paused is as far as its own agency has it.",
    ),
    repeats("operator.resume", H.RECEIVED, "resumed-again", "The clock runs already."),
    declines("operator.resume", (H.PLANNED, *UNRECEIVED), "not-paused", "It was not paused."),
    acts(
        "operator.extend",
        RUNNING,
        "move-deadline",
        STAYS,
        "The deadline moves, under the same rule as an agency's own extension.",
    ),
    declines(
        "operator.extend",
        H.PAUSED,
        "paused-has-no-deadline",
        "While paused there is no deadline to move: resume first.",
    ),
    declines("operator.extend", H.PLANNED, "never-offered", _NOT_YET),
    acts(
        "operator.return",
        UNDER_WAY,
        "give-back-for",
        H.RETURNED,
        "Given back to an earlier step for its agency, which is told that its turn is over; the "
        "earlier step opens a new round, as if the agency had returned it.",
    ),
    declines("operator.return", H.PLANNED, "never-offered", _NOT_YET),
    acts(
        "operator.recalendar",
        RUNNING,
        "recalendar-hop",
        STAYS,
        "The deadline is counted by a newer calendar version; its agency and the originator are "
        "told.",
    ),
    declines(
        "operator.recalendar",
        H.PAUSED,
        "paused-has-no-deadline",
        "While paused there is no deadline to move: resume first.",
    ),
    declines("operator.recalendar", H.PLANNED, "never-offered", _NOT_YET),
    acts(
        "operator.release_refusal",
        H.REFUSED,
        "release",
        STAYS,
        "What the reason leads to happens now, on the operator's word.",
    ),
    declines(
        "operator.release_refusal",
        (H.PLANNED, *UNDER_WAY),
        "nothing-refused",
        "There is no refusal to release.",
    ),
    acts(
        "withdrawal",
        UNDER_WAY,
        "withdraw",
        H.WITHDRAWN,
        "The applicant has withdrawn: who has it is told.",
    ),
    acts("stop", UNDER_WAY, "stop", H.STOPPED, "Processing is stopped: who has it is told."),
    acts(
        "cancellation",
        (H.PLANNED, *UNDER_WAY),
        "cancel",
        H.CANCELLED,
        "Its turn falls away: a refusal ended the transfer, an earlier step is opened again, "
        "or the transfer ended before its turn came.",
    ),
    acts(
        "takeover",
        UNDER_WAY,
        "move",
        H.CANCELLED,
        "Its agency has closed: its successor has the turn from here on, in a round of its own.",
    ),
    acts(
        "takeover",
        H.PLANNED,
        "take-over",
        (H.DISPATCHING, H.PAUSED),
        "It is offered to the successor, and its time runs, or stands, as it did.",
    ),
    *(
        declines(act, TERMINAL, "over", _OVER)
        for act in HOP_ACTS
        if act not in ("operator.release_refusal", "operator.resolve")
    ),
    declines("operator.resolve", (s for s in TERMINAL if s != H.COMPLETED), "over", _OVER),
    declines("operator.release_refusal", (s for s in TERMINAL if s != H.REFUSED), "over", _OVER),
)

TRANSFER_ROWS: Final[tuple[Row, ...]] = (
    declines("transfer.submitted", T.OPEN, "already-open", "This dossier is on its way."),
    declines(
        "transfer.submitted",
        ENDED_TRANSFER,
        "transfer-over",
        "A transfer that has ended stays so; a new submission opens another.",
    ),
    acts(
        "transfer.corrected",
        T.OPEN,
        "correct",
        STAYS,
        "Later steps are resolved again; agencies that have it are told.",
    ),
    declines("transfer.corrected", ENDED_TRANSFER, "transfer-over", _ENDED),
    acts(
        "transfer.withdrawn",
        T.OPEN,
        "withdraw-transfer",
        T.WITHDRAWN,
        "Open hops are withdrawn, planned ones cancelled.",
    ),
    repeats("transfer.withdrawn", T.WITHDRAWN, "withdrawn-again", "Known."),
    declines("transfer.withdrawn", (T.COMPLETED, T.REFUSED, T.STOPPED), "transfer-over", _ENDED),
    acts(
        "limit.overall",
        T.OPEN,
        "exceed-overall",
        STAYS,
        "Warnings, and the breach of the statutory total; the originator is told.",
    ),
    acts(
        "operator.extend",
        T.OPEN,
        "move-promise",
        STAYS,
        "The date promised to the citizen moves: once, at least a day before it.",
    ),
    declines("operator.extend", ENDED_TRANSFER, "transfer-over", _ENDED),
    acts(
        "operator.recalendar",
        T.OPEN,
        "recalendar-total",
        STAYS,
        "The statutory total is counted by a newer calendar version; the originator is told.",
    ),
    declines("operator.recalendar", ENDED_TRANSFER, "transfer-over", _ENDED),
    acts(
        "operator.reorganise",
        (T.OPEN, *ENDED_TRANSFER),
        "reorganise",
        STAYS,
        "What is at agencies that have closed is their successors'; nothing else changes.",
    ),
    acts(
        "operator.archive",
        (T.OPEN, *ENDED_TRANSFER),
        "archive",
        STAYS,
        "It leaves the work-queues; nothing about it changes.",
    ),
    acts(
        "operator.stop",
        T.OPEN,
        "stop-transfer",
        T.STOPPED,
        "Open hops are stopped, planned ones cancelled.",
    ),
    repeats("operator.stop", T.STOPPED, "stopped-again", "Known."),
    declines("operator.stop", (T.COMPLETED, T.REFUSED, T.WITHDRAWN), "transfer-over", _ENDED),
)
