"""Problem documents (RFC 9457): what is wrong, where, whose fault it is, what to do.

`detail` is written here or by the caller, never copied out of a message: a value could be
somebody's name.
"""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import ConfigDict, Field, StringConstraints

from schemas.problem_types import CATALOGUE, Fault, ProblemEntry, ProblemType
from schemas.wire import StrictModel

__all__ = [
    "CATALOGUE",
    "PROBLEM_URN_PREFIX",
    "Fault",
    "Problem",
    "ProblemAt",
    "ProblemEntry",
    "ProblemType",
    "problem",
]

PROBLEM_URN_PREFIX: Final = "urn:lienthong:problem:"

ProblemUrn = Annotated[str, StringConstraints(pattern=r"^urn:lienthong:problem:[a-z0-9-]+$")]
Pointer = Annotated[
    str,
    StringConstraints(pattern=r"^(?:/[^/]*)*$", max_length=1000),
    Field(description="A JSON pointer (RFC 6901) into the event.", examples=["/data/procedure"]),
]


class ProblemAt(StrictModel):
    """One of several things that are wrong."""

    pointer: Pointer
    detail: Annotated[str, StringConstraints(max_length=500)]


class Problem(StrictModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:lienthong:problem:unknown-field",
                    "title": "A field is not part of this message",
                    "title_vi": "Có trường không thuộc thông điệp này",
                    "status": 422,
                    "detail": "The field is not part of this message.",
                    "pointer": "/data/aplicant",
                    "fault": "sender",
                    "remedy": "Remove the field, or put what is your own into `form`.",
                }
            ]
        }
    )

    type: ProblemUrn
    title: Annotated[str, StringConstraints(max_length=200)]
    title_vi: Annotated[str, StringConstraints(max_length=200)] | None = None
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, StringConstraints(max_length=2000)]
    pointer: Pointer | None = None
    fault: Fault
    remedy: Annotated[str, StringConstraints(max_length=500)]
    instance: Annotated[str, StringConstraints(max_length=200)] | None = None
    errors: list[ProblemAt] | None = None

    @property
    def slug(self) -> ProblemType:
        """The problem's entry in the catalogue."""
        return ProblemType(self.type.removeprefix(PROBLEM_URN_PREFIX))


def problem(
    slug: ProblemType | str,
    detail: str,
    pointer: str | None = None,
    errors: Iterable[ProblemAt] | None = None,
    *,
    fault: Fault | None = None,
    instance: str | None = None,
) -> Problem:
    """Make a problem document with the catalogue's words, status and fault.

    `detail` must not contain values from the message. Raise ValueError for an unknown slug.
    """
    kind = ProblemType(slug)
    entry = CATALOGUE[kind]
    return Problem(
        type=PROBLEM_URN_PREFIX + kind.value,
        title=entry.title,
        title_vi=entry.title_vi,
        status=entry.status,
        detail=detail,
        pointer=pointer,
        fault=fault or entry.fault,
        remedy=entry.remedy,
        instance=instance,
        errors=list(errors) if errors is not None else None,
    )
