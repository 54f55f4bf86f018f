"""Facts: what routing asks about a case, typed, and never anything that identifies a person.

Checked in one pass instead of by a union of types, which would report one mistake three times.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SkipValidation, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas.wire import INTEGER_SCHEMA, LARGEST_INTEGER, LINE_PATTERN

FACT_NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,63}$"
LONGEST_FACT: Final = 200
MOST_FACTS: Final = 64

FactName = Annotated[str, StringConstraints(pattern=FACT_NAME_PATTERN)]
FactValue = bool | int | str

_LINE: Final = re.compile(LINE_PATTERN)


def _check(facts: dict[str, FactValue]) -> dict[str, FactValue]:
    for name, fact in facts.items():
        match fact:
            case bool():
                continue
            case int():
                if not -LARGEST_INTEGER <= fact <= LARGEST_INTEGER:
                    raise _unfit("unfit_integer", "an integer is beyond 2^53 - 1", name)
            case str():
                if len(fact) > LONGEST_FACT or _LINE.fullmatch(fact) is None:
                    raise _unfit("unfit_text", "a fact is one line of at most 200", name)
            case _:
                raise _unfit("unfit_fact", "a fact is a boolean, an integer or a text", name)
    return facts


def _unfit(kind: str, message: str, name: str) -> PydanticCustomError:
    return PydanticCustomError(kind, message, {"path": [name]})


Facts = Annotated[
    dict[FactName, SkipValidation[FactValue]],
    Field(max_length=MOST_FACTS),
    AfterValidator(_check),
    WithJsonSchema(
        {
            "type": "object",
            "description": "What routing asks about a case. Nothing that identifies a person.",
            "maxProperties": MOST_FACTS,
            "propertyNames": {"pattern": FACT_NAME_PATTERN},
            "additionalProperties": {
                "anyOf": [
                    {"type": "boolean"},
                    INTEGER_SCHEMA,
                    {"type": "string", "maxLength": LONGEST_FACT, "pattern": LINE_PATTERN},
                ]
            },
            "examples": [{"verification_needed": False}],
        }
    ),
]
