"""Read an example's lines: who says which message at which instant.

    09-03 10:40 civil-status pauses confirmation
    03-03 09:22 residence-removal returns civil-status upstream_error
    06-10 09:40 commune-review completes approved complaint=false

A line that is none is an error when it is read, never while it is played.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.sandbox.chains.stories import Example
from schemas.kinds import Kind

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_BASES: Final = {
    "supplement": "NĐ 301/2026/NĐ-CP",
    "confirmation": "NĐ 301/2026/NĐ-CP",
    "outage": "NĐ 99/2022/NĐ-CP, Điều 16",
    "extension": "NĐ 61/2018/NĐ-CP, Điều 19",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One message about the transfer; who says it is the hop's agency unless it is the origin's."""

    at: datetime
    kind: Kind
    step: str
    round: int
    data: dict[str, Any]

    @property
    def by_originator(self) -> bool:
        """Whether who submitted the dossier says it."""
        return self.step == "origin" or self.kind in (
            Kind.SUPPLEMENT_PROVIDED,
            Kind.REFUSAL_ACKNOWLEDGED,
        )

    def about(self, transfer: str) -> dict[str, Any]:
        """Return the message's data for a transfer."""
        if self.kind is Kind.TRANSFER_CORRECTED:
            return {"transfer": transfer, **self.data}
        return {"transfer": transfer, "step": self.step, "round": self.round, **self.data}


def handed_in_at(example: Example) -> datetime:
    """Return when the citizen handed the dossier in."""
    return _local(example.at)


def read_lines(example: Example) -> tuple[Saying, ...]:
    """Read what is said about an example's dossier, in order."""
    return tuple(_read(example))


def _read(example: Example) -> Iterator[Saying]:
    year = example.at[:4]
    for line in example.says.strip().splitlines():
        day, hour, where, verb, *rest = line.split()
        step, _, number = where.partition("@")
        kind, data = _message(verb, rest, year)
        yield Saying(_local(f"{year}-{day} {hour}"), kind, step, int(number or 1), data)


def _message(verb: str, rest: list[str], year: str) -> tuple[Kind, dict[str, Any]]:
    match verb, rest:
        case "receives", []:
            return Kind.HOP_RECEIVED, {}
        case "completes", [outcome, *facts]:
            return Kind.HOP_COMPLETED, {"outcome": outcome, "facts": dict(map(_fact, facts))}
        case "pauses", [reason]:
            return Kind.HOP_PAUSED, {"reason": reason, "legal_basis": _BASES[reason]}
        case "resumes", [reason]:
            return Kind.HOP_RESUMED, {"reason": reason}
        case "supplies", []:
            return Kind.SUPPLEMENT_PROVIDED, {"note": "Bổ sung theo yêu cầu (ví dụ)."}
        case "extends", [day, hour]:
            until = _local(f"{year}-{day} {hour}").isoformat().replace("+00:00", "Z")
            reason = "Cần thêm thời gian đo đạc (ví dụ)."
            basis = _BASES["extension"]
            return Kind.HOP_EXTENDED, {"until": until, "reason": reason, "legal_basis": basis}
        case "refuses", [reason]:
            return Kind.HOP_REFUSED, {"reason": reason, "explanation": "Sai dữ liệu (ví dụ)."}
        case "acknowledges", []:
            return Kind.REFUSAL_ACKNOWLEDGED, {}
        case "returns", [to_step, reason]:
            explanation = "Phát hiện sai sót ở bước trước (ví dụ)."
            back = {"to_step": to_step, "reason": reason, "explanation": explanation}
            return Kind.HOP_RETURNED, back
        case "corrects", []:
            return Kind.TRANSFER_CORRECTED, {"reason": "Đã sửa (ví dụ).", "note": "Đã sửa."}
    raise ValueError(f"an example has no such line: {verb} {' '.join(rest)}")


def _fact(written: str) -> tuple[str, bool | str]:
    name, _, value = written.partition("=")
    return name, {"true": True, "false": False}.get(value, value)


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).astimezone(UTC)
