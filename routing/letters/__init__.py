"""The letter of apology: whether one may be written, what it says, and by what it is proved.

Pure: a transfer, its ledger and the tables in; a letter or the reason why there is none out.
"""

from routing.letters.apology import Apology, NoLetter, draft_apology
from routing.letters.causes import CauseKind, Delay, Proof, Recorded, find_delay
from routing.letters.forecast import forecast_end, proposed_date
from routing.letters.outlook import Outlook, look_ahead
from routing.letters.wording import Letter, Wording, load_wording, write_letter

__all__ = [
    "Apology",
    "CauseKind",
    "Delay",
    "Letter",
    "NoLetter",
    "Outlook",
    "Proof",
    "Recorded",
    "Wording",
    "draft_apology",
    "find_delay",
    "forecast_end",
    "load_wording",
    "look_ahead",
    "proposed_date",
    "write_letter",
]
