"""Instants in addresses: with their offset, within years that can be moved between offsets."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_utc(instant: datetime) -> datetime:
    if not 1900 <= instant.year <= 2199:
        raise ValueError("beyond the years that are known here")
    return instant.astimezone(UTC)


QueryInstant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
