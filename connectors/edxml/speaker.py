"""Reads what a partner of the axis posts, and answers as a node of the axis does.

Who posts is known by the signature in the envelope; where the policy takes unsigned envelopes, by
a bearer token of ours as well, always. A signature that is wrong is kept with what it came on, as
any refusal is: only an envelope without the signature that it has to have is nobody's.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import orjson

from connectors.agency_book import AgencyBook, EmptyBook
from connectors.edxml.faults import EnvelopeRefused, Fault, FaultCode, FromNobody
from connectors.edxml.files import enclosures_of, without_contents
from connectors.edxml.hearing import hear
from connectors.edxml.limits import DEFAULT_LIMITS
from connectors.edxml.partner import read_partner
from connectors.edxml.policy import PolicyError
from connectors.edxml.signatures import open_envelope
from connectors.protocol import Endpoint, Heard, Judgement, Message, Reply, Unheard
from schemas.problems import Problem, ProblemType, problem

_TYPES: Final[Mapping[FaultCode, ProblemType]] = {
    FaultCode.TOO_LARGE: ProblemType.TOO_LARGE,
    FaultCode.ATTACHMENT_TOO_LARGE: ProblemType.TOO_LARGE,
    FaultCode.TOO_MANY_ATTACHMENTS: ProblemType.TOO_LARGE,
    FaultCode.TOO_MANY_NODES: ProblemType.TOO_LARGE,
    FaultCode.TOO_DEEP: ProblemType.TOO_DEEP,
    FaultCode.NOT_UTF8: ProblemType.NOT_UTF8,
    FaultCode.MISSING: ProblemType.MISSING_FIELD,
    FaultCode.ATTACHMENT_MISSING: ProblemType.MISSING_FIELD,
    FaultCode.UNSIGNED: ProblemType.UNAUTHENTICATED,
    FaultCode.NOT_ALLOWED: ProblemType.FOREIGN_SOURCE,
    FaultCode.NOT_ADDRESSEE: ProblemType.UNKNOWN_AGENCY,
}


class EdxmlSpeaker:
    """Reads envelopes; `now` is machine time: signatures and leaves are judged by it."""

    name: Final = "edxml"

    def __init__(
        self,
        book: AgencyBook | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._book = book or EmptyBook()
        self._now = now

    def largest(self, endpoint: Endpoint) -> int:
        return DEFAULT_LIMITS.envelope

    def shows_token(self, endpoint: Endpoint) -> bool:
        try:
            return read_partner(endpoint).policy.unsigned is not None
        except PolicyError:
            return True

    def read(self, headers: Mapping[str, str], body: bytes, endpoint: Endpoint) -> Heard | Unheard:
        try:
            partner = read_partner(endpoint)
        except PolicyError as error:
            detail = f"The endpoint's options cannot be read: {error}."
            return _unheard(problem(ProblemType.INTERNAL, detail, fault="gateway"))
        try:
            opened = open_envelope(body, partner.policy, self._now())
            enclosures = enclosures_of(opened.envelope)
            heard = hear(opened.envelope, partner, self._book, enclosures)
        except EnvelopeRefused as refused:
            shows_token = partner.policy.unsigned is not None
            from_nobody = isinstance(refused, FromNobody) and not shows_token
            return _unheard(problem_of(refused.fault), from_nobody=from_nobody)
        kept = without_contents(body, enclosures) if enclosures else None
        if isinstance(heard, Message):
            return Heard((heard,), kept=kept, enclosures=enclosures)
        return Heard(remarks=(heard,), kept=kept, enclosures=enclosures)

    def answer(self, heard: Heard, judged: Sequence[Judgement], endpoint: Endpoint) -> Reply:
        said = next((one for one in judged if one.verdict in ("refused", "unanswered")), None)
        if said is None:
            return _reply(200, "DONE", "0", "", judged[0].verdict if judged else "accepted")
        if said.problem is not None:
            return _failure(said.problem)
        return _reply(503, "FAIL", "unanswered", "Send it again.", "unanswered")


def problem_of(fault: Fault) -> Problem:
    """Say a fault as a problem: the same where and whose, under the catalogue's type."""
    line = f" (line {fault.line})" if fault.line is not None else ""
    return problem(
        _TYPES.get(fault.code, ProblemType.INVALID_VALUE),
        f"{fault.code}: {fault.detail}{line}."[:2000],
        fault.path or None,
        fault=fault.whose,
    )


def _unheard(found: Problem, *, from_nobody: bool = False) -> Unheard:
    return Unheard(found, _failure(found), from_nobody=from_nobody)


def _failure(found: Problem) -> Reply:
    where = f" [{found.pointer}]" if found.pointer else ""
    return _reply(found.status, "FAIL", found.slug, found.detail + where, "refused")


def _reply(status: int, state: str, code: str, words: str, verdict: str) -> Reply:
    """Answer as nodes do; `verdict` is ours beside it, for who wants to know a duplicate."""
    said = {"status": state, "errorCode": code, "errorDesc": words, "verdict": verdict}
    return Reply(status, orjson.dumps(said))
