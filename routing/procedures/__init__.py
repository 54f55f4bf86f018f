"""Procedures: versioned law as data, and the catalogue that finds the version in force."""

from routing.procedures.catalogue import Catalogue, load_catalogue
from routing.procedures.conditions import Condition, FactValue, holds
from routing.procedures.model import BudgetCase, Certainty, Fact, Procedure, Step
from routing.procedures.reading import ProcedureDataError, read_procedure

__all__ = [
    "BudgetCase",
    "Catalogue",
    "Certainty",
    "Condition",
    "Fact",
    "FactValue",
    "Procedure",
    "ProcedureDataError",
    "Step",
    "holds",
    "load_catalogue",
    "read_procedure",
]
