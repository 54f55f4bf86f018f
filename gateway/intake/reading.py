"""Read a message: decode, check whose it is, digest, validate. No I/O.

Nothing raises: what cannot be read becomes a stored, visible refusal under the caller. A message
claims its key (agency, id) only once its id is readable and its source is the caller's own.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
from pydantic import ValidationError

from gateway.commit.items import Incoming, Judged, Road
from gateway.intake.declared import with_declared_places
from routing.procedures import Catalogue
from schemas.envelope import (
    STRUCTURED_MEDIA_TYPE,
    Envelope,
    EnvelopeError,
    read_binary,
    read_structured,
)
from schemas.identifiers import IdentifierError, NoSuchDay, agency_of_urn, dossier_day
from schemas.kinds import FROM_AGENCIES, Kind, UnknownType
from schemas.problems import Problem, ProblemType, problem, problem_of_validation_error
from schemas.registry import REGISTRY

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
LONGEST_ID = 255

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_ASTRAL = re.compile(rb"[\xf0-\xf4]")

Resolve = Callable[[str], str | None]


def read_message(
    incoming: Incoming, resolve: Resolve, catalogue: Catalogue | None = None
) -> Judged:
    """Judge one message by itself; `resolve` turns a code or alias into the present code.

    With the `catalogue` a misspelt place is answered with what the procedure asks for.
    """
    body_digest = sha256(incoming.body).digest()
    if len(incoming.body) > MAX_BYTES:
        size = len(incoming.body)
        found = problem(
            ProblemType.TOO_LARGE, f"the message has {size} bytes; at most {MAX_BYTES} are taken"
        )
        # Let go of the body now: many of them may wait for their commit.
        bare = replace(incoming, body=b"")
        return Judged(bare, body_digest, problem=found, keep_body=False, size=size)
    try:
        envelope = _read_envelope(incoming)
        _check_source(envelope, incoming.agency, resolve)
    except _Unreadable as unreadable:
        named = replace(incoming, message_id=unreadable.message_id or incoming.message_id)
        return Judged(named, body_digest, problem=unreadable.problem)
    data = _canonical(envelope.data)
    digest = content_digest(envelope, data)
    judged = Judged(
        incoming,
        body_digest,
        key=envelope.id,
        digest=digest,
        subject=envelope.subject,
        claimed_at=envelope.time,
    )
    return _validate(judged, envelope, data, catalogue)


def usable_traceparent(text: str | None) -> str | None:
    """Return a trace header that may travel on; what is none never reaches a partner or a row."""
    return text if text is not None and _TRACEPARENT.fullmatch(text) else None


def content_digest(envelope: Envelope, canonical_data: bytes) -> bytes:
    """Return sha-256 of the canonical JSON of {type, subject, dataschema, data} (RFC 8785).

    Mode, road, key order, escapes, time and trace headers are no part of it.
    """
    head = orjson.dumps(
        {
            "dataschema": envelope.dataschema,
            "subject": envelope.subject,
            "type": envelope.type,
        }
    )
    return sha256(b'{"data":' + canonical_data + b"," + head[1:]).digest()


class _Unreadable(Exception):
    """Why it cannot be read; `message_id` is the event's id, if that much could be read.

    The receipt quotes it, so that the sender knows which of its messages this was; it claims no
    key, since whose message it is was not proven.
    """

    def __init__(self, found: Problem, message_id: str | None = None) -> None:
        self.problem = found
        self.message_id = message_id
        super().__init__(found.type)


def _id_in(value: Any) -> str | None:
    """Return an event's id if it is text that an id may be; anything else is not quoted."""
    is_legal = isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable()
    return value if is_legal else None


def _canonical(data: Any) -> bytes:
    """Write data as RFC 8785 does; messages carry no floats.

    orjson's sorted form equals it, but for names with characters beyond the Basic Multilingual
    Plane: RFC 8785 sorts them by UTF-16 units, orjson by code points.
    """
    written = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    return written if _ASTRAL.search(written) is None else orjson.dumps(_in_utf16_order(data))


def _in_utf16_order(value: Any) -> Any:
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: _in_utf16_order(value[name]) for name in names}
        case list():
            return [_in_utf16_order(one) for one in value]
    return value


