"""The inward direction of any dialect: a partner's post, read as messages of its agency.

Pure. A post that is told from others by no id of its own is told from them by its content, so that
the same post again is a duplicate. The secret that it shows is taken out of what is kept.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson

from connectors.dialects.applying import Unfit, holds, read_in, text_of
from connectors.dialects.dates import NotADate, read_date
from connectors.dialects.dialect import Dialect
from connectors.dialects.model import Hear, Hearing
from connectors.dialects.packaged import Mappings
from connectors.dialects.paths import MISSING, look_up
from connectors.dialects.secrets import is_heard
from connectors.protocol import OPERATION, Endpoint, Heard, Judgement, Message, Reply, Unheard
from schemas.kinds import Kind
from schemas.problems import Problem, ProblemType, problem

_LARGEST: Final = 262_144
"""Bytes of a post that no mapping reads: it is answered 404 once it is here."""
_STATUS: Final = {"taken": 200, "again": 200, "later": 503}
_HIDDEN: Final = "***"
_ESCAPED: Final = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|/)")


class DialectSpeaker:
    """Reads posts by a mapping: the endpoint's own (`options.mapping`), or the connector's."""

    def __init__(self, name: str, *, mapping: str | None = None) -> None:
        self.name = name
        self._mapping = mapping
        self._mappings = Mappings()

    def largest(self, endpoint: Endpoint) -> int:
        found = self._find(endpoint)
        return _LARGEST if found is None else found[1].largest

    def shows_token(self, endpoint: Endpoint) -> bool:
        found = self._find(endpoint)
        return found is None or found[1].way == "bearer"

    def read(self, headers: Mapping[str, str], body: bytes, endpoint: Endpoint) -> Heard | Unheard:
        found = self._find(endpoint)
        if found is None:
            nothing = problem(ProblemType.NOT_FOUND, "this partner's mapping hears nothing")
            return Unheard(nothing, Reply(404))
        dialect, hearing = found
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        kept = body
        if hearing.way == "secret":
            assert hearing.shown is not None
            shown = _shown(hearing, headers, document)
            if not is_heard(endpoint, shown):
                wrong = problem(ProblemType.UNAUTHENTICATED, "the secret is not right")
                return Unheard(wrong, _reply(hearing, "stranger", wrong))
            kept = _without(str(shown), body)
        if not isinstance(document, dict):
            unread = problem(ProblemType.NOT_JSON, "a post is one JSON object")
            return Unheard(unread, _reply(hearing, "unread", unread), kept)
        operation = headers.get(OPERATION)
        try:
            message = _message(dialect, hearing, operation, document)
        except Unfit as unfit:
            slug = _SLUGS.get(unfit.code, ProblemType.INVALID_VALUE)
            unfitting = problem(slug, f"{unfit.code}: {unfit.says}", unfit.place)
            return Unheard(unfitting, _reply(hearing, "unread", unfitting), kept)
        return Heard((message,) if message is not None else (), kept=kept)

    def answer(self, heard: Heard, judged: Sequence[Judgement], endpoint: Endpoint) -> Reply:
        found = self._find(endpoint)
        assert found is not None
        _, hearing = found
        for one in judged:
            if one.verdict == "unanswered":
                return _reply(hearing, "later", one.problem)
            if one.verdict == "refused":
                return _reply(hearing, "refused", one.problem)
        again = bool(judged) and all(one.verdict == "duplicate" for one in judged)
        return _reply(hearing, "again" if again else "taken", None)

    def _find(self, endpoint: Endpoint) -> tuple[Dialect, Hearing] | None:
        dialect = self._mappings.find(endpoint.options.get("mapping") or self._mapping)
        if dialect is None or dialect.mapping.hear is None:
            return None
        return dialect, dialect.mapping.hear


_SLUGS: Final = {
    "missing": ProblemType.MISSING_FIELD,
    "wrong-type": ProblemType.WRONG_TYPE,
}


def _message(
    dialect: Dialect, hearing: Hearing, operation: str | None, document: dict[str, Any]
) -> Message | None:
    """Read the message; None for a post that asks for nothing of us. Raise Unfit."""
    post = _post(hearing, operation, document)
    if post.kind is None:
        return None
    subject = look_up(post.subject, document) if post.subject else MISSING
    data = read_in(post.fields, document, dialect)
    raw = _raw(post, document)
    if raw is not None:
        data = {**data, "raw_status": raw}
    return Message(
        id=f"{post.name}:{_identity(post, hearing, document)}",
        kind=Kind(post.kind),
        subject=subject if isinstance(subject, str) else None,
        data=data,
        claimed_at=_claimed(post, document, dialect),
    )


def _post(hearing: Hearing, operation: str | None, document: Any) -> Hear:
    for post in hearing.posts:
        if post.operation in (None, operation) and holds(post.when, document):
            return post
    raise Unfit("unknown-operation", "/", "no such post is in this dialect")


def _identity(post: Hear, hearing: Hearing, document: dict[str, Any]) -> str:
    parts = [look_up(path, document) for path in post.id]
    told = [text_of(part) for part in parts if isinstance(part, str | int)]
    if told and len(told) == len(parts):
        return ":".join(told)
    if parts:
        raise Unfit("missing", "/" + post.id[0], "what tells this post from others is not there")
    secret = hearing.shown.name if hearing.shown and hearing.shown.place == "body" else None
    said = {name: value for name, value in document.items() if name != secret}
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _raw(post: Hear, document: Any) -> dict[str, str] | None:
    """Return the partner's own code and text, as they are."""
    code = look_up(post.code, document) if post.code else post.name
    if not isinstance(code, str | int):
        raise Unfit("missing", f"/{post.code}", "the partner's code is not there")
    text = look_up(post.text, document) if post.text else MISSING
    raw = {"code": text_of(code)}
    return {**raw, "text": text} if isinstance(text, str) and text else raw


