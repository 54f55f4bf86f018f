"""What came of an item of an act, in the reader's language.

Outcomes are kept as one line in English with a code before it where a rule declined. What the line
begins with is looked up here; what nobody foresaw is said as such, with its code for the
technicians, so that no reader meets a sentence in a language that they did not choose.
"""

from collections.abc import Mapping
from typing import Final

from gateway.console.words import Words
from gateway.operations.deeds import DELIVERED

WHY: Final[Mapping[str, str]] = {
    "the same hand-over goes out again": "act.why.again",
    "it was delivered or taken back in the meantime": "act.why.settled",
    "it was delivered in the meantime": "act.why.delivered-before",
    "it was taken back in the meantime": "act.why.taken-back",
    "there is nothing to do of it in its present state": "act.why.settled-before",
    "it does not wait for a person's word": "act.why.not-held",
    "it counts as delivered": "act.why.delivered",
    "it was settled before": "act.why.settled-before",
    "a poison message is settled": "act.why.of-poison",
    "the next delivery probes it": "act.why.probed",
    "its breaker is closed": "act.why.closed",
    "nobody works on it": "act.why.nobody",
    "it is noted there already": "act.why.noted",
    "recorded after an interruption": "act.why.recorded",
    "the gateway could not carry this out": "act.why.not-carried-out",
    "nothing of it is at an agency that has closed": "act.why.not-closed",
    "nothing was left": "act.why.nothing-left",
    "overtaken": "act.why.overtaken",
    "its turn has not come": "act.why.no-turn-yet",
    "it has an agency: redirect it": "act.why.has-agency",
    "it has this agency already": "act.why.same-agency",
    "what came back is the originator's": "act.why.originators",
    "the originator corrects or withdraws": "act.why.originators",
    "a return needs one of the known reasons": "act.why.return-reason",
    "a return needs its legal basis": "act.why.incomplete",
    "this is not a step before": "act.why.not-before",
    "this step was skipped": "act.why.skipped-step",
    "a pause needs one of the known reasons": "act.why.pause-reason",
    "the agency has confirmed that it has it": "act.why.agency-has-it",
    "the agency has not said that it has it": "act.why.not-received",
    "the agency's turn is over": "act.why.turn-over",
    "a transfer that has ended": "act.why.finished",
    "it was never handed over": "act.why.never-offered",
    "it was not paused": "act.why.not-paused",
    "while paused there is no deadline": "act.why.paused",
    "there is no refusal to release": "act.why.nothing-refused",
    "an extension is asked before the deadline": "act.why.extend-later",
    "the promised date can only move later": "act.why.extend-later",
    "the promised date may": "act.why.promise-moved",
    "the transfer has no running deadline": "act.why.no-deadline",
    "the hop has no deadline": "act.why.no-deadline",
    "there is no running deadline": "act.why.no-deadline",
    "this version does not move the deadline": "act.why.not-moved",
    "the hop is paused for another reason": "act.why.paused",
    "processing stops": "act.why.supplement-missed",
    "the time to provide it ended": "act.why.supplement-missed",
    "a supplement may be asked for": "act.why.supplement-again",
}
"""By how a line begins, in any case of letters."""

BY_CODE: Final[Mapping[str, str]] = {
    "internal": "act.why.not-carried-out",
    "not-found": "act.why.not-found",
    "unknown-hop": "act.why.not-found",
    "illegal-transition": "act.why.illegal",
    "unknown-agency": "act.why.unknown-agency",
    "already-finished": "act.why.finished",
    "dossier-in-transit": "act.why.illegal",
    "missing-field": "act.why.incomplete",
    "invalid-value": "act.why.invalid",
}
"""What a declined act met, where its line says nothing that is known."""

COUNTED: Final = (
    "moved",
    "addressed",
    "waits",
    "originator",
    "closed",
    "unfollowed",
    "drained",
    "drained-moved",
    "events",
    "foreign",
)
"""What a reorganisation counts."""
_NOT_FOR: Final = " is not for "
_IS_FOR: Final = " is for "


def is_good(detail: str | None) -> bool:
    """Whether an item was left alone because what was wanted had come about by itself."""
    return detail == DELIVERED


def why(words: Words, detail: str | None) -> str:
    """Return what came of an item in words; empty where there is nothing to say."""
    if not detail:
        return ""
    code, colon, line = detail.partition(": ")
    said = [detail.lower(), line.lower()] if colon else [detail.lower()]
    for begins in sorted(WHY, key=len, reverse=True):
        if any(one.startswith(begins) for one in said):
            return words(WHY[begins])
    if code in BY_CODE:
        return words(BY_CODE[code])
    if _NOT_FOR in detail or _IS_FOR in detail:
        return words("act.why.not-for-this")
    return _counts(words, detail) or words("act.why.other", code=code[:60])


def _counts(words: Words, detail: str) -> str:
    """Say `moved 2, waits 1` in words; empty for anything else."""
    told = []
    for part in detail.split(", "):
        name, _, number = part.rpartition(" ")
        if name not in COUNTED or not number.isdigit():
            return ""
        told.append(words(f"act.counted.{name}", n=int(number)))
    return ", ".join(told)
