"""Whoever types an agency's name means it, with accents or without; a whole name means no other."""

from datetime import date

import pytest

from gateway.console.agency_found import agencies_meant
from gateway.console.report_query import read_query

KNOWN = {
    "H31.101": "UBND phường Phố Hiến",
    "H31.102": "UBND xã Yên Mỹ",
    "H31.103": "UBND xã Yên Mỹ Đông",
    "G01.1": "Công an phường Phố Hiến",
}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("H31.101", ["H31.101"]),
        ("h31.102", ["H31.102"]),
        ("H31.102 UBND xã Yên Mỹ", ["H31.102"]),
        ("ubnd xa yen my", ["H31.102"]),
        ("Phố Hiến", ["H31.101", "G01.1"]),
        ("pho hien", ["H31.101", "G01.1"]),
        ("  Yên  Mỹ  ", ["H31.102", "H31.103"]),
        ("dong", ["H31.103"]),
        ("H31.999", []),
        ("Hà Nội", []),
    ],
)
def test_it_is_found(written: str, meant: list[str]) -> None:
    assert agencies_meant(written, KNOWN) == meant


def test_the_whole_of_what_was_typed_is_kept() -> None:
    query = read_query({"agency": " pho hien "}, date(2026, 11, 25))

    assert query.agency == "pho hien"
    assert "agency=pho+hien" in query.address("/console/reports/bieu-06")
