"""The national portal as an agency: it takes what stands where, says nothing, and forgets nothing.

What takes effect there is a line of progress; two equal ones are two.
"""

from typing import Any

from connectors.simulators.agency import Desk
from connectors.simulators.json_agency import JsonAgency, Post
from connectors.simulators.messages import Message
from connectors.simulators.national_portal import NationalPortal
from connectors.simulators.partner_server import Posted


class PortalCounter:
    """Notes each line by dossier and content, in the agency's record."""

    def __init__(self, desk: Desk) -> None:
        self._record = desk.record
        self.portal = NationalPortal()

    def respond(self, posted: Posted) -> tuple[int, Any]:
        before = sum(map(len, self.portal.progress.values()))
        answered = self.portal.respond(posted)
        if sum(map(len, self.portal.progress.values())) > before:
            [line] = posted.document["data"]
            key = line_key(line["MaHoSo"], line["NoiDungXuLy"])
            self._record.received[key] += 1
            self._record.acted[key] += 1
        return answered

    def post_of(self, message: Message) -> Post | None:
        return None

    def verdict_of(self, answered: Any) -> str | None:
        return None


def portal_agency(code: str, base_url: str, **rest: Any) -> JsonAgency:
    """Make a portal that keeps the record of an agency."""
    return JsonAgency(code, base_url, PortalCounter, **rest)


def line_key(dossier: str, content: str) -> str:
    """Name a line of progress in the record."""
    return f"{dossier}/{content}"
