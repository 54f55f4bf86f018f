"""Dossiers of one commune, and who works on them: a birth (a chain) and a death (with branches)."""

from typing import Any, Final

COMMUNE: Final = "H31.143"
UNIT: Final = "12472"
"""Its commune, in the province of 2026."""
POPULATION: Final = "G01.899.001"
POLICE: Final = "G01.833.143"
INSURANCE: Final = "G24.33.12"
BIRTH: Final = "2.000987"
BIRTH_AGENCIES: Final = (COMMUNE, POPULATION, POLICE, INSURANCE)
BIRTH_HOPS: Final = ("civil-status", "population-id", "residence", "health-insurance")
DEATH: Final = "2.002622"
COPIES: Final = "2.000908"
"""Certified copies: four hops, all at the commune itself."""


def birth(**changes: Any) -> dict[str, Any]:
    """Write the data of a birth's submission."""
    return {
        "procedure": BIRTH,
        "received_at": "2026-03-02T08:20:00+07:00",
        "channel": "online",
        "applicant": {"kind": "citizen", "name": "Nguyễn Văn Thử"},
        "places": {"applicant": UNIT},
        "facts": {"residence_check": "simple", "identity_card": False},
        **changes,
    }


def copies(**changes: Any) -> dict[str, Any]:
    """Write the data of a submission for certified copies."""
    return {**birth(), "procedure": COPIES, "facts": {}, **changes}


def death(**changes: Any) -> dict[str, Any]:
    """Write the data of a submission for a death: two agencies work side by side."""
    return {
        **birth(),
        "procedure": DEATH,
        "places": {"deceased": UNIT},
        "facts": {"benefit": "social_insurance", "death_check": "simple"},
        **changes,
    }


def code(number: int, commune: str = COMMUNE) -> str:
    """Return the dossier's code with this ordinal, at the commune on that Monday."""
    return f"{commune}-260302-{number:04d}"


def event(number: int, data: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Write a valid transfer.submitted event as a plain document."""
    return {
        "specversion": "1.0",
        "id": f"message-{number}",
        "source": f"urn:lienthong:agency:{COMMUNE}",
        "type": "vn.lienthong.transfer.submitted.v1",
        "subject": code(number),
        "time": "2026-03-02T08:29:50+07:00",
        "data": data or birth(),
        **changes,
    }
