"""Problem documents (RFC 9457): what is wrong, where, whose fault it is, what to do.

`detail` is written here or by the caller, never copied out of a message: a value could be
somebody's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from schemas.pattern_hints import PATTERN_HINTS
from schemas.pointers import pointer_to
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
    "problem_of_validation_error",
]

MOST_ERRORS: Final = 20
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
    remedy: str | None = None,
) -> Problem:
    """Make a problem document with the catalogue's words, status and fault.

    `remedy` says what to do in this very case. Neither it nor `detail` may contain values from the
    message. Raise ValueError for an unknown slug.
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
        remedy=remedy or entry.remedy,
        instance=instance,
        errors=list(errors) if errors is not None else None,
    )


def problem_of_validation_error(error: ValidationError, base_pointer: str = "/data") -> Problem:
    """Say what a model found wrong: the first mistake as the problem, all of them as `errors`.

    Neither values nor keys that do not look like a field's name are repeated: a pointer to such a
    key ends at the object that holds it.
    """
    mistakes = error.errors(include_url=False)
    found = [_mistake(mistake, base_pointer) for mistake in islice(mistakes, MOST_ERRORS)]
    first, at = found[0]
    return problem(
        first.kind,
        first.detail,
        at,
        [ProblemAt(pointer=at, detail=told.detail) for told, at in found]
        if len(found) > 1
        else None,
        remedy=first.remedy,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A mistake in our words; without a remedy the catalogue's is the best there is."""

    kind: ProblemType
    detail: str
    remedy: str | None = None


def _mistake(mistake: ErrorDetails, base_pointer: str) -> tuple[_Told, str]:
    context: dict[str, Any] = mistake.get("ctx", {})
    told = _explained(mistake["type"], context)
    if mistake["type"] in ("literal_error", "enum") and not isinstance(mistake["input"], str):
        told = replace(told, kind=ProblemType.WRONG_TYPE)
    path = [part for part in mistake["loc"] if part != "[key]"]
    return told, pointer_to([*path, *context.get("path", ())], base_pointer)


def _explained(error_type: str, context: dict[str, Any]) -> _Told:
    """Put pydantic's type of error into our words; only limits of the schema are quoted."""
    match error_type:
        case "extra_forbidden":
            return _Told(ProblemType.UNKNOWN_FIELD, "This message has no such field.")
        case "missing":
            return _Told(ProblemType.MISSING_FIELD, "This field is required.")
        case "too_deep":
            return _Told(ProblemType.TOO_DEEP, "A form is nested at most 16 levels deep.")
        case "json_invalid" if "recursion" in context["error"]:
            return _Told(ProblemType.TOO_DEEP, "The data is nested too deeply to be read.")
        case "json_invalid":
            return _Told(ProblemType.NOT_JSON, "The data cannot be read as JSON.")
        case "unfit_float":
            return _Told(ProblemType.WRONG_TYPE, "Fractions are sent as text.")
        case "unfit_fact":
            return _Told(ProblemType.WRONG_TYPE, "A fact is a boolean, an integer or a text.")
        case _ if error_type.endswith("_type"):
            expected = _JSON_TYPES.get(error_type, "another JSON type")
            return _Told(ProblemType.WRONG_TYPE, f"Expected {expected}.")
        case _:
            return _Told(ProblemType.INVALID_VALUE, *_about_value(error_type, context))


def _about_value(error_type: str, context: dict[str, Any]) -> tuple[str, str | None]:
    """Say which rule a value breaks, and how to keep to it."""
    match error_type:
        case "unfit_integer":
            return "Integers lie within 2^53 - 1.", "Send larger numbers as text."
        case "unfit_text":
            return (
                "The text holds control characters or is too long.",
                "Take control characters out; a fact is one line of at most 200 characters.",
            )
        case "literal_error" | "enum":
            expected = context["expected"]
            return f"Expected {expected}.", f"Send {expected}, exactly as written here."
        case "string_too_long":
            most = context["max_length"]
            return f"At most {most} characters.", f"Shorten it to {most} characters."
        case "too_long":
            most = context["max_length"]
            return f"At most {most} items.", f"Send at most {most} items."
        case "greater_than_equal":
            return f"At least {context['ge']}.", f"Send {context['ge']} or more."
        case "less_than_equal":
            return f"At most {context['le']}.", f"Send {context['le']} or less."
        case "string_pattern_mismatch":
            hint = PATTERN_HINTS.get(context["pattern"])
            if hint is not None:
                return hint.detail, hint.remedy
            return "The text has not the form that the schema asks for.", None
        case _ if error_type.endswith("_parsing"):
            return "There is no such day or time.", "Send a day and a time that exist."
        case _:
            return "The value is not allowed here.", None


_JSON_TYPES: Final = {
    "bool_type": "true or false",
    "dict_type": "an object",
    "int_type": "an integer",
    "list_type": "an array",
    "model_type": "an object",
    "string_type": "a text",
}
