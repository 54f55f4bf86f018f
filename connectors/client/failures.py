"""How a call can fail.

    CallFailed
    ├── Declined      the gateway said no, and why: `problem`
    ├── Unanswered    no usable answer for as long as patience lasted; what was sent may be there
    └── Damaged       what came is not what was asked for

A refusal of a message is none of them: `calls.send` returns it, beside the receipt.
"""

from schemas.problems import Problem


class CallFailed(Exception):
    """A call came to nothing."""


class Declined(CallFailed):
    """The gateway answered with a problem document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.slug}: {problem.detail}")
        self.problem = problem


class Damaged(CallFailed):
    """A document that was fetched has not the digest that it was asked for by."""


class Unanswered(CallFailed):
    """Nothing came that answers. The same call, with the same ids, may be made again."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
