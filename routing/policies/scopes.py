"""Scopes: one rule for everybody, and what takes its place for a step, a procedure or an agency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from routing.synthetic import is_synthetic_procedure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scoped(Generic[T]):
    """A value per scope. The most specific one wins: step, procedure, agency, default.

    A procedure comes before an agency because the law speaks of procedures; what an agency agreed
    for itself holds where the law leaves it open. `<procedure>@<version>` names one version of a
    procedure and goes before the procedure itself: a dossier stays under the law it came in under.
    """

    default: T
    steps: Mapping[str, T] = field(default_factory=dict)
    """`<procedure>/<step>` or `<procedure>@<version>/<step>` → value."""
    procedures: Mapping[str, T] = field(default_factory=dict)
    """`<procedure>` or `<procedure>@<version>` → value."""
    agencies: Mapping[str, T] = field(default_factory=dict)

    def of(
        self,
        procedure: str,
        step: str | None = None,
        agency: str | None = None,
        version: str | None = None,
    ) -> T:
        """Return the value for a step of a procedure, in a version, at an agency."""
        if self.steps or self.procedures:
            codes = (f"{procedure}@{version}", procedure)
            for code in codes:
                if (key := f"{code}/{step}") in self.steps:
                    return self.steps[key]
            for code in codes:
                if code in self.procedures:
                    return self.procedures[code]
        if agency is not None and agency in self.agencies:
            return self.agencies[agency]
        return self.default

    def all(self) -> tuple[T, ...]:
        """Return every value that can be the answer for a real dossier."""
        procedures = [
            value for code, value in self.procedures.items() if not is_synthetic_procedure(code)
        ]
        return (self.default, *self.steps.values(), *procedures, *self.agencies.values())
