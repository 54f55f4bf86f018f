"""What is synthetic is told apart by its code, and no real agency can have such a code."""

import pytest

from gateway.rulebook import load_rulebook
from routing.directory import load_directory
from routing.procedures import load_catalogue
from routing.synthetic import (
    SYNTHETIC_ISSUERS,
    SYNTHETIC_PROCEDURE,
    is_synthetic,
    is_synthetic_procedure,
)
from schemas.identifiers import is_agency_code


@pytest.mark.parametrize("code", ["Z99", "Z99.01"])
def test_synthetic_codes_are_known_and_no_agencys(code: str) -> None:
    assert is_synthetic(code)
    assert not is_agency_code(code)


@pytest.mark.parametrize("code", ["H31.101", "Z991", "Z9", "Y99.01", ""])
def test_other_codes_are_not(code: str) -> None:
    assert not is_synthetic(code)


def test_every_issuer_is_synthetic() -> None:
    assert all(is_synthetic(issuer) for issuer in SYNTHETIC_ISSUERS)


def test_no_packaged_agency_or_procedure_is_synthetic() -> None:
    assert not any(is_synthetic(agency.code) for agency in load_directory())
    assert SYNTHETIC_PROCEDURE not in load_catalogue().codes()


def test_a_running_gateway_knows_the_procedure_and_lists_it_nowhere() -> None:
    catalogue = load_rulebook("thai-binh-hung-yen", "vn").catalogue

    assert len(catalogue.versions(SYNTHETIC_PROCEDURE)) == 1
    assert SYNTHETIC_PROCEDURE not in catalogue.codes()


def test_a_provinces_suffix_does_not_hide_the_procedure() -> None:
    assert is_synthetic_procedure("9.999999.000.00.00.H31")
    assert not is_synthetic_procedure("2.000987.000.00.00.H31")
