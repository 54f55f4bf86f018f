"""The self-test covers every limit, and tells every way in which a rule can go wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gateway.selftest.cases import CASES, RULES
from gateway.selftest.judging import PATIENCE, Awaited, Entered, judge, rule_of
from routing.lifecycle.model import LimitName
from routing.policies import load_policies
from routing.synthetic import SYNTHETIC_PROCEDURE, is_synthetic
from routing.synthetic.tables import synthetic_procedure

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GRACE = timedelta(minutes=2)
ONE, TWO = UUID(int=1), UUID(int=2)
BREACH = Awaited(0, ONE, "breach:handover", "clock.breached", "a", "handover", None, AT)
ENTRY = Entered(ONE, "clock.breached", "a", "handover", (), AT, AT + timedelta(seconds=1))
WARNING = Awaited(0, ONE, "warning:50%", "clock.warned", "a", None, "50%", AT)
WARNED = Entered(ONE, "clock.warned", "a", None, ("50%",), AT, AT)


def test_every_limit_of_the_lifecycle_is_examined() -> None:
    examined = {limit: f"breach:{limit}" for limit in LimitName}
    examined[LimitName.REFUSAL] = "refusal-release"
    # No timers: the message that comes too late is itself what exceeds them.
    for limit in (LimitName.REQUEST, LimitName.RETURN):
        del examined[limit]

    missing = {limit for limit, rule in examined.items() if rule not in RULES}

    assert missing == set(), "add what it brings about to a case in gateway/selftest/cases.py"


def test_every_threshold_of_the_synthetic_procedure_is_examined() -> None:
    thresholds = load_policies().thresholds.of(SYNTHETIC_PROCEDURE)

    for of in ("warning", "overall-warning"):
        assert {f"{of}:{name}" for name in thresholds} <= set(RULES)


def test_cases_are_those_of_the_procedure() -> None:
    procedure = synthetic_procedure()

    assert [case.name for case in CASES] == list(procedure.facts["case"].choices)
    assert [(case.name, case.agency) for case in CASES] == [
        (step.id, step.agency) for step in procedure.steps
    ]
    assert all(is_synthetic(case.agency) for case in CASES)


def test_what_came_once_at_its_instant_has_fired() -> None:
    judgement = judge([BREACH], [ENTRY], grace=GRACE)

    assert judgement.faults() == {}
    assert judgement.awaited[0].found_at == ENTRY.recorded_at


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([], "missing"),
        ([replace(ENTRY, step="b")], "missing"),
        ([replace(ENTRY, transfer=TWO)], "missing"),
        ([ENTRY, ENTRY], "doubled"),
        ([replace(ENTRY, legal_at=AT + timedelta(seconds=2))], "wrong"),
        ([replace(ENTRY, recorded_at=AT + GRACE + PATIENCE + timedelta(seconds=1))], "late"),
    ],
)
def test_everything_else_is_a_fault_of_its_rule(entries: list[Entered], fault: str) -> None:
    assert judge([BREACH], entries, grace=GRACE).faults()["breach:handover"] == fault


def test_an_act_that_nobody_awaits_is_a_fault_of_its_own_rule() -> None:
    other = replace(ENTRY, reason="deadline")

    judgement = judge([BREACH], [ENTRY, other], grace=GRACE)

    assert judgement.faults() == {"breach:deadline": "unexpected"}


def test_what_follows_from_a_missing_rule_is_not_told_beside_it() -> None:
    other = replace(ENTRY, reason="deadline")

    assert judge([BREACH], [other], grace=GRACE).faults() == {"breach:handover": "missing"}


def test_one_warning_may_stand_for_several_that_a_sweep_found_due() -> None:
    both = replace(WARNED, thresholds=("80%", "50%"), legal_at=AT + timedelta(seconds=12))
    later = replace(WARNING, rule="warning:80%", threshold="80%", legal_at=both.legal_at)

    assert judge([WARNING, later], [both], grace=GRACE).faults() == {}


def test_a_warning_that_stands_for_one_still_to_come_is_wrong() -> None:
    early = replace(WARNED, thresholds=("80%", "50%"), legal_at=AT - timedelta(seconds=12))

    assert judge([WARNING], [early], grace=GRACE).faults()["warning:50%"] == "wrong"


def test_acts_of_people_and_messages_are_no_rules() -> None:
    for act in ("hop.received", "transfer.archived", "hop.stopped", "clock.started"):
        assert rule_of(Entered(ONE, act, None, None, (), AT, AT)) is None
