"""The CloudEvents 1.0 envelope: read and written, structured and binary, over HTTP and AMQP.

The caller has decoded the JSON. What is read is only the envelope: `data` is passed on untouched.
Reading refuses what the gateway could not carry unchanged: other versions of the specification,
`data_base64`, data that is not JSON, attributes that are too long or hold control characters.
A `traceparent` that cannot be used is dropped instead (W3C Trace Context §2.2): tracing must
never refuse a dossier.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote

from schemas.pattern_hints import PATTERN_HINTS
from schemas.pointers import escaped
from schemas.problem_types import ProblemType
from schemas.wire import INSTANT_PATTERN

STRUCTURED_MEDIA_TYPE: Final = "application/cloudevents+json"
BATCH_MEDIA_TYPE: Final = "application/cloudevents-batch+json"
DATA_MEDIA_TYPE: Final = "application/json"

LONGEST_ATTRIBUTE: Final = 255
LONGEST_EXTENSION: Final = 1024
MOST_EXTENSIONS: Final = 16

_SPECVERSION: Final = "1.0"
_OWN: Final = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "dataschema",
        "datacontenttype",
        "data",
        "data_base64",
        "traceparent",
        "tracestate",
    }
)

_LINE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_INSTANT: Final = re.compile(INSTANT_PATTERN)
_EXTENSION_NAME: Final = re.compile(r"[a-z0-9]{1,64}")
_JSON_MEDIA_TYPE: Final = re.compile(
    r"(?:application|text)/(?:[a-z0-9.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE
)
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)

# CloudEvents HTTP binding §3.1.3.2: printable ASCII but space, double quote and percent.
_HEADER_SAFE: Final = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')


class EnvelopeError(ValueError):
    """An event that cannot be read: which problem it is, where, and why (without its values)."""

    def __init__(
        self, problem_type: ProblemType, pointer: str, detail: str, remedy: str | None = None
    ) -> None:
        super().__init__(f"{problem_type} at {pointer or '/'}: {detail}")
        self.problem_type = problem_type
        self.pointer = pointer
        self.detail = detail
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event. `data` is a JSON-ready value; `extensions` are the attributes not named here."""

    id: str
    source: str
    type: str
    data: Any
    subject: str | None = None
    time: datetime | None = None
    dataschema: str | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)


def read_structured(event: Mapping[str, Any]) -> Envelope:
    """Read an event whose attributes and data lie in one JSON object."""
    if not isinstance(event, Mapping):
        raise _bad("", "an event is a JSON object")
    if event.get("data_base64") is not None:
        raise _bad("/data_base64", "data is JSON and belongs into `data`")
    return _read(event, event.get("data"))


def read_binary(
    headers: Mapping[str, Any], data: Any, *, percent_encoded: bool = False
) -> Envelope:
    """Read an event whose attributes are headers: `ce-*`, `cloudEvents:*` or `cloudEvents_*`.

    Say `percent_encoded=True` for HTTP headers: the HTTP binding escapes what is not printable
    ASCII; the RabbitMQ binding sends the text as it is. Headers that are no attributes are passed
    over; two that name the same attribute must agree.
    """
    event: dict[str, Any] = {}
    for header, value in headers.items():
        name = _attribute_of(header.lower())
        if name is None:
            continue
        if percent_encoded and type(value) is str and "%" in value:
            value = _decoded(value, name)
        elif name == "time" and type(value) is int:
            value = _of_amqp_timestamp(value)
        if event.setdefault(name, value) != value:
            raise _bad(f"/{escaped(name)}", "two headers give this attribute different values")
    if event.keys() <= {"datacontenttype"}:
        raise _bad(
            "/specversion",
            "no header is an attribute (ce-specversion, ce-id, ...);"
            f" a body that is the whole event has the content type {STRUCTURED_MEDIA_TYPE}",
        )
    return _read(event, data)


def write_structured(envelope: Envelope) -> dict[str, Any]:
    """Write an event as one JSON-ready object."""
    event: dict[str, Any] = dict(_attributes(envelope))
    event["datacontenttype"] = DATA_MEDIA_TYPE
    event["data"] = envelope.data
    return event


def write_http_headers(envelope: Envelope) -> dict[str, str]:
    """Write the headers of an event whose data is the HTTP body."""
    headers = {
        f"ce-{name}": quote(value, safe=_HEADER_SAFE) for name, value in _attributes(envelope)
    }
    headers["content-type"] = DATA_MEDIA_TYPE
    return headers


def write_amqp_headers(envelope: Envelope) -> dict[str, str]:
    """Write the message headers of an event whose data is the AMQP body.

    The body's media type is not among them: it is the AMQP property `content_type`.
    """
    return {f"ce-{name}": value for name, value in _attributes(envelope)}


