"""Set the stage for an agency's software: a player, its surface on a port, the exchange."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from connectors.raw_http import RawCaller
from gateway.clock import LegalClock, SystemClock
from gateway.conformance.exchange import Exchange, Prompt
from gateway.conformance.places import NoWay, find_place
from gateway.conformance.player import Player
from gateway.conformance.surface import Surface
from gateway.http_server import listen, serve_http
from gateway.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Terms:
    """How the software under test takes part. `address` is its webhook; None: a mailbox."""

    agency: str
    address: str | None = None
    secret: str | None = field(default=None, repr=False)
    patience: float = 10.0
    calm: float = 1.0
    originates: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    client_id: str = "conformance"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


@asynccontextmanager
async def played_gateway(
    rulebook: Rulebook,
    terms: Terms,
    *,
    clock: LegalClock | None = None,
    prompt: Prompt = lambda _text: None,
) -> AsyncIterator[tuple[Exchange, str]]:
    """Serve the surface for the length of the block; yield the exchange and where it listens.

    Raises NoWay if no procedure leads over the agency.
    """
    clock = clock or SystemClock()
    now = clock.now()
    if rulebook.directory.agency(terms.agency, now) is None:
        raise NoWay(f"the directory knows no agency {terms.agency} now")
    place = find_place(
        rulebook, terms.agency, now, originator=_neighbour(rulebook, terms.agency, clock)
    )
    player = Player(rulebook, clock, agency=terms.agency, by_mailbox=terms.address is None)
    surface = Surface(player, terms.client_id, terms.client_secret)
    listener = listen(terms.host, terms.port)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(surface.app(), listener, stop))
    base_url = f"http://{terms.host}:{listener.getsockname()[1]}"
    try:
        async with RawCaller() as raw:
            yield (
                Exchange(
                    surface,
                    place,
                    raw,
                    terms.address,
                    terms.secret,
                    terms.patience,
                    terms.calm,
                    prompt,
                    terms.originates,
                ),
                base_url,
            )
    finally:
        stop.set()
        await serving


def _neighbour(rulebook: Rulebook, agency: str, clock: LegalClock) -> str:
    """Return another one-stop office, which submits what the software is handed."""
    for one in rulebook.directory.in_force(clock.now()):
        if "one-stop.commune" in one.roles and one.code != agency:
            return one.code
    raise NoWay("the directory has no other one-stop office that could send a dossier")