def _read_envelope(incoming: Incoming) -> Envelope:
    try:
        text = incoming.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Unreadable(
            problem(ProblemType.NOT_UTF8, f"byte {error.start} is not UTF-8")
        ) from error
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        slug = ProblemType.TOO_DEEP if "depth limit" in str(error) else ProblemType.NOT_JSON
        raise _Unreadable(
            problem(slug, f"line {error.lineno}, column {error.colno}: {error.msg.split(':')[0]}")
        ) from error
    # Fewer brackets than levels cannot be too deep; nearly every message has that few.
    brackets = text.count("{") + text.count("[")
    if brackets > MAX_DEPTH and _too_deep(document):
        raise _Unreadable(problem(ProblemType.TOO_DEEP, f"nested deeper than {MAX_DEPTH} levels"))
    try:
        if incoming.media.startswith(STRUCTURED_MEDIA_TYPE):
            return read_structured(document)
        return read_binary(incoming.headers, document, percent_encoded=incoming.road is Road.HTTP)
    except EnvelopeError as error:
        stated = (
            document.get("id")
            if incoming.media.startswith(STRUCTURED_MEDIA_TYPE) and isinstance(document, dict)
            else incoming.headers.get("ce-id")
        )
        raise _Unreadable(
            problem(error.problem_type, error.detail, error.pointer, remedy=error.remedy),
            _id_in(stated),
        ) from error


def _too_deep(document: Any) -> bool:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        below: list[Any] = []
        for value in level:
            if type(value) is dict:
                below.extend(v for v in value.values() if type(v) in (dict, list))
            elif type(value) is list:
                below.extend(v for v in value if type(v) in (dict, list))
        level = below
    return False


def _check_source(envelope: Envelope, caller: str, resolve: Resolve) -> None:
    try:
        owner = resolve(agency_of_urn(envelope.source))
    except IdentifierError:
        owner = None
    if owner != caller:
        raise _Unreadable(
            problem(
                ProblemType.FOREIGN_SOURCE,
                "`source` must be urn:lienthong:agency:<your own code>",
                "/source",
            ),
            _id_in(envelope.id),
        )


def _validate(
    judged: Judged, envelope: Envelope, data: bytes, catalogue: Catalogue | None
) -> Judged:
    kind = _kind_of(envelope.type)
    if kind is None:
        found = problem(ProblemType.UNKNOWN_TYPE, "no such message type is taken in", "/type")
        return _refuse(judged, found)
    if kind is Kind.TRANSFER_SUBMITTED:
        misnamed = _fault_of_code(envelope.subject, judged.incoming.agency)
        if misnamed is not None:
            return _refuse(judged, misnamed, kind)
    try:
        model = REGISTRY.read(envelope.type, data)
    except ValidationError as error:
        found = problem_of_validation_error(error)
        if kind is Kind.TRANSFER_SUBMITTED and catalogue is not None:
            now = judged.incoming.recorded_at
            found = with_declared_places(found, error, envelope.data, catalogue, now)
        return _refuse(judged, found, kind)
    return Judged(
        judged.incoming,
        judged.body_digest,
        key=judged.key,
        digest=judged.digest,
        kind=kind,
        subject=judged.subject,
        claimed_at=judged.claimed_at,
        data=model,
    )


def _refuse(judged: Judged, found: Problem, kind: Kind | None = None) -> Judged:
    return Judged(
        judged.incoming,
        judged.body_digest,
        key=judged.key,
        digest=judged.digest,
        kind=kind,
        subject=judged.subject,
        claimed_at=judged.claimed_at,
        problem=found,
    )


def _kind_of(type_: str) -> Kind | None:
    try:
        kind = REGISTRY.version(type_).kind
    except UnknownType:
        return None
    return kind if kind in FROM_AGENCIES else None


def _fault_of_code(subject: str | None, sender: str) -> Problem | None:
    """Say what is wrong with a dossier's code; whose it is, and which day, a receipt may doubt."""
    slug = ProblemType.INVALID_VALUE
    if subject is None:
        slug = ProblemType.MISSING_FIELD
        told = "`subject` must be the dossier's code"
    else:
        try:
            dossier_day(subject)
        except NoSuchDay:
            told = "the day in the dossier's code does not exist"
        except IdentifierError:
            told = "`subject` is not a dossier's code"
        else:
            return None
    return problem(
        slug,
        f"{told}: agency, day of receipt, number, as in H31.144-261122-0001",
        "/subject",
        remedy=(
            f"Send the code that your system gave the dossier: {sender}, a hyphen, the day of "
            "receipt as YYMMDD or YYYYMMDD, a hyphen, 4 to 8 digits."
        ),
    )
