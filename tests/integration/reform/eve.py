"""Dossiers of Thái Bình on 30 June 2025, and the reform of the next day."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.operations import reorganise as use
from gateway.operations.runner import ActRunner
from routing.data.tables import VIETNAM, legal_midnight
from routing.reform import Plan, plan_from_directory
from tests.integration.api.running import Api

REFORM = legal_midnight("2025-07-01")
BASIS = "NQ 202/2025/QH15"
ACTOR = "operator:test"
COMMUNE, UNIT = "H54.20.11", "12433"
"""A commune's one-stop that closes; its commune lies in one of today's."""
HEIR = "H31.201"
CARE = "1.001776"
BIRTH = "2.000987"
_numbers = itertools.count(1)


def from_directory() -> Plan:
    return plan_from_directory(REFORM, BASIS)


@dataclass(slots=True)
class Eve:
    """What a test does before, on and after the day."""

    api: Api

    async def submits(
        self,
        agency: str = COMMUNE,
        unit: str = UNIT,
        procedure: str = BIRTH,
        received_at: datetime | None = None,
    ) -> UUID:
        """Submit a dossier of an agency and return its transfer."""
        answer = await self.says(
            agency,
            "transfer.submitted",
            subject=f"{agency}-250630-{next(_numbers):05d}",
            procedure=procedure,
            received_at=(received_at or self.api.clock.now()).astimezone(VIETNAM).isoformat(),
            channel="in_person",
            applicant={"kind": "citizen", "name": "Trần Thị Bí Mật"},
            places={"applicant": unit},
        )
        return UUID(answer["transfer"])

    async def says(
        self, agency: str, kind: str, *, subject: str | None = None, **data: Any
    ) -> dict[str, Any]:
        """Have an agency say something; its credentials are its own, whatever the map says."""
        if subject is None:
            transfer = data["transfer"]
            [[subject]] = await self.api.rows(
                "SELECT code FROM transfers WHERE id = %s", UUID(str(transfer))
            )
            data["transfer"] = str(transfer)
        caller = self.api.tokens.get(agency)
        headers = {"Authorization": caller} if caller else await self.api.sign_in(agency)
        self.api.tokens[agency] = headers["Authorization"]
        event = {
            "specversion": "1.0",
            "id": f"said-{next(_numbers)}",
            "source": f"urn:lienthong:agency:{agency}",
            "type": f"vn.lienthong.{kind}.v1",
            "subject": subject,
            "time": self.api.clock.now().astimezone(VIETNAM).isoformat(),
            "data": data,
        }
        answer = await self.api.send(event, headers)
        assert answer.status_code == 202, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def empties_mailbox(self, agency: str) -> list[dict[str, Any]]:
        """Let an agency fetch and confirm all that is in its mailbox; return the events."""
        caller = await self.api.sign_in(agency)
        events: list[dict[str, Any]] = []
        while True:
            fetched = await self.api.http.get("/v1/mailbox", headers=caller)
            items = fetched.json()["items"]
            if not items:
                return events
            for item in items:
                events.append(item["event"])
                await self.api.http.post(f"/v1/mailbox/{item['delivery']}/ack", headers=caller)

    async def hands_over(self, transfer: UUID, step: str, agency: str) -> None:
        """Let an agency fetch and confirm what lies in its mailbox."""
        await self.empties_mailbox(agency)
        await self.says(agency, "hop.received", transfer=transfer, step=step, round=1)

    def the_day_comes(self, **later: float) -> None:
        now = self.api.clock.now()
        span = REFORM + timedelta(**later) - now
        self.api.clock.move(seconds=span.total_seconds())

    async def reforms(self, plan: Plan | None = None) -> tuple[use.Summary, list[dict[str, Any]]]:
        """Apply the plan; return what was shown, and the acts."""
        plan = plan or from_directory()
        services = self.api.gateway.services
        summary = await self.shows(plan)
        order = use.ordered(plan, ACTOR, "Sắp xếp đơn vị hành chính")
        acts = await use.freeze_moves(
            services.pool, order, plan, summary, services.rulebook, now=self.api.clock.now()
        )
        runner = ActRunner(services.pool, services.committer, services.settings.amqp_url)
        return summary, await use.run_acts(services.pool, runner, acts, seconds=60)

    async def shows(self, plan: Plan | None = None) -> use.Summary:
        services = self.api.gateway.services
        return await use.preview(services.pool, plan or from_directory(), services.rulebook)

    async def hop(self, transfer: UUID, step: str) -> dict[str, Any]:
        """Return the present hop of a step."""
        [[document]] = await self.api.rows(
            "SELECT document FROM hops"
            " WHERE transfer_id = %s AND step = %s AND superseded_by IS NULL",
            transfer,
            step,
        )
        found: dict[str, Any] = document
        return found

    async def owed(self, agency: str) -> list[tuple[str, str]]:
        """Return the kinds and states of what an agency is or was owed, in order."""
        return [
            (row[0], row[1])
            for row in await self.api.rows(
                "SELECT kind, state FROM deliveries WHERE agency = %s ORDER BY ordinal, id", agency
            )
        ]
