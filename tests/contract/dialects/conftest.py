"""A caller and a simulated ministry's portal, with each way of signing in."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from connectors.dialects.caller import DialectCaller
from connectors.protocol import Endpoint, Outcome, Parcel
from connectors.simulators.partner_server import PartnerServer
from connectors.simulators.token_partner import (
    CLIENT,
    CLIENT_SECRET,
    PASSWORD,
    SHARED,
    USER,
    TokenPartner,
)

HERE = Path(__file__).parent
_SECRET = """way = "secret"
shown = { in = "body", name = "SecurityCode" }
secret = "shared"
"""
AUTHENTICATIONS = {
    "secret": _SECRET,
    "session": """way = "session"
path = "/login"
shown = { in = "header", name = "X-Session" }
secrets = { username = "username", password = "password" }
token = "session"
""",
    "oauth2-client-credentials": 'way = "oauth2-client-credentials"\npath = "/token"\n',
    "oauth2-password": 'way = "oauth2-password"\npath = "/token"\n',
}
SECRETS = {
    "shared": SHARED,
    "username": USER,
    "password": PASSWORD,
    "client_id": CLIENT,
    "client_secret": CLIENT_SECRET,
}


@dataclass(slots=True)
class Stage:
    """One partner with its server, and how we reach it."""

    caller: DialectCaller
    endpoint: Endpoint
    server: PartnerServer
    partner: TokenPartner

    async def hand_over(self, parcel: Parcel) -> Outcome:
        [outcome] = await self.caller.send(self.endpoint, [parcel])
        return outcome


OpenStage = Callable[..., AbstractAsyncContextManager[Stage]]


def mapping_text(way: str = "secret") -> str:
    """Return the ministry's mapping with a way of signing in."""
    return (HERE / "ministry.toml").read_text("utf-8").replace(_SECRET, AUTHENTICATIONS[way])


@pytest.fixture
def open_stage(tmp_path: Path) -> OpenStage:
    """Open a stage whose partner wants to be signed in to in this way."""

    @asynccontextmanager
    async def open_(way: str = "secret", *, within: float = 5.0) -> AsyncIterator[Stage]:
        (tmp_path / "mapping.toml").write_text(mapping_text(way), "utf-8")
        (tmp_path / "statuses.tsv").write_bytes((HERE / "statuses.tsv").read_bytes())
        partner = TokenPartner(way)
        server = PartnerServer(partner)
        caller = DialectCaller("rest")
        endpoint = Endpoint(
            "G09.20",
            "rest",
            server.address,
            orjson.dumps(SECRETS).decode(),
            within,
            {"mapping": str(tmp_path / "mapping.toml"), "unit": "G09.20"},
        )
        try:
            async with server.running():
                yield Stage(caller, endpoint, server, partner)
        finally:
            await caller.aclose()

    return open_
