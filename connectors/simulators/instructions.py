"""Simulated agencies that do what a dossier's note tells them: for the conformance kit.

The note says `conformance/<case>: <act>`, where the act is `complete`, `refuse <reason>`, `return`,
`pause` or `hold`. Any other dossier is dealt with as the behaviour says.
"""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from connectors.simulators.behaviour import Behaviour, Ending, RefusalReason, Script
from schemas.kinds import HandoverOffered

_INSTRUCTION: Final = re.compile(r"conformance/[a-z0-9-]+: ([a-z]+)(?: ([a-z_]+))?")
_REASONS: Final[dict[str, RefusalReason]] = {
    "not_competent": "not_competent",
    "incomplete": "incomplete",
    "wrong_data": "wrong_data",
    "rejected": "rejected",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructed(Behaviour):
    """A behaviour that reads instructions; what it does, it does at once."""

    def script_for(self, handover: HandoverOffered) -> Script:
        found = _INSTRUCTION.fullmatch(handover.submission.note or "")
        if found is None:
            return Behaviour.script_for(self, handover)
        prompt = Script(received_after=timedelta(), decided_after=timedelta(seconds=0.05))
        if handover.round > 1:
            return prompt
        match found[1]:
            case "refuse":
                return replace(prompt, ending=Ending.REFUSE, refusal=_REASONS[found[2] or ""])
            case "return":
                return replace(prompt, ending=Ending.RETURN)
            case "pause":
                half = timedelta(seconds=0.5)
                return replace(prompt, pause_after=timedelta(), pause_lasts=half)
            case "hold":
                return replace(prompt, decided_after=timedelta(minutes=1))
        return prompt
