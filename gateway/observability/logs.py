"""Logs as JSON lines: events with ids, counts and durations.

Never payloads, never credentials, never the text of an error: a database's or a validator's
message quotes the values that it could not take, and those are people's. An error is logged as
its type and the places in the code that it passed.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog

_NEVER = frozenset(
    {
        "answer",
        "applicant",
        "authorization",
        "body",
        "client_secret",
        "data",
        "envelope",
        "form",
        "headers",
        "note",
        "password",
        "payload",
        "receipt",
        "secret",
        "token",
    }
)
_LONGEST = 300
_FRAMES = 12

Event = MutableMapping[str, Any]


def configure_logs(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send our logs, and those of the libraries, to `stream` (stderr) as one JSON object a line."""
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    out = stream or sys.stderr
    structlog.configure(
        processors=[*_PROCESSORS, structlog.processors.JSONRenderer(_written)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=stream is None,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_of_library, *_PROCESSORS],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_written),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(threshold, logging.WARNING))


def without_personal_data(_logger: object, _name: str, event: Event) -> Event:
    """Keep ids, codes, counts and durations; drop what may hold a person's data or a secret."""
    for key in list(event):
        if key.lower() in _NEVER:
            event[key] = "(left out)"
        else:
            event[key] = _plain(event[key])
    return event


def with_error_places(_logger: object, _name: str, event: Event) -> Event:
    """Replace an exception by its type and the places it passed, innermost last."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    match found:
        case BaseException():
            error, trace = found, found.__traceback__
        case (_, BaseException() as error, TracebackType() | None as trace):
            pass
        case _:
            return event
    event["error"] = type(error).__name__
    event["places"] = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_FRAMES:]
    ]
    return event


def _of_library(_logger: object, _name: str, event: Event) -> Event:
    """A library's own line: who speaks, and the unformatted text, without its arguments."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = "library.logged"
        event["library"] = record.name
        event["text"] = str(record.msg)
    event.pop("positional_args", None)
    return event


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case list() | tuple():
            return [_plain(one) for one in value[:20]]
        case logging.LogRecord():
            return value
        case _:
            return str(value)[:_LONGEST]


def _written(event: Event, **_options: Any) -> str:
    return orjson.dumps(event, option=orjson.OPT_UTC_Z, default=str).decode()


_PROCESSORS: Any = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    with_error_places,
    without_personal_data,
)
