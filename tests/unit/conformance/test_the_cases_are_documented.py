"""docs/conformance.md names every case, once, and says how many there are."""

import re
from pathlib import Path

from gateway.conformance.agency_cases import AGENCY_CASES
from gateway.conformance.gateway_cases import GATEWAY_CASES

PAGE = (Path(__file__).parents[3] / "docs" / "conformance.md").read_text(encoding="utf-8")


def listed(part: str) -> list[str]:
    lines = re.findall(r"^- [a-z -]+: ([a-z0-9, -]+)[;.]$", part, flags=re.MULTILINE)
    return [name for line in lines for name in line.split(", ")]


def test_every_case_is_named() -> None:
    of_agencies, of_gateways = PAGE.split("For a gateway ")

    assert listed(of_agencies) == list(AGENCY_CASES.names())
    assert listed(of_gateways) == list(GATEWAY_CASES.names())
    assert f"there are {len(AGENCY_CASES)}:" in of_agencies
    assert of_gateways.startswith(f"{len(GATEWAY_CASES)}:")


def test_every_case_has_both_titles_and_says_what_it_asks() -> None:
    for case in [*AGENCY_CASES, *GATEWAY_CASES]:
        assert case.title_vi
        assert case.title_en
        assert case.asks.endswith(".")
