"""Names that envelopes are made of: namespaces, and how the axis writes days and instants."""

from datetime import timedelta, timezone
from typing import Final

EDXML: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
PREFIX: Final = "edXML"

DAY: Final = "%Y/%m/%d"
MOMENT: Final = "%Y/%m/%d %H:%M:%S"
VIETNAM: Final = timezone(timedelta(hours=7), "+07")
"""Envelopes carry no offset; the axis is Vietnam's, which has had one offset since 1975."""


def tag(name: str) -> str:
    """Return the element's name in its namespace, as lxml writes it."""
    return f"{{{EDXML}}}{name}"
