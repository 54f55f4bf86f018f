"""Policies are data with sources, and a row that makes no sense is an error at load."""

import tomllib
from copy import deepcopy
from importlib import resources
from typing import Any, get_args

import pytest

from routing.policies import Consequence, load_policies, read_policies
from schemas.kinds import HopRefused, HopReturned, PauseReason


@pytest.fixture
def document() -> dict[str, Any]:
    text = resources.files("routing.data").joinpath("policies.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_the_machine_limits_of_the_civil_status_decree_hold_for_every_chain() -> None:
    policies = load_policies()

    assert (policies.handover_limit, policies.receipt_limit) == ("10 min", "2 wh")
    assert str(policies.limits_of("1.012783").handover) == "10 min"
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


def test_every_row_names_its_source_and_how_sure_it_is(document: dict[str, Any]) -> None:
    sections = [
        document["limits"],
        *document["limits_of"].values(),
        document["refusals"],
        document["returns"],
        document["pauses"],
    ]

    for section in sections:
        for name, row in section.items():
            assert row["source"], name
            assert row["certainty"] in (
                "sourced",
                "secondary",
                "observed",
                "ours",
                "unverified",
            )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("refusals", "rejected", "consequence"), "shrug"),
        (("returns", "incomplete", "limit"), "soon"),
        (("pauses", "outage", "on_resume"), "perhaps"),
        (("limits", "handover", "within"), "ten minutes"),
        (("decision", "grace", "within"), "1 wd"),
    ],
)
def test_a_row_that_makes_no_sense_is_an_error(
    document: dict[str, Any], path: tuple[str, ...], value: str
) -> None:
    broken = deepcopy(document)
    row = broken
    for name in path[:-1]:
        row = row[name]
    row[path[-1]] = value

    with pytest.raises(ValueError):
        read_policies(broken)


def test_restart_rules_are_read_per_step_and_reason(document: dict[str, Any]) -> None:
    document["restarts"] = {"1.0/appraisal": {"reasons": ["supplement"], "source": "x"}}

    policies = read_policies(document)

    assert policies.on_resume("1.0", "appraisal", "supplement") == "restart"
    assert policies.on_resume("1.0", "appraisal", "outage") == "remainder"
    assert policies.on_resume("1.0", "other", "supplement") == "remainder"