def _read(event: Mapping[str, Any], data: Any) -> Envelope:
    if event.get("specversion") != _SPECVERSION:
        raise _bad("/specversion", "specversion must be the text 1.0")
    _check_media_type(event.get("datacontenttype"))
    subject = event.get("subject")
    schema = event.get("dataschema")
    envelope = Envelope(
        id=_line(event.get("id"), "id"),
        source=_uri(event.get("source"), "source"),
        type=_uri(event.get("type"), "type"),
        subject=None if subject is None else _line(subject, "subject"),
        time=_instant(event.get("time")),
        dataschema=None if schema is None else _uri(schema, "dataschema"),
        traceparent=_traceparent(event.get("traceparent")),
        tracestate=_tracestate(event.get("tracestate")),
        data=data,
        extensions={} if event.keys() <= _OWN else _extensions(event),
    )
    if data is None:
        raise EnvelopeError(ProblemType.MISSING_FIELD, "/data", "the event has no data")
    return envelope


def _attribute_of(header: str) -> str | None:
    if header.startswith("ce-"):
        name = header[3:]
    elif header.startswith(("cloudevents:", "cloudevents_")):
        name = header[12:]
    else:
        return "datacontenttype" if header == "content-type" else None
    if name in ("data", "data_base64"):
        raise _bad(f"/{name}", "data is the body, not a header")
    return name


def _line(value: Any, name: str) -> str:
    text = _text(value, name)
    # isprintable() is the quick way for nearly all; it also rejects rare spaces that are allowed.
    if not text.isprintable() and _LINE.fullmatch(text) is None:
        raise _bad(f"/{name}", "must not hold control characters")
    return text


def _uri(value: Any, name: str) -> str:
    text = _text(value, name)
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise _bad(f"/{name}", "must be printable ASCII without spaces")
    return text


def _text(value: Any, name: str) -> str:
    if type(value) is not str:
        raise _bad(f"/{name}", "this attribute is missing" if value is None else "must be text")
    if not 0 < len(value) <= LONGEST_ATTRIBUTE:
        raise _bad(f"/{name}", "must have 1 to 255 characters")
    return value


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    if type(value) is str and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise _bad_time("There is no such day or time.") from None
    elif isinstance(value, datetime) and value.tzinfo is not None:
        return value
    raise _bad_time(PATTERN_HINTS[INSTANT_PATTERN].detail)


def _of_amqp_timestamp(milliseconds: int) -> datetime:
    """Read a native AMQP timestamp (CloudEvents AMQP binding §3.1.3.1)."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        raise _bad_time("The timestamp is out of range.") from None


def _check_media_type(value: Any) -> None:
    if value is None or (type(value) is str and _JSON_MEDIA_TYPE.fullmatch(value)):
        return
    raise _bad("/datacontenttype", "data must be JSON")


def _traceparent(value: Any) -> str | None:
    return value if type(value) is str and _TRACEPARENT.fullmatch(value) else None


def _tracestate(value: Any) -> str | None:
    return value if type(value) is str and len(value) <= 512 and _LINE.fullmatch(value) else None


def _extensions(event: Mapping[str, Any]) -> dict[str, str]:
    extensions: dict[str, str] = {}
    for name, value in event.items():
        if name in _OWN:
            continue
        pointer = f"/{escaped(name)}"
        if _EXTENSION_NAME.fullmatch(name) is None:
            raise _bad(pointer, "names of attributes are lower-case letters and digits")
        if value is None:
            continue
        match value:
            case bool():
                text = "true" if value else "false"
            case int() if -(2**31) <= value < 2**31:
                text = str(value)
            case str() if len(value) <= LONGEST_EXTENSION and _LINE.fullmatch(value):
                text = value
            case _:
                raise _bad(pointer, "an extension is a text, a 32-bit integer or a boolean")
        extensions[name] = text
    if len(extensions) > MOST_EXTENSIONS:
        raise _bad("", "more than 16 extension attributes")
    return extensions


def _decoded(value: str, name: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise _bad(f"/{escaped(name)}", "percent-encoded bytes are not UTF-8") from None


def _attributes(envelope: Envelope) -> list[tuple[str, str]]:
    written = [
        ("specversion", _SPECVERSION),
        ("id", envelope.id),
        ("source", envelope.source),
        ("type", envelope.type),
    ]
    if envelope.subject is not None:
        written.append(("subject", envelope.subject))
    if envelope.time is not None:
        written.append(("time", _rfc3339(envelope.time)))
    if envelope.dataschema is not None:
        written.append(("dataschema", envelope.dataschema))
    if envelope.traceparent is not None:
        written.append(("traceparent", envelope.traceparent))
    if envelope.tracestate is not None:
        written.append(("tracestate", envelope.tracestate))
    written.extend(envelope.extensions.items())
    return written


def _rfc3339(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError("an event's time needs an offset")
    text = instant.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _bad_time(detail: str) -> EnvelopeError:
    remedy = f"{PATTERN_HINTS[INSTANT_PATTERN].remedy} `time` may be left out."
    return EnvelopeError(ProblemType.NOT_A_CLOUDEVENT, "/time", detail, remedy)


def _bad(pointer: str, detail: str) -> EnvelopeError:
    return EnvelopeError(ProblemType.NOT_A_CLOUDEVENT, pointer, detail)
