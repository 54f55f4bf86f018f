"""One parcel's calls with one partner, after the question that comes first, if there is one.

An answer is judged by its HTTP status and, where the partner has codes, by the code; a sentence
beside it decides nothing and is kept nowhere. Who is refused with a session that has run out logs
in again, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import orjson

from connectors.codes import plain_code
from connectors.dialects.applying import Unfit, text_of, write_out
from connectors.dialects.calling import Answered, JsonCalls, Request
from connectors.dialects.credentials import Credentials, Proof
from connectors.dialects.dialect import Dialect
from connectors.dialects.model import Ask, Call, Rule
from connectors.dialects.paths import MISSING, look_up, put
from connectors.http_calls import Failed
from connectors.protocol import (
    Asked,
    Delivered,
    Endpoint,
    Missing,
    Outcome,
    Parcel,
    Refused,
    Unreachable,
)
from connectors.webhook_answers import read_retry_after

Settled = Delivered | Refused | Unreachable

IN_DOUBT: Final = "in doubt"
"""Stands in the evidence behind the name of a call that nobody can say of whether it arrived."""
SAID_NOTHING: Final = Delivered("not told: its dialect has no word for it")


@dataclass(frozen=True, slots=True)
class Found:
    """What a question brought: the partner has the dossier, with this status."""

    status: str | None
    is_kept: bool
    is_same: bool

    def as_asked(self, in_doubt: Sequence[str]) -> Asked:
        if not self.is_kept and not self.is_same:
            return Missing("has-older")
        shown = f"status {plain_code(self.status)}" if self.status else "has it"
        return Delivered("; ".join([shown, *(f"{call} {IN_DOUBT}" for call in in_doubt)]))


class Conversation:
    """The calls of one parcel with one partner."""

    def __init__(
        self,
        http: JsonCalls,
        credentials: Credentials,
        endpoint: Endpoint,
        dialect: Dialect,
        now: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._endpoint = endpoint
        self._dialect = dialect
        self._now = now

    async def say(
        self, parcel: Parcel, root: dict[str, Any], calls: Sequence[Call], ends_at: float
    ) -> Outcome:
        asked = self._dialect.mapping.ask
        if asked is not None and asked.first and parcel.kind in asked.on:
            found = await self.ask(root, ends_at)
            if isinstance(found, Refused):
                return found
            if isinstance(found, Unreachable):
                # A question has no effect: however it failed, nothing was taken.
                return replace(found, unknown=False)
            if isinstance(found, Found) and found.is_kept:
                return Delivered(f"left alone: status {found.status} is further than ours")
            root = {**root, "asked": {"found": isinstance(found, Found)}}
        # All documents before any call: what cannot be said is not found out half-way.
        requests = [(call, write_out(call.fields, root, self._dialect)) for call in calls]
        outcome: Outcome = SAID_NOTHING
        for call, body in requests:
            outcome = await self._call(call, body, parcel, root, ends_at)
            if not isinstance(outcome, Delivered):
                return self._without_doubt(outcome) if call.repeatable else outcome
        return outcome

    def _without_doubt(self, outcome: Outcome) -> Outcome:
        """Leave no doubt of a call that may be made twice: all is said again.

        Not before the partner must have ended it: an old word that lands after a newer one stays.
        """
        if not isinstance(outcome, Unreachable) or not outcome.unknown:
            return outcome
        wait = max(outcome.retry_after or 0.0, self._endpoint.timeout)
        return replace(outcome, unknown=False, retry_after=wait)

    async def ask(
        self, root: dict[str, Any], ends_at: float, *, compare: bool = True
    ) -> Found | Missing | Refused | Unreachable:
        asked = self._dialect.mapping.ask
        assert asked is not None
        body = write_out(asked.fields, root, self._dialect)
        path = _filled(asked.path, root)
        answer = await self._exchange(asked.method, path, {}, body, ends_at)
        if not isinstance(answer, Answered):
            return answer if isinstance(answer, Refused | Unreachable) else _doubt(answer, "login")
        code, listed = self._code(answer)
        if listed == "missing" or (code == "http-404" and listed is None):
            return Missing()
        if listed not in ("done", "already"):
            told = f"the question was answered {plain_code(code)}"
            failed = self._dialect.codes.outcome(code, told)
            return _doubt(failed, code)
        if asked.none is not None and look_up(asked.none, answer.document) == []:
            return Missing()
        found = self._found(asked, answer.document, root, asked.same if compare else ())
        if asked.shows_status is not None and found.status is None:
            return Unreachable("unreadable", "the answer shows no status")
        return found

    def unfit(self, unfit: Unfit) -> Settled:
        return self._dialect.codes.outcome("unfit", f"{unfit.code} at {unfit.place}: {unfit.says}")

    def _found(
        self, asked: Ask, document: Any, root: dict[str, Any], same: Sequence[Rule]
    ) -> Found:
        shown = look_up(asked.shows_status, document) if asked.shows_status else MISSING
        status = text_of(shown) if isinstance(shown, str | int) else None
        is_same = all(self._is_same(rule, document, root) for rule in same)
        return Found(status, is_kept=status in asked.keep, is_same=bool(same) and is_same)

    def _is_same(self, rule: Rule, document: Any, root: dict[str, Any]) -> bool:
        wanted = write_out([rule], root, self._dialect)
        ours, theirs = look_up(rule.to, wanted), look_up(rule.to, document)
        if ours is MISSING:
            return True
        return isinstance(theirs, str | int) and text_of(theirs) == text_of(ours)

    async def _call(
        self, call: Call, body: dict[str, Any], parcel: Parcel, root: dict[str, Any], ends_at: float
    ) -> Outcome:
        headers = {name: text_of(value) for name, value in call.headers.items()}
        if call.key is not None and call.key.place == "header":
            headers[call.key.name] = str(parcel.delivery)
        elif call.key is not None:
            body = {**body, call.key.name: str(parcel.delivery)}
        if parcel.traceparent:
            headers["traceparent"] = parcel.traceparent
        path = _filled(call.path, root)
        answer = await self._exchange(call.method, path, headers, body, ends_at)
        if not isinstance(answer, Answered):
            return answer
        code, listed = self._code(answer)
        if listed == "done":
            return Delivered(f"HTTP {answer.status} {code}", answer.headers.get("date"))
        if listed == "there" and self._dialect.asks_about(parcel.kind):
            return await self._judge_what_is_there(code, root, ends_at)
        wait = read_retry_after(answer.headers.get("retry-after"), self._now())
        return self._dialect.codes.outcome(
            code, f"{call.name} was answered {plain_code(code)}", retry_after=wait
        )

    async def _judge_what_is_there(
        self, code: str, root: dict[str, Any], ends_at: float
    ) -> Settled:
        """Ask whether what the partner has under this name is this: another is no success."""
        found = await self.ask(root, ends_at)
        match found:
            case Found(is_same=True):
                return Delivered(f"already: {code}")
            case Found():
                told = "it has another under this name"
                return self._dialect.codes.outcome(code, told)
        return Unreachable(plain_code(code), "what it has under this name is unknown", unknown=True)

    async def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any], ends_at: float
    ) -> Answered | Settled:
        """Make one call with what proves who we are, renewed once if it is taken no more."""
        refused: Proof | None = None
        while True:
            proof = await self._credentials.proof(
                self._endpoint, self._dialect, ends_at=ends_at, not_this=refused
            )
            if isinstance(proof, Failed):
                return self._failed(proof)
            request = self._request(method, path, headers, body, proof)
            answer = await self._http.exchange(request, ends_at=ends_at)
            if isinstance(answer, Failed):
                return self._failed(answer)
            if refused is not None or not self._wants_login(answer):
                return answer
            refused = proof

    def _wants_login(self, answer: Answered) -> bool:
        if self._dialect.mapping.authentication.way in ("none", "secret"):
            return False
        return answer.status == 401 or self._code(answer)[1] == "login"

    def _failed(self, failed: Failed) -> Settled:
        return self._dialect.codes.outcome(failed.code, failed.detail)

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any], proof: Proof
    ) -> Request:
        shown = dict(headers)
        document = dict(body)
        if proof.shown is not None and proof.shown.place == "header":
            shown[proof.shown.name] = proof.value
        elif proof.shown is not None:
            put(proof.shown.name, proof.value, document)
        url = (self._endpoint.address or "").rstrip("/") + path
        if method == "GET":
            return Request(method, url, shown)
        shown["content-type"] = "application/json; charset=utf-8"
        return Request(method, url, shown, orjson.dumps(document))

    def _code(self, answer: Answered) -> tuple[str, str | None]:
        """Return the code of an answer, and what the mapping says that it means."""
        mapping = self._dialect.mapping
        is_success = 200 <= answer.status < 300
        found = look_up(mapping.code, answer.document) if mapping.code else MISSING
        if isinstance(found, str | int):
            code = text_of(found)
            listed = mapping.codes.get(code)
            if is_success or (listed is not None and listed.means != "done"):
                return code, listed.means if listed is not None else None
        elif is_success and mapping.code is not None:
            return "unreadable", None
        if is_success:
            return f"http-{answer.status}", "done"
        listed = mapping.codes.get(f"http-{answer.status}")
        return f"http-{answer.status}", listed.means if listed is not None else None


def _doubt(failed: Settled, code: str) -> Unreachable:
    """A question that was not answered, for whatever reason, leaves everything as it was."""
    if isinstance(failed, Unreachable):
        return failed
    return Unreachable(plain_code(code), "the question was refused")


def root_of(endpoint: Endpoint, parcel: Parcel) -> dict[str, Any]:
    """Return what paths are looked up in: the event as it was written, and the options."""
    return {**orjson.loads(parcel.body), "options": endpoint.options}


def _filled(path: str, root: Any) -> str:
    """Fill the slots of an address; each value stays within its own part of it."""
    pieces = path.split("{")
    filled = pieces[0]
    for piece in pieces[1:]:
        slot, _, rest = piece.partition("}")
        found = look_up(slot, root)
        if not isinstance(found, str | int) or text_of(found) in ("", ".", ".."):
            raise Unfit("missing", f"path {slot}", "is needed and is not there")
        filled += quote(text_of(found), safe="") + rest
    return filled
