"""What is synthetic: the agencies and the procedure by which a gateway examines its clocks."""

from routing.synthetic.codes import (
    SYNTHETIC_ISSUER,
    SYNTHETIC_ISSUERS,
    SYNTHETIC_PROCEDURE,
    UNREAD_MAILBOX,
    is_synthetic,
    is_synthetic_procedure,
)

__all__ = [
    "SYNTHETIC_ISSUER",
    "SYNTHETIC_ISSUERS",
    "SYNTHETIC_PROCEDURE",
    "UNREAD_MAILBOX",
    "is_synthetic",
    "is_synthetic_procedure",
]
