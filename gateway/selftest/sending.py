"""Send a case: as its issuer, and as its agency, through the committer like every message.

The synthetic agencies have no software and no credentials: what they say is made here, validated by
the same models, and stored, folded and answered as anybody's. Every message's id follows from its
examination, so that sending again after an interruption has one effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.commit.items import Act as ActItem
from gateway.commit.items import Answer, Incoming, Judged, Road
from gateway.ids import new_id
from gateway.selftest.cases import Case
from routing.data.tables import VIETNAM
from routing.lifecycle.model import Act, Operated
from routing.synthetic import SYNTHETIC_ISSUER, SYNTHETIC_PROCEDURE
from schemas.envelope import STRUCTURED_MEDIA_TYPE
from schemas.identifiers import agency_urn
from schemas.kinds import Kind
from schemas.registry import REGISTRY

ACTOR = "self-test"
_REASON = "self-test"


class NotSent(Exception):
    """A case that the gateway did not take; `problem` is the slug of its answer."""

    def __init__(self, case: str, problem: str) -> None:
        self.case = case
        self.problem = problem
        super().__init__(f"{case}: {problem}")


@dataclass(frozen=True, slots=True)
class Sender:
    """Speaks for the synthetic agencies of one examination."""

    committer: GroupCommitter
    clock: LegalClock
    examination: UUID
    began_at: datetime

    async def send(self, no: int, case: Case) -> UUID:
        """Submit a case, take it off the operators' lists, say what its agency says."""
        day = self.began_at.astimezone(VIETNAM)
        code = f"{SYNTHETIC_ISSUER}-{day:%y%m%d}-{day:%H%M%S}{no:02d}"
        submitted = {
            "procedure": SYNTHETIC_PROCEDURE,
            "received_at": self.began_at.isoformat(),
            "channel": "online",
            "applicant": {"kind": "citizen", "name": "Hồ sơ giả lập"},
            "places": {},
            "facts": {"case": case.name},
        }
        receipt = await self._say(case, Kind.TRANSFER_SUBMITTED, SYNTHETIC_ISSUER, code, submitted)
        transfer = UUID(receipt["transfer"])
        await self.act(transfer, Act.ARCHIVE)
        if case.says is not None:
            hop = {"transfer": str(transfer), "step": case.name, "round": 1}
            await self._say(case, case.says, case.agency, code, {**hop, **dict(case.words)})
        return transfer

    async def act(self, transfer: UUID, act: Act) -> None:
        """Do what an operator would; what has ended already stays as it ended."""
        event = Operated(act=act, actor=ACTOR, reason=_REASON)
        await self.committer.enqueue(ActItem(transfer, event), bounded=False)

    async def _say(
        self, case: Case, kind: Kind, agency: str, code: str, data: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        now = self.clock.now()
        written = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        message_id = f"{self.examination}-{case.name}-{kind.value}"
        event = {
            "specversion": "1.0",
            "id": message_id,
            "source": agency_urn(agency),
            "type": kind.type,
            "subject": code,
            "time": now.isoformat(),
            "data": orjson.Fragment(written),
        }
        body = orjson.dumps(event)
        incoming = Incoming(
            id=new_id(),
            road=Road.HTTP,
            agency=agency,
            media=STRUCTURED_MEDIA_TYPE,
            body=body,
            headers={},
            message_id=message_id,
            recorded_at=now,
        )
        judged = Judged(
            incoming,
            sha256(body).digest(),
            key=message_id,
            digest=sha256(written).digest(),
            kind=kind,
            subject=code,
            claimed_at=now,
            data=REGISTRY.read(kind.type, written),
        )
        answer: Answer | None = await self.committer.enqueue(judged, bounded=False)
        if answer is None or answer.problem is not None:
            found = answer.problem if answer is not None else None
            raise NotSent(case.name, found.slug if found is not None else "internal")
        receipt: Mapping[str, Any] = orjson.loads(answer.receipt)
        if receipt.get("first") == "refused":
            raise NotSent(case.name, "refused-before")
        return receipt
