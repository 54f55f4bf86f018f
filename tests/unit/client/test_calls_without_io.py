"""Calls as values: what is asked, again and under the same id, until there is an answer."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import orjson
import pytest

from connectors.client import Declined, Patience, Unanswered, calls, new_event, read_data
from connectors.client.flows import Answer, Flow, Request, Session, Silence, Wait
from schemas.kinds import HopReceived, TransferSubmitted
from schemas.kinds.examples import TRANSFER_SUBMITTED
from schemas.problems import Problem, ProblemType, problem
from schemas.receipts import Receipt

T = TypeVar("T")
Given = Answer | Silence | Callable[[Request], Answer]

TRANSFER = UUID("0195b0c4-7c00-7000-8000-000000000001")
DATA = TransferSubmitted.model_validate_json(orjson.dumps(TRANSFER_SUBMITTED))
EVENT = new_event("H31.144", DATA, subject="H31.144-260302-0001", id_="first")
RECEIPT = {
    "id": "r",
    "verdict": "accepted",
    "message": "first",
    "transfer": str(TRANSFER),
    "dossier": {"issuer": "H31.144", "code": "H31.144-260302-0001"},
}
TOKEN = {"access_token": "one", "token_type": "Bearer", "expires_in": 3600}
OVERLOADED = problem(ProblemType.OVERLOADED, "too much is waiting to be stored")
REFUSED = problem(ProblemType.UNKNOWN_PROCEDURE, "no such procedure", "/data/procedure")


def answer(status: int, document: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, orjson.dumps(document))


def declined(found: Problem, **more: Any) -> Answer:
    return answer(found.status, {**found.model_dump(mode="json", exclude_none=True), **more})


class Clock:
    """Machine time that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Road:
    """Answers requests in their order, and keeps what was asked and how long was waited."""

    def __init__(self, *given: Given, clock: Clock | None = None) -> None:
        self._given = list(given)
        self.asked: list[Request] = []
        self.waited: list[float] = []
        self.session = Session("client", "secret", patience=Patience(times=3), now=clock or Clock())

    def do(self, call: Flow[T]) -> T:
        driven = self.session.around(call)
        try:
            step = next(driven)
            while True:
                step = driven.send(self._step(step))
        except StopIteration as ended:
            result: T = ended.value
            return result

    def _step(self, step: Request | Wait) -> Answer | Silence | None:
        if isinstance(step, Wait):
            self.waited.append(step.seconds)
            return None
        self.asked.append(step)
        given = self._given.pop(0)
        return given if isinstance(given, Answer | Silence) else given(step)

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


def test_one_token_serves_many_calls_and_is_renewed_before_it_ends() -> None:
    clock = Clock()
    another = {**TOKEN, "access_token": "two"}
    good = answer(202, RECEIPT)
    road = Road(answer(200, TOKEN), good, good, answer(200, another), good, clock=clock)

    road.do(calls.send(EVENT))
    road.do(calls.send(EVENT))
    clock.now += 3580
    road.do(calls.send(EVENT))

    assert road.paths == ["/oauth/token", *["/v1/messages"] * 2, "/oauth/token", "/v1/messages"]
    assert road.asked[-1].headers["authorization"] == "Bearer two"


def test_a_token_that_is_refused_is_renewed_once() -> None:
    expired = declined(problem(ProblemType.UNAUTHENTICATED, "the token has expired"))
    road = Road(answer(200, TOKEN), expired, answer(200, TOKEN), expired)

    with pytest.raises(Declined) as failed:
        road.do(calls.transfer(TRANSFER))

    assert failed.value.problem.slug == ProblemType.UNAUTHENTICATED
    assert road.paths.count("/oauth/token") == 2


@pytest.mark.parametrize("trouble", [Silence("ReadTimeout"), declined(OVERLOADED)])
def test_what_is_not_answered_is_sent_again_as_it_was(trouble: Answer | Silence) -> None:
    road = Road(answer(200, TOKEN), trouble, trouble, answer(202, RECEIPT))

    told = road.do(calls.send(EVENT))

    assert isinstance(told, Receipt)
    assert told.transfer == TRANSFER
    assert len({one.content for one in road.asked[1:]}) == 1
    assert road.waited == [0.5, 1.0]


def test_a_pause_that_the_gateway_names_is_kept() -> None:
    busy = answer(503, OVERLOADED.model_dump(mode="json", exclude_none=True), retry_after="7")
    road = Road(answer(200, TOKEN), busy, answer(202, RECEIPT))

    road.do(calls.send(EVENT))

    assert road.waited == [7.0]


def test_patience_ends() -> None:
    silent = Road(answer(200, TOKEN), *[Silence("ConnectError")] * 4)
    busy = Road(answer(200, TOKEN), *[declined(OVERLOADED)] * 4)

    with pytest.raises(Unanswered, match="ConnectError"):
        silent.do(calls.send(EVENT))
    with pytest.raises(Declined) as failed:
        busy.do(calls.send(EVENT))

    assert failed.value.problem.slug == ProblemType.OVERLOADED


def test_a_refusal_of_the_message_is_an_answer() -> None:
    road = Road(answer(200, TOKEN), declined(REFUSED, receipt={"verdict": "refused"}))

    told = road.do(calls.send(EVENT))

    assert told == REFUSED


def test_what_a_proxy_makes_up_is_no_answer() -> None:
    page = Answer(502, {"content-type": "text/html"}, b"<html>Bad Gateway</html>")

    for call in (calls.send(EVENT), calls.send_batch([EVENT])):
        with pytest.raises(Unanswered, match="502"):
            Road(answer(200, TOKEN), page).do(call)


def test_of_a_batch_only_what_found_no_room_is_sent_again() -> None:
    events = [
        new_event("H31.144", DATA, subject=f"H31.144-260302-{no:04}", id_=f"m{no}")
        for no in range(3)
    ]
    busy = OVERLOADED.model_dump(mode="json", exclude_none=True)
    refused = REFUSED.model_dump(mode="json", exclude_none=True)
    road = Road(
        answer(200, TOKEN),
        answer(200, [{**RECEIPT, "message": "m0"}, busy, refused]),
        answer(200, [{**RECEIPT, "message": "m1"}]),
    )

    told = road.do(calls.send_batch(events))

    assert [one.message if isinstance(one, Receipt) else one.slug for one in told] == [
        "m0",
        "m1",
        ProblemType.UNKNOWN_PROCEDURE,
    ]
    again = orjson.loads(road.asked[-1].content or b"")
    assert [one["id"] for one in again] == ["m1"]


def test_an_answer_with_more_than_we_know_is_read() -> None:
    road = Road(answer(200, TOKEN), answer(202, {**RECEIPT, "weather": "fine"}))

    assert isinstance(road.do(calls.send(EVENT)), Receipt)


def test_an_event_is_written_and_read_by_its_model() -> None:
    data = HopReceived(transfer=TRANSFER, step="civil-status", round=1)

    event = new_event("H31.144", data, subject="H31.144-260302-0001")

    assert event.type == "vn.lienthong.hop.received.v1"
    assert event.time is not None
    assert read_data(event) == data


def test_secrets_stay_out_of_what_is_printed() -> None:
    road = Road(answer(200, TOKEN), answer(202, RECEIPT))
    road.do(calls.send(EVENT))

    assert "secret" not in repr(road.session)
    assert "Trần" not in repr(road.asked)
