"""A speaker of a small dialect of the tests' own: lines of `id;what;dossier`, after a password."""

from collections.abc import Mapping, Sequence

from connectors.protocol import Endpoint, Heard, Judgement, Message, Reply, Unheard
from schemas.kinds import Kind
from schemas.problems import ProblemType, problem

PASSWORD = "open sesame"  # synthetic


class LineSpeaker:
    """Reads `received`, `done` and `paused`; anything else is not a word of its dialect."""

    def __init__(self, name: str = "lines", *, shows_token: bool = False) -> None:
        self.name = name
        self._shows_token = shows_token

    def largest(self, endpoint: Endpoint) -> int:
        return 1000

    def shows_token(self, endpoint: Endpoint) -> bool:
        return self._shows_token

    def read(self, headers: Mapping[str, str], body: bytes, endpoint: Endpoint) -> Heard | Unheard:
        password, *lines = body.decode().splitlines()
        if not self._shows_token and password != PASSWORD:
            wrong = problem(ProblemType.UNAUTHENTICATED, "the password is not right")
            return Unheard(wrong, Reply(200, b"NO", "text/plain"))
        messages: list[Message] = []
        for no, line in enumerate(lines):
            id_, what, dossier = line.split(";")
            said = _SAID.get(what)
            if said is None:
                found = problem(ProblemType.INVALID_VALUE, "no such word", f"/{no}")
                return Unheard(found, Reply(200, b"WHAT", "text/plain"))
            raw = {"raw_status": {"code": what}}
            messages.append(Message(id_, said[0], dossier, {**said[1], **raw}))
        return Heard(tuple(messages))

    def answer(self, heard: Heard, judged: Sequence[Judgement], endpoint: Endpoint) -> Reply:
        told = [one.problem.slug if one.problem else one.verdict for one in judged]
        return Reply(200, "\n".join(told).encode(), "text/plain")


_SAID = {
    "received": (Kind.HOP_RECEIVED, {}),
    "done": (Kind.HOP_COMPLETED, {"outcome": "issued"}),
    "paused": (Kind.HOP_PAUSED, {"reason": "outage", "legal_basis": "mô phỏng"}),
}
