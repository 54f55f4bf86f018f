"""What each message of an agency means in each state of its hop: in turn, late, early, repeated."""

from __future__ import annotations

from typing import Final

from routing.lifecycle.model import HopState as H
from routing.lifecycle.rules import (
    ANSWERED,
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
    notes,
    repeats,
)

MESSAGES: Final = (
    "hop.received",
    "hop.paused",
    "hop.resumed",
    "supplement.provided",
    "hop.extended",
    "hop.completed",
    "hop.refused",
    "refusal.acknowledged",
    "hop.returned",
)
RECEIVED_BY_FORMER: Final = "hop.received by who has closed"

_NOT_YET = "It was never handed over, so there is nothing to answer."
_CROSSED = "It crossed our cancellation on the road: kept as evidence, nothing changes."
_OVER = "The agency's turn is over; what has ended stays as it ended."
_LAPSED = "Silence has counted as consent; a late answer is kept as evidence."

_ANSWERS: Final = tuple(
    name for name in MESSAGES if name not in ("supplement.provided", "refusal.acknowledged")
)

MESSAGE_ROWS: Final[tuple[Row, ...]] = (
    acts(
        "hop.received",
        UNRECEIVED,
        "receive",
        H.RECEIVED,
        "The agency has it; before our own confirmation came in, it implies the delivery.",
    ),
    repeats("hop.received", H.RECEIVED, "received-again", "Known: the first receipt stands."),
    acts(
        "hop.received",
        H.PAUSED,
        "receive-paused",
        STAYS,
        "Who took it over paused has it; else the first receipt stands.",
    ),
    notes(
        RECEIVED_BY_FORMER,
        tuple(H),
        "received-by-former",
        "An agency that has closed had it; the receipt of its successor is the successor's own.",
    ),
    notes(
        "hop.received",
        ANSWERED,
        "received-late",
        "The later answer implied the receipt; this one, overtaken, is kept as evidence.",
    ),
    notes("hop.received", H.LAPSED, "received-late", _LAPSED),
    acts(
        "hop.paused",
        RUNNING,
        "pause",
        H.PAUSED,
        "The clock stands; without a receipt before, it implies one.",
    ),
    acts(
        "hop.paused",
        H.PAUSED,
        "pause-otherwise",
        STAYS,
        "For the same reason it repeats; for another, the one pause ends where the next begins.",
    ),
    declines("hop.paused", ANSWERED, "over", _OVER),
    notes("hop.paused", H.LAPSED, "lapsed-before", _LAPSED),
    acts(
        "hop.resumed",
        H.PAUSED,
        "resume",
        (H.RECEIVED, H.DELIVERED, H.DISPATCHING),
        "The clock goes on; said by who has closed, its successor's receipt is still its own.",
    ),
    repeats(
        "hop.resumed",
        H.RECEIVED,
        "resumed-again",
        "The clock runs already: a supplement has come in, or it was said before.",
    ),
    declines("hop.resumed", UNRECEIVED, "not-paused", "It was not paused."),
    notes(
        "hop.resumed",
        (H.COMPLETED, H.REFUSED, H.RETURNED, H.LAPSED),
        "resumed-late",
        "The later answer implied that work went on; kept as evidence.",
    ),
    acts(
        "supplement.provided",
        H.PAUSED,
        "supplement-paused",
        (H.RECEIVED, STAYS, H.DELIVERED, H.DISPATCHING),
        "Kept and told to the agency; a pause for a supplement ends with it, any other goes on.",
    ),
    acts(
        "supplement.provided",
        RUNNING,
        "supplement",
        STAYS,
        "Nobody asked for it (yet): kept and told to the agency.",
    ),
    acts(
        "supplement.provided",
        H.PLANNED,
        "supplement-early",
        STAYS,
        "Kept, and handed over with the rest when its turn comes.",
    ),
    notes(
        "supplement.provided",
        (H.COMPLETED, H.REFUSED, H.RETURNED, H.LAPSED, H.SKIPPED),
        "supplement-late",
        "The step is over: kept as evidence.",
    ),
    acts(
        "hop.extended",
        RUNNING,
        "extend",
        H.RECEIVED,
        "The deadline moves, inside the date promised to the citizen or, once, with it; "
        "without a receipt before, it implies one.",
    ),
    declines(
        "hop.extended",
        H.PAUSED,
        "paused-has-no-deadline",
        "While paused there is no deadline to move: resume first.",
    ),
    declines("hop.extended", ANSWERED, "over", _OVER),
    notes("hop.extended", H.LAPSED, "lapsed-before", _LAPSED),
    acts(
        "hop.completed",
        UNDER_WAY,
        "complete",
        H.COMPLETED,
        "The next steps begin; without a receipt it implies one, from a pause it ends it.",
    ),
    repeats(
        "hop.completed",
        H.COMPLETED,
        "completed-again",
        "The same outcome repeats; another outcome is declined, for terminal is terminal.",
    ),
    declines("hop.completed", (H.REFUSED, H.RETURNED), "over", _OVER),
    notes("hop.completed", H.LAPSED, "lapsed-before", _LAPSED),
    acts(
        "hop.refused",
        UNDER_WAY,
        "refuse",
        H.REFUSED,
        "Its sender is told and must acknowledge; siblings go on until then.",
    ),
    repeats(
        "hop.refused",
        H.REFUSED,
        "refused-again",
        "The same reason repeats; another reason is declined, for terminal is terminal.",
    ),
    declines("hop.refused", (H.COMPLETED, H.RETURNED), "over", _OVER),
    notes("hop.refused", H.LAPSED, "lapsed-before", _LAPSED),
    acts(
        "refusal.acknowledged",
        H.REFUSED,
        "acknowledge",
        STAYS,
        "What the reason leads to happens now; said again, or after it happened, it only "
        "counts as known.",
    ),
    declines(
        "refusal.acknowledged",
        (H.PLANNED, *UNDER_WAY, *(s for s in TERMINAL if s != H.REFUSED)),
        "nothing-refused",
        "There is no refusal to take note of.",
    ),
    acts(
        "hop.returned",
        UNDER_WAY,
        "give-back",
        H.RETURNED,
        "The earlier step opens a new round; unfinished steps after it are planned again.",
    ),
    repeats("hop.returned", H.RETURNED, "returned-again", "Known: the first return stands."),
    declines("hop.returned", (H.COMPLETED, H.REFUSED), "over", _OVER),
    notes("hop.returned", H.LAPSED, "lapsed-before", _LAPSED),
    notes("supplement.provided", (H.WITHDRAWN, H.CANCELLED), "crossed", _CROSSED),
    declines(
        "supplement.provided",
        H.STOPPED,
        "stopped-before",
        "Processing has stopped: the dossier can be submitted anew.",
        "already-finished",
    ),
    *(notes(name, TAKEN_BACK, "crossed", _CROSSED) for name in _ANSWERS),
    *(declines(name, NEVER_SENT, "never-offered", _NOT_YET) for name in _ANSWERS),
)
