"""The sandbox: a gateway with canned agencies on the real clock, and three offices left for you.

Your offices (the first over AMQP, the second a mailbox, the third a webhook at an address of your
own machine) are registered like all the others, but no software runs for them: their credentials
are printed, and what they submit travels through agencies that answer within seconds, the police
and the other bodies of your communes among them.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connectors.simulators import Behaviour, Span, SystemWake
from connectors.simulators.instructions import Instructed
from gateway.console.visitors import HOME
from gateway.identity.clients import OPERATOR, Clients, NewClient
from gateway.identity.endpoints import NewEndpoint, new_webhook_secret
from gateway.ids import new_id
from gateway.operations.audit import By
from gateway.people.accounts import NewPerson, add_person
from gateway.people.rights import Grant, Role
from gateway.sandbox.demo import serve_api
from gateway.sandbox.participants import COMMUNES, ConnectorName, Participant, participants
from gateway.sandbox.town import Town, open_town
from gateway.settings import Settings, without_user
from gateway.wiring import run_gateway

YOURS: Final[tuple[tuple[str, ConnectorName], ...]] = (
    ("12499", "amqp"),
    ("12532", "mailbox"),
    ("12526", "webhook"),
)
"""Three communes of the province whose offices are yours, and the road to each."""
ON_DUTY: Final = "truc.ban"
"""The person of the sandbox: an operator of the console."""
WEBHOOK: Final = "http://127.0.0.1:8099/lienthong"
"""Where your receiver is expected unless you say so."""


@dataclass(frozen=True, slots=True)
class Playground:
    """Where everything listens, who everybody is, and a message to begin with."""

    http: str
    amqp: str
    town: Town
    taking_part: tuple[Participant, ...]
    yours: Mapping[str, NewEndpoint]
    operator: NewClient
    person: NewPerson

    def as_json(self) -> dict[str, Any]:
        """The first line that `lienthong sandbox --json` prints."""
        return {
            "http": self.http,
            "amqp": self.amqp,
            "console": {
                "url": self.http + HOME,
                "user": self.person.name,
                "password": self.person.password,
            },
            "agencies": [self._agency(one) for one in self.taking_part],
            "example": self.example(),
            "operator": {
                "client_id": self.operator.client_id,
                "client_secret": self.operator.secret,
            },
        }

    def _agency(self, one: Participant) -> dict[str, Any]:
        own = self.town.credentials[one.code]
        parts = urlsplit(own.amqp_url) if own.amqp_url else None
        return {
            "code": one.code,
            "name": one.agency.name,
            "client_id": own.client_id,
            "client_secret": own.client_secret,
            "amqp_user": parts.username if parts else None,
            "amqp_password": parts.password if parts else None,
            "connector": one.connector,
            "webhook": self._webhook(one.code),
            "simulated": one.code in self.town.agencies,
        }

    def _webhook(self, code: str) -> dict[str, Any] | None:
        """Say where your receiver is expected, and the secret that it verifies with."""
        road = self.yours.get(code)
        if road is None or road.address is None:
            return None
        return {"address": road.address, "secret": road.secret}

    def example(self) -> dict[str, Any]:
        """A valid submission of the first agency: a birth, for a family in another commune."""
        office = self.taking_part[0].code
        now = datetime.now(UTC).replace(microsecond=0)
        day = now.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
        return {
            "specversion": "1.0",
            "id": str(new_id()),
            "source": f"urn:lienthong:agency:{office}",
            "type": "vn.lienthong.transfer.submitted.v1",
            "subject": f"{office}-{day:%y%m%d}-0001",
            "time": now.isoformat(),
            "datacontenttype": "application/json",
            "data": {
                "procedure": "2.000987",
                "received_at": now.isoformat(),
                "channel": "online",
                "applicant": {"kind": "citizen", "name": "Nguyễn Thị Giả Định"},
                "places": {"applicant": COMMUNES[0]},
                "facts": {"residence_check": "simple", "identity_card": False},
                "note": "Hồ sơ thử nghiệm.",
            },
        }


@asynccontextmanager
async def open_playground(
    settings: Settings, *, webhook: str = WEBHOOK
) -> AsyncIterator[Playground]:
    """Run the sandbox for the length of the block; your third office is reached at `webhook`."""
    assert settings.amqp_url is not None
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(run_gateway(settings))
        directory = gateway.services.rulebook.directory
        now = datetime.now(UTC)
        mine = [
            Participant(directory.competent("one-stop.commune", unit, now)[0], connector)
            for unit, connector in YOURS
        ]
        yours = {one.code: _road_to(one, webhook) for one in mine}
        around = participants(directory, now, (*COMMUNES, *(unit for unit, _ in YOURS)))
        taking_part = (*mine, *(one for one in around if one.code not in yours))
        base_url = await serve_api(stack, gateway, port=settings.http_port)
        town = await stack.enter_async_context(
            open_town(
                settings,
                gateway.services.pool,
                base_url,
                taking_part,
                behaviour_of=_prompt,
                wake=SystemWake(),
                unstaffed=yours,
            )
        )
        clients = Clients(gateway.services.pool)
        operator = await clients.register("sandbox-operator", roles=[OPERATOR])
        person = await add_person(
            gateway.services.pool,
            ON_DUTY,
            "Nguyễn Trực Ban",
            [Grant(Role.OPERATOR)],
            By("gateway"),
            must_change=False,
        )
        await gateway.refresh_endpoints()
        amqp = str(without_user(settings.amqp_url))
        yield Playground(base_url, amqp, town, taking_part, yours, operator, person)


def _road_to(one: Participant, webhook: str) -> NewEndpoint:
    if one.connector != "webhook":
        return NewEndpoint(one.code, one.connector)
    return NewEndpoint(one.code, "webhook", address=webhook, secret=new_webhook_secret())


def _prompt(participant: Participant) -> Behaviour:
    """Canned agencies receive within a second and decide within a few, or do as they are told."""
    return Instructed(
        seed=participant.code,
        received_after=_seconds(0.2, 1.0),
        decided_after=_seconds(0.5, 3.0),
        acknowledge_after=timedelta(seconds=2),
        supplement_after=timedelta(seconds=2),
        facts={"tax": {"nothing_to_pay": False}},
    )


def _seconds(shortest: float, longest: float) -> Span:
    return Span(timedelta(seconds=shortest), timedelta(seconds=longest))
