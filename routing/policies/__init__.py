"""Policies: the limits and consequences that act on every transfer, as versioned data."""

from routing.policies.model import (
    Audience,
    Consequence,
    CorrectionLimit,
    Lawful,
    Limits,
    Missed,
    OnResume,
    OutageRule,
    Policies,
    RefusalRule,
    ReturnRule,
    Supplements,
)
from routing.policies.reading import load_policies, read_policies
from routing.policies.scopes import Scoped

__all__ = [
    "Audience",
    "Consequence",
    "CorrectionLimit",
    "Lawful",
    "Limits",
    "Missed",
    "OnResume",
    "OutageRule",
    "Policies",
    "RefusalRule",
    "ReturnRule",
    "Scoped",
    "Supplements",
    "load_policies",
    "read_policies",
]
