"""Instants in addresses: with their offset, or a day, which begins at midnight in Vietnam."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from routing.data.tables import legal_midnight

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt _]")


def _of_day(given: Any) -> Any:
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return legal_midnight(given)
        except ValueError:
            raise PydanticCustomError("not_an_instant", "there is no such day") from None
    if isinstance(given, str) and not _DATED.match(given):
        raise PydanticCustomError(
            "not_an_instant", "no day stands at its beginning"
        )  # seconds since 1970
    return given


def _in_utc(instant: datetime) -> datetime:
    if not 1900 <= instant.year <= 2199:
        raise PydanticCustomError("not_an_instant", "beyond the years that are known here")
    return instant.astimezone(UTC)


QueryInstant = Annotated[AwareDatetime, AfterValidator(_in_utc), BeforeValidator(_of_day)]
