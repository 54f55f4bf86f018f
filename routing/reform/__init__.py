"""Reorganisation of agencies: the reviewed plan, and who takes over what from whom."""

from routing.reform.heirs import Heir, NoHeir, Vacancy, heir_of, is_closed, vacancy
from routing.reform.plan import (
    FROM_DIRECTORY,
    Otherwise,
    Plan,
    Takeover,
    plan_from_directory,
    plan_text,
)
from routing.reform.reading import Fault, PlanInvalid, faults_in, read_plan

__all__ = [
    "FROM_DIRECTORY",
    "Fault",
    "Heir",
    "NoHeir",
    "Otherwise",
    "Plan",
    "PlanInvalid",
    "Takeover",
    "Vacancy",
    "faults_in",
    "heir_of",
    "is_closed",
    "plan_from_directory",
    "plan_text",
    "read_plan",
    "vacancy",
]
