"""Full, stalled, late, or without its database: said at once, and never as a refusal."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from gateway.api import intake
from gateway.commit.group import Busy
from gateway.commit.items import Answer
from tests.integration.api.running import BATCH, Api, submission


class FakeCommitter:
    """A committer that takes `room` items, and answers those that are `answered`."""

    def __init__(
        self, *, room: int = 1000, answered: Sequence[bool] = (), stalled: float = 0
    ) -> None:
        self._room = room
        self._answered = list(answered)
        self._stalled = stalled
        self.futures: list[asyncio.Future[Any]] = []

    def stalled_for(self) -> float:
        return self._stalled

    def enqueue(self, _item: object, *, bounded: bool = True) -> asyncio.Future[Any]:
        if len(self.futures) >= self._room:
            raise Busy
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        no = len(self.futures)
        if no < len(self._answered) and self._answered[no]:
            future.set_result(Answer("accepted", 202, b'{"verdict":"accepted"}'))
        self.futures.append(future)
        return future


def _with(api: Api, committer: FakeCommitter) -> None:
    services = replace(api.state.services, committer=committer)  # type: ignore[arg-type]
    api.app.state.lienthong = replace(api.state, services=services)


async def test_a_full_gateway_says_when_to_come_back(api: Api) -> None:
    commune = await api.sign_in()
    _with(api, FakeCommitter(room=0))

    answer = await api.send(submission(), commune)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["type"].endswith(":overloaded")
    assert answer.json()["fault"] == "gateway"


async def test_a_stalled_gateway_does_not_let_callers_wait(api: Api) -> None:
    commune = await api.sign_in()
    committer = FakeCommitter(stalled=6)
    _with(api, committer)

    answer = await api.send(submission(), commune)

    assert answer.status_code == 503
    assert answer.json()["type"].endswith(":unavailable")
    assert committer.futures == []


async def test_a_late_answer_is_an_unknown_outcome(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ANSWER_SECONDS", 0.01)
    commune = await api.sign_in()
    committer = FakeCommitter()
    _with(api, committer)

    answer = await api.send(submission(), commune)

    assert answer.status_code == 503
    assert answer.json()["type"].endswith(":outcome-unknown")
    assert "may have been taken" in answer.json()["detail"]
    assert "same id" in answer.json()["remedy"]
    assert not committer.futures[0].cancelled()


async def test_a_batch_without_room_for_all_answers_for_each(api: Api) -> None:
    commune = await api.sign_in()
    _with(api, FakeCommitter(room=1, answered=[True]))

    answer = await api.http.post(
        "/v1/messages",
        json=[submission(), submission(), submission()],
        headers={**commune, "Content-Type": BATCH},
    )

    first, *others = answer.json()
    assert first["verdict"] == "accepted"
    assert [one["status"] for one in others] == [503, 503]


async def test_a_batch_without_room_for_any_is_503(api: Api) -> None:
    commune = await api.sign_in()
    _with(api, FakeCommitter(room=0))

    answer = await api.http.post(
        "/v1/messages", json=[submission()], headers={**commune, "Content-Type": BATCH}
    )

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"


async def test_what_was_unanswered_is_answered_when_sent_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune, event = await api.sign_in(), submission()
    monkeypatch.setattr(intake, "ANSWER_SECONDS", 0.0)
    late = await api.send(event, commune)
    monkeypatch.setattr(intake, "ANSWER_SECONDS", 10.0)

    again = await api.send(event, commune)

    assert late.status_code in (202, 503)
    assert again.json()["verdict"] == "duplicate"
    assert again.json()["first"] == "accepted"
    assert len(await api.rows("SELECT 1 FROM transfers")) == 1


async def test_without_a_database_reads_are_503_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise psycopg.OperationalError("server closed the connection")

    commune = await api.sign_in()
    monkeypatch.setattr("gateway.api.dossiers.find_transfer", lost)

    answer = await api.http.get(
        "/v1/transfers/0195b0c4-7c00-7000-8000-000000000001", headers=commune
    )

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
