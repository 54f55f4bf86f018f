"""What a call is, without I/O: a generator that yields requests and is sent their answers.

Signing in and patience are flows around flows, so that each is written once, and a driver has only
to send what it is given and to wait when it is told to.
"""

import base64
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from urllib.parse import quote

import orjson

from connectors.client.failures import Declined, Unanswered
from connectors.client.shapes import Token
from schemas.problems import Problem

T = TypeVar("T")

_RENEWED_BEFORE: Final = 30.0
"""Seconds before its end at which a token is no longer used."""
_LONGEST_NAMED_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `waits` is how long (seconds) the gateway may hold the answer back."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)
    waits: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer, and what the road said; the request may have arrived."""

    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds, then go on."""

    seconds: float


Flow = Generator[Request, Answer, T]
"""A call: yields a request, is sent its answer, returns what the caller wants."""
Driven = Generator[Request | Wait, Answer | Silence | None, T]
"""The same with everything around it: also waits, and is told of silence."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request without a usable answer is sent again, and after how long.

    The pause doubles from `first`; where the gateway names one (Retry-After), that is taken.
    """

    times: int = 5
    first: float = 0.5
    longest: float = 15.0

    def pause(self, tried: int) -> float:
        return min(self.longest, self.first * float(2**tried))


class Session:
    """Who calls: one client's credentials, its token, its patience. `now` is monotonic seconds."""

    def __init__(
        self, client_id: str, secret: str, *, patience: Patience, now: Callable[[], float]
    ) -> None:
        self._credentials = base64.b64encode(
            f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()
        ).decode()
        self._patience = patience
        self._now = now
        self._token: str | None = None
        self._good_until = 0.0

    def around(self, flow: Flow[T]) -> Driven[T]:
        """Make a call as this client: signed in, and again where no answer came."""
        try:
            request = next(flow)
            while True:
                request = flow.send((yield from self._ask(request)))
        except StopIteration as ended:
            result: T = ended.value
            return result

    def _ask(self, request: Request) -> Driven[Answer]:
        answer = yield from self._signed(request)
        if answer.status == 401:  # the client was switched off and on, or the gateway's key changed
            self._token = None
            answer = yield from self._signed(request)
        return answer

    def _signed(self, request: Request) -> Driven[Answer]:
        if self._token is None or self._now() >= self._good_until:
            yield from self._sign_in()
        headers = {**request.headers, "authorization": f"Bearer {self._token}"}
        return (yield from self._patiently(replace(request, headers=headers)))

    def _sign_in(self) -> Driven[None]:
        asked = Request(
            "POST",
            "/oauth/token",
            headers={
                "authorization": f"Basic {self._credentials}",
                "content-type": "application/x-www-form-urlencoded",
            },
            content=b"grant_type=client_credentials",
        )
        began = self._now()
        token = Token.model_validate(document_of((yield from self._patiently(asked))))
        self._token = token.access_token
        self._good_until = began + token.expires_in - _RENEWED_BEFORE

    def _patiently(self, request: Request) -> Driven[Answer]:
        """Send a request until it is answered; the last answer is returned, whatever it is."""
        for tried in range(self._patience.times + 1):
            answer = yield request
            assert answer is not None
            pause = self._patience.pause(tried)
            if isinstance(answer, Answer):
                if answer.status not in (429, 503) or tried == self._patience.times:
                    return answer
                pause = _named_wait(answer) or pause
            elif tried == self._patience.times:
                raise Unanswered(answer.why)
            yield Wait(pause)
        raise AssertionError("the last try returns or raises")


def document_of(answer: Answer) -> Any:
    """Return an answer's JSON; raise Declined for a problem, Unanswered for what is neither."""
    if not answer.is_good:
        raise Declined(problem_in(answer.body, answer.status))
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise Unanswered(f"{answer.status} without JSON") from error


def problem_in(body: bytes, status: int) -> Problem:
    """Read a problem document; raise Unanswered for what a proxy in between made up."""
    try:
        return problem_of(orjson.loads(body))
    except (ValueError, AttributeError) as error:
        raise Unanswered(f"{status} without a problem document") from error


def problem_of(document: Mapping[str, Any]) -> Problem:
    """Read the members that a problem has by our models; others are passed over."""
    own = {name: value for name, value in document.items() if name in Problem.model_fields}
    return Problem.model_validate_json(orjson.dumps(own))


def _named_wait(answer: Answer) -> float | None:
    named = answer.headers.get("retry-after", "")
    return min(float(named), _LONGEST_NAMED_WAIT) if named.isdecimal() else None
