"""The agencies of the whole country, on both sides of the reform of 2025-07-01.

All 63 provinces with their 696 districts and 10,035 communes until then, the 34 with 3,321
communes from then on, and for each the bodies that carry dossiers; abolished ones name who took
over, several where a unit was split. Constructed from the unit tables like the packaged directory,
which is a part of it, and as little confirmed: see docs/directory.md. Too large to be committed;
the same code makes the same bytes.
"""

from collections.abc import Iterator, Sequence

from routing.data.generators import agency_tables, legacy_tier, national_agencies, two_tiers
from routing.data.generators.eras import forerunners, provinces
from routing.data.generators.rows import REFORM, AgencyRow
from routing.directory.sheets import Sheets

GENERATED = "2026-11-25"


def sheets(chosen: Sequence[str] = ()) -> Sheets:
    """Write the country's directory, or that of some current provinces and what they were."""
    codes = sorted(chosen) or [unit.code for unit in provinces(REFORM)]
    part = "-".join(codes) if chosen else "viet-nam"
    return agency_tables.sheets(
        rows(codes),
        version=f"{'units-' if chosen else ''}{part}-{GENERATED}",
        title="Agencies of the provinces before and after 2025-07-01, and national ones",
        source="constructed from the unit tables; codes and areas are not verified",
        generated=f"{GENERATED} by routing.data.generators.national",
    )


def rows(codes: Sequence[str]) -> Iterator[AgencyRow]:
    """Yield the national agencies, and those of current provinces and of their forerunners."""
    yield from national_agencies.rows()
    for code in codes:
        for legacy in forerunners(code):
            yield from legacy_tier.rows(legacy)
        yield from two_tiers.rows(code)
