"""Who is synthetic: the agencies and the procedure with which a gateway examines its own clocks.

The one place that says so. The prefix Z is no agency's: real codes begin with A to Y, so nobody
can sign in or speak as one of these over any road. What a synthetic issuer submits is nobody's
dossier: it is in no report, no work-queue and no agency's events.
"""

from typing import Final

SYNTHETIC_ISSUER: Final = "Z99"
"""The agency that submits synthetic dossiers."""

SYNTHETIC_ISSUERS: Final = (SYNTHETIC_ISSUER,)
"""For whoever has to leave them out: `issuer <> ALL (…)`."""

UNREAD_MAILBOX: Final = "Z99.02"
"""The one that is reached by mailbox, without an endpoint, and never looks into it."""

SYNTHETIC_PROCEDURE: Final = "9.999999"

_CODE = len(SYNTHETIC_PROCEDURE)


def is_synthetic(agency: str) -> bool:
    """Say whether an agency's code is one of the examiner's own."""
    return agency == SYNTHETIC_ISSUER or agency.startswith(f"{SYNTHETIC_ISSUER}.")


def is_synthetic_procedure(code: str) -> bool:
    """Say whether a procedure's code, with or without a province's suffix, is the examiner's."""
    return code[:_CODE] == SYNTHETIC_PROCEDURE
