"""Policies are data with sources, and a row that makes no sense is an error at load."""

import re
import tomllib
from copy import deepcopy
from importlib import resources
from typing import Any, get_args

import pytest

from routing.policies import Audience, Consequence, load_policies, read_policies
from routing.policies.reading import rows_of
from schemas.kinds import HopRefused, HopReturned, PauseReason

SURE = {"source": "a test", "certainty": "ours"}


@pytest.fixture
def document() -> dict[str, Any]:
    text = resources.files("routing.data").joinpath("policies.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_the_machine_limits_of_the_civil_status_decree_hold_for_every_chain() -> None:
    policies = load_policies()

    assert str(policies.limits_of("1.012783").handover) == "10 min"
    assert str(policies.limits_of("1.012783").receipt) == "2 wh"
    assert str(policies.limits_of("2.000987").refusal) == "1 wd"
    assert policies.grace.total_seconds() == 120
    assert policies.claim_window.total_seconds() == 300


def test_every_reason_that_can_be_said_has_a_row() -> None:
    policies = load_policies()

    assert set(policies.refusals) == set(get_args(HopRefused.model_fields["reason"].annotation))
    assert set(policies.returns) == set(get_args(HopReturned.model_fields["reason"].annotation))
    assert set(policies.pauses) == set(get_args(PauseReason))


def test_not_competent_is_the_one_refusal_that_waits_for_nobody() -> None:
    rules = load_policies().refusals

    assert [reason for reason, rule in rules.items() if not rule.acknowledge] == ["not_competent"]
    assert rules["rejected"].consequence is Consequence.END_TRANSFER


def test_a_row_without_a_source_or_a_known_certainty_is_an_error(
    document: dict[str, Any],
) -> None:
    rows = dict(rows_of(document))
    assert {"limits.handover", "warnings", "notices.deadline", "pauses.outage"} <= set(rows)

    for name in rows:
        for field, value in (("source", ""), ("certainty", "surely")):
            broken = deepcopy(document)
            dict(rows_of(broken))[name][field] = value  # type: ignore[index]
            with pytest.raises(ValueError, match=re.escape(name)):
                read_policies(broken)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("refusals", "rejected", "consequence"), "shrug"),
        (("returns", "incomplete", "answer"), "soon"),
        (("returns", "incomplete", "answer"), "5 days"),
        (("supplements", "missed", "consequence"), "forget"),
        (("supplements", "limit", "within"), "a week"),
        (("pauses", "outage", "on_resume"), "perhaps"),
        (("limits", "handover", "within"), "ten minutes"),
        (("decision", "grace", "within"), "1 wd"),
        (("warnings", "at"), ["half"]),
        (("notices", "deadline", "tell"), ["the press"]),
    ],
)
def test_a_row_that_makes_no_sense_is_an_error(
    document: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    broken = deepcopy(document)
    row = broken
    for name in path[:-1]:
        row = row[name]
    row[path[-1]] = value

    with pytest.raises(ValueError):
        read_policies(broken)


def test_restart_rules_are_read_per_step_and_reason(document: dict[str, Any]) -> None:
    document["restarts"] = {"1.0/appraisal": {"reasons": ["supplement"], **SURE}}

    policies = read_policies(document)

    assert policies.on_resume("1.0", "appraisal", "supplement") == "restart"
    assert policies.on_resume("1.0", "appraisal", "outage") == "remainder"
    assert policies.on_resume("1.0", "other", "supplement") == "remainder"


def test_the_most_specific_row_wins_step_then_procedure_then_agency(
    document: dict[str, Any],
) -> None:
    document["limits"]["receipt"] |= {
        "step": {"1.0/tax": {"within": "1 wh", **SURE}},
        "procedure": {"1.0": {"within": "3 wh", **SURE}},
        "agency": {"H31.101": {"within": "4 wh", **SURE}},
    }

    policies = read_policies(document)

    assert str(policies.limits_of("1.0", "tax", "H31.101").receipt) == "1 wh"
    assert str(policies.limits_of("1.0", "other", "H31.101").receipt) == "3 wh"
    assert str(policies.limits_of("2.0", "tax", "H31.101").receipt) == "4 wh"
    assert str(policies.limits_of("2.0", "tax", "H31.102").receipt) == "2 wh"
    assert str(policies.limits_of("1.0").receipt) == "3 wh"


def test_one_thresholds_row_goes_before_that_of_all_warnings(document: dict[str, Any]) -> None:
    document["notices"]["warning.1wd"] = {
        "procedure": {"1.0": {"tell": ["agency", "supervisor"], **SURE}}
    }

    policies = read_policies(document)

    told = (Audience.AGENCY, Audience.OPERATIONS)
    assert policies.told_of("warning.1wd", "1.0") == (Audience.AGENCY, Audience.SUPERVISOR)
    assert policies.told_of("warning.80%", "1.0") == told
    assert policies.told_of("warning.1wd", "2.0") == told
    assert policies.told_of("overall.warning.1wd", "1.0")[0] is Audience.ORIGINATOR
