"""`make oracle` tells agreement from a difference, and a bounded time from an endless one."""

from datetime import timedelta

import pytest

from tests.unit.legaltime import million, oracle
from tests.unit.legaltime.million import compare


def test_the_command_as_a_program_agrees_with_the_oracle() -> None:
    compared = compare(seed=7, cases=300)

    assert compared.differs is None
    assert compared.asked == 300
    assert compared.answered > 240


def test_a_difference_of_a_second_is_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = oracle.roll
    monkeypatch.setattr(oracle, "roll", lambda at, pauses: known(at, pauses) + timedelta(seconds=1))

    compared = compare(seed=7, cases=300)

    assert compared.differs is not None
    assert compared.differs.startswith("seed 7, case ")


def test_it_fails_when_its_time_is_used_up(capsys: pytest.CaptureFixture[str]) -> None:
    code = million.main(["--cases", "20000", "--minutes", "0"])

    told = capsys.readouterr()
    assert code == 1
    assert "of 20,000 cases in 0 minutes" in told.err
    assert '"agree":false' in told.out
