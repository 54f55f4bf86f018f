"""What the catalogue says of a procedure version, as the command and the API show it.

Dates are legal days in Vietnam. What is in force is asked as of an instant.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from routing.data.tables import VIETNAM
from routing.procedures import BudgetCase, Procedure, Step

View = dict[str, Any]


def procedure_summary(procedure: Procedure, as_of: datetime) -> View:
    """Show a version in a line: what it is, since when, which places and steps it has."""
    return {
        "code": procedure.code,
        "version": procedure.version,
        "title": {"vi": procedure.title_vi, "en": procedure.title_en},
        "field": procedure.field,
        "chain": procedure.chain,
        "demo": procedure.demo,
        "valid_from": legal_day(procedure.valid_from),
        "valid_to": legal_day(procedure.valid_to),
        "in_force": procedure.in_force(as_of),
        "total": procedure.total,
        "places": list(procedure.places),
        "steps": [step.id for step in procedure.steps],
        "certainty": procedure.certainty,
    }


def procedure_document(procedure: Procedure, as_of: datetime) -> View:
    """Show a version whole: facts, steps with budgets and conditions, and where each is from."""
    return procedure_summary(procedure, as_of) | {
        "total_cases": [_case(case) for case in procedure.total_cases],
        "total_excludes": list(procedure.total_excludes),
        "facts": {name: asdict(fact) for name, fact in procedure.facts.items()},
        "exclusive": [list(group) for group in procedure.exclusive],
        "steps": [_step(step) for step in procedure.steps],
        "legal_basis": procedure.legal_basis,
        "source": procedure.source,
        "note": procedure.note,
    }


def legal_day(instant: datetime | None) -> str | None:
    """Return the day in Vietnam that an instant lies in."""
    return instant.astimezone(VIETNAM).date().isoformat() if instant else None


def _step(step: Step) -> View:
    return {name: getattr(step, name) for name in step.__slots__} | {
        "budget_cases": [_case(case) for case in step.budget_cases]
    }


def _case(case: BudgetCase) -> View:
    return {name: getattr(case, name) for name in case.__slots__}
