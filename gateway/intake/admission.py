"""Admission: what an agency that is not live says is refused, whichever road it came by.

The refusal is stored and answered like every other, and claims no key: once the agency is live,
the same message with the same id is new. What could not even be read keeps its own problem.
"""

from dataclasses import replace

from gateway.commit.items import Judged
from gateway.joining.states import MemberState
from schemas.problems import Problem, ProblemType, problem

_TOLD = {
    MemberState.REGISTERED: "this agency is registered and not live yet",
    MemberState.TESTING: "this agency is connected for tests and not live yet",
    MemberState.SUSPENDED: "this agency is suspended",
    MemberState.REMOVED: "this agency takes no part here any more",
}


def not_live(state: MemberState) -> Problem:
    """Say why nothing is taken from an agency in this state."""
    return problem(ProblemType.NOT_LIVE, _TOLD[state])


def admitted(judged: Judged, state: MemberState) -> Judged:
    """Return the message as it may go on; `state` is its agency's."""
    if state is MemberState.LIVE or judged.key is None:
        return judged
    named = replace(judged.incoming, message_id=judged.key)
    return Judged(named, judged.body_digest, kind=judged.kind, problem=not_live(state))
