"""The scalar types that every wire model is made of, and the strict model itself.

A type here accepts in JSON exactly what its published JSON Schema says it accepts. Nothing is
coerced: a number is never read from text, an instant never without its offset.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# RFC 3339 with seconds and offset. The years are bounded because an instant of year 1 or 9999
# cannot be moved to another offset, and would break whoever converts it to UTC.
INSTANT_PATTERN: Final = (
    r"^(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$"
)
PARTIAL_DATE_PATTERN: Final = (
    r"^(?:18|19|20|21)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$"
)
UUID_PATTERN: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

# Controls, line separators, and the marks that make text run backwards on an operator's screen.
_CONTROLS: Final = r"\u0000-\u001f\u007f-\u009f"
_DECEPTIVE: Final = r"\u2028-\u202e\u2066-\u2069"
# JSON Schema's \s has the byte order mark, our own engine's has not.
_BLANK: Final = r"\s\ufeff"
LINE_PATTERN: Final = (
    rf"^[^{_CONTROLS}{_DECEPTIVE}]*[^{_BLANK}{_CONTROLS}{_DECEPTIVE}][^{_CONTROLS}{_DECEPTIVE}]*$"
)
_TEXT_CONTROLS: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_TEXT: Final = rf"[^{_TEXT_CONTROLS}{_DECEPTIVE}]"
TEXT_PATTERN: Final = rf"^{_TEXT}*[^{_BLANK}{_TEXT_CONTROLS}{_DECEPTIVE}]{_TEXT}*$"

# Beyond 2^53 a reader that keeps numbers as doubles (RFC 8785, JavaScript) sees another number.
LARGEST_INTEGER: Final = 2**53 - 1
INTEGER_SCHEMA: Final[dict[str, Any]] = {
    "type": "integer",
    "minimum": -LARGEST_INTEGER,
    "maximum": LARGEST_INTEGER,
}


def _instant_schema(_source: object, _handler: object) -> CoreSchema:
    aware = core_schema.datetime_schema(strict=True, tz_constraint="aware")
    read = core_schema.chain_schema(
        [
            core_schema.str_schema(pattern=INSTANT_PATTERN, strict=True),
            core_schema.datetime_schema(strict=False, tz_constraint="aware"),
        ]
    )
    return core_schema.json_or_python_schema(json_schema=read, python_schema=aware)


def _uuid_schema(_source: object, _handler: object) -> CoreSchema:
    read = core_schema.chain_schema(
        [
            core_schema.str_schema(pattern=UUID_PATTERN, strict=True),
            core_schema.uuid_schema(strict=False),
        ]
    )
    return core_schema.json_or_python_schema(
        json_schema=read, python_schema=core_schema.uuid_schema(strict=True)
    )


def _check_day(text: str) -> str:
    if len(text) == len("YYYY-MM-DD"):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise PydanticCustomError("date_parsing", "there is no such day") from None
    return text


Instant = Annotated[
    datetime,
    GetPydanticSchema(_instant_schema),
    Field(
        description="An instant with its offset from UTC (RFC 3339).",
        json_schema_extra={"format": "date-time"},
    ),
]
PartialDate = Annotated[
    str,
    StringConstraints(pattern=PARTIAL_DATE_PATTERN),
    AfterValidator(_check_day),
    Field(
        description="A day, or a month or a year where the papers say no more.",
        examples=["1950", "1988-05", "1988-05-19"],
    ),
]
TransferId = Annotated[
    UUID,
    GetPydanticSchema(_uuid_schema),
    Field(
        description="The gateway's own id of a transfer (UUID version 7), the same for life.",
        json_schema_extra={"format": "uuid"},
    ),
]

Line64 = Annotated[str, StringConstraints(max_length=64, pattern=LINE_PATTERN)]
Line100 = Annotated[str, StringConstraints(max_length=100, pattern=LINE_PATTERN)]
Line200 = Annotated[str, StringConstraints(max_length=200, pattern=LINE_PATTERN)]
Line500 = Annotated[str, StringConstraints(max_length=500, pattern=LINE_PATTERN)]
Text500 = Annotated[str, StringConstraints(max_length=500, pattern=TEXT_PATTERN)]
Text2000 = Annotated[str, StringConstraints(max_length=2000, pattern=TEXT_PATTERN)]

SLUG_PATTERN: Final = r"^[a-z][a-z0-9_.-]{0,63}$"
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
BudgetText = Annotated[
    str,
    StringConstraints(
        max_length=40, pattern=r"^[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)? (?:min|wh|wd|cd|h)$"
    ),
    Field(
        description="A time budget: minutes, working hours, working days, calendar days, hours.",
        examples=["3 wd", "0.5 wd", "10 min"],
    ),
]


class StrictModel(BaseModel):
    """A wire model: strict types, no unknown field, never changed after it was read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
