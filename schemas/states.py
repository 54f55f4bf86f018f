"""The names of states as they cross the border. What they mean is routing's to say."""

from typing import Literal

TransferStateName = Literal["open", "completed", "refused", "withdrawn", "stopped"]
HopStateName = Literal[
    "planned",
    "dispatching",
    "delivered",
    "received",
    "paused",
    "completed",
    "refused",
    "returned",
    "withdrawn",
    "stopped",
    "cancelled",
    "skipped",
    "lapsed",
]
DossierStateName = Literal[
    "accepted",
    "processing",
    "supplement",
    "payment",
    "completed",
    "refused",
    "unresolved",
    "withdrawn",
    "stopped",
]
"""Where a dossier stands for those who only follow it. `refused`: before anybody had taken it up;
`unresolved`: refused after that."""