def _claimed(post: Hear, document: Any, dialect: Dialect) -> datetime | None:
    found = look_up(post.claimed, document) if post.claimed else MISSING
    if found is MISSING:
        return None
    try:
        return read_date(str(found), post.claimed_date or "iso", dialect.zone)
    except NotADate as error:
        raise Unfit("not-a-date", f"/{post.claimed}", str(error)) from None


def _shown(hearing: Hearing, headers: Mapping[str, str], document: Any) -> object:
    assert hearing.shown is not None
    if hearing.shown.place == "header":
        return headers.get(hearing.shown.name.lower())
    return look_up(hearing.shown.name, document)


def _without(secret: str, body: bytes) -> bytes:
    """Return a post without the secret it shows, which is written nowhere.

    It may stand there more than once, in escapes too: then all that is kept is a digest.
    """
    written = orjson.dumps(secret)[1:-1]
    hidden = body.replace(written, _HIDDEN.encode())
    plain = _ESCAPED.sub(_unescaped, hidden)
    if written not in plain and secret.encode() not in plain:
        return hidden
    return orjson.dumps(
        {
            "posted": "with its secret written in escapes; only its digest is kept",
            "sha256": sha256(body).hexdigest(),
        }
    )


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """Return what an escape stands for; half a character stands for itself."""
    if not escape[1]:
        return b"/"
    character = chr(int(escape[1], 16))
    return escape[0] if "\ud800" <= character <= "\udfff" else character.encode()


def _reply(hearing: Hearing, what: Any, found: Problem | None) -> Reply:
    code = hearing.answers[what]
    text = found.title_vi or found.title if found is not None else ""
    status = hearing.status or _STATUS.get(what) or (found.status if found is not None else 200)
    body = orjson.dumps({hearing.code: code, hearing.text: text})
    return Reply(status, body, "application/json; charset=utf-8")
