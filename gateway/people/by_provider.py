"""Signing in by a province's own identity provider: there and back, and who that is here.

A round begins in one browser and ends in the same one, once. What the provider vouches for is
checked (connectors/id_tokens), then looked for by issuer and subject. Roles follow the groups at
each sign-in; who has none any more loses roles and sessions in the same moment. Each opening is in
the audit trail, and each refusal of a round that really began here; what strangers send to the
address of the return is only counted in the log.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final

import structlog

from connectors.id_tokens import Vouched
from connectors.oidc import NotBelieved, OidcProvider, TurnedDown, Unreachable
from gateway.operations import audit
from gateway.operations.audit import By
from gateway.people.accounts import PersonRefused, hold, replace_roles
from gateway.people.linked import Linked, find_linked, make_linked, mark_of
from gateway.people.provider_rules import ProviderRules
from gateway.people.rounds import Round, RoundKey
from gateway.people.sessions import Sessions, Vouching, end_sessions_of
from gateway.people.signing_in import Opened
from gateway.store.pool import Connection, Pool
from gateway.store.sql import statement

log = structlog.get_logger()

RETURN: Final = "/console/sign-in/provider/return"
"""Where browsers come back to: what the provider must know as our redirect URI, to the letter."""
GATEWAY: Final = By("gateway", "theo nhóm · by groups")


class Turned(StrEnum):
    """Why somebody is not let in; each has words that say whose fault it is."""

    STALE = "stale"
    """Not begun in this browser, begun too long ago, or come back before."""
    CANCELLED = "cancelled"
    """The provider says that it did not sign them in."""
    UNREACHABLE = "unreachable"
    UNKNOWN_CLIENT = "unknown-client"
    """The provider does not know this gateway: a matter of settings."""
    NOT_BELIEVED = "not-believed"
    NO_ROLE = "no-role"
    OFF = "off"
    NAME_TAKEN = "name-taken"
    NAME_FORM = "name-form"


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the browser goes, and what it keeps meanwhile."""

    address: str = field(repr=False)
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Nobody is signed in; `detail` is a word for whoever mends it."""

    why: Turned
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SignedInBy:
    """Somebody is signed in, and goes on to where they wanted."""

    opened: Opened
    onward: str


class ProviderDoors:
    """Where people sign in whom the provider vouches for. `back` is the address of the return."""

    def __init__(
        self,
        pool: Pool,
        sessions: Sessions,
        provider: OidcProvider,
        rules: ProviderRules,
        key: RoundKey,
        *,
        back: str,
    ) -> None:
        self._pool = pool
        self._sessions = sessions
        self._provider = provider
        self._key = key
        self._back = back
        self.rules = rules

    def __repr__(self) -> str:
        return f"<ProviderDoors {self._provider!r}>"

    @property
    def issuer(self) -> str:
        return self._provider.registration.issuer

    async def begin(self, onward: str) -> Sent | TurnedAway:
        """Begin a round: somebody goes to the provider."""
        begun = self._key.begin(onward)
        address = await self._provider.authorization_address(
            self._back, state=begun.state, nonce=begun.nonce, verifier=begun.verifier
        )
        if isinstance(address, Unreachable):
            log.warning("sign_in.provider_unreachable", code=address.code)
            return TurnedAway(Turned.UNREACHABLE, address.code)
        return Sent(address, self._key.seal(begun))

    async def finish(self, cookie: str, said: Mapping[str, str]) -> SignedInBy | TurnedAway:
        """End a round: somebody comes back with what the provider gave their browser."""
        begun = self._key.open(cookie) if cookie else None
        state = said.get("state", "")
        if begun is None or not hmac.compare_digest(begun.state.encode(), state.encode()):
            log.info("sign_in.turned_away", why=Turned.STALE)
            return TurnedAway(Turned.STALE)
        found = await self._vouched(begun, said)
        if isinstance(found, TurnedAway):
            await self._tell(found, "provider")
            return found
        async with self._pool.connection() as connection, connection.transaction():
            opened = await self._admit(connection, found)
        if isinstance(opened, TurnedAway):
            self._sessions.forget()
            log.info("sign_in.turned_away", why=opened.why)
            return opened
        log.info("sign_in.opened", by="provider")
        return SignedInBy(opened, begun.onward)

    async def sign_out_address(self, back: str) -> str | None:
        """Return where somebody signs out of the provider as well, if it offers that."""
        return await self._provider.sign_out_address(back)

    async def _vouched(self, begun: Round, said: Mapping[str, str]) -> Vouched | TurnedAway:
        if not await self._spend(begun.state):
            return TurnedAway(Turned.STALE, "replayed")
        if "iss" in said and said["iss"] != self.issuer:  # RFC 9207
            return TurnedAway(Turned.NOT_BELIEVED, "issuer")
        if "error" in said or not said.get("code"):
            return TurnedAway(Turned.CANCELLED)
        match await self._provider.redeem(
            said["code"], self._back, nonce=begun.nonce, verifier=begun.verifier
        ):
            case Vouched() as vouched:
                return vouched
            case Unreachable(code=code):
                return TurnedAway(Turned.UNREACHABLE, code)
            case TurnedDown(is_ours=True, error=error):
                return TurnedAway(Turned.UNKNOWN_CLIENT, error)
            case TurnedDown(error=error):
                return TurnedAway(Turned.NOT_BELIEVED, error)
            case NotBelieved(doubt=doubt):
                return TurnedAway(Turned.NOT_BELIEVED, doubt)

    async def _spend(self, state: str) -> bool:
        """Take a round's state; False if it was taken before."""
        hashed = sha256(state.encode()).digest()
        async with self._pool.connection() as connection:
            spent = await connection.execute(statement("spend_round"), (hashed,))
            return spent.rowcount == 1

    async def _admit(self, connection: Connection, vouched: Vouched) -> Opened | TurnedAway:
        """Find or make the account, let its roles follow, and open a session."""
        linked = await find_linked(connection, vouched.issuer, vouched.subject)
        grants = self.rules.grants_of(vouched.claims)
        if linked is None:
            if not grants:
                return await self._refuse(connection, Turned.NO_ROLE, vouched)
            try:
                linked = await make_linked(
                    connection,
                    vouched.issuer,
                    vouched.subject,
                    self.rules.names_of(vouched.claims),
                    grants,
                    GATEWAY,
                )
            except PersonRefused as refused:
                why = Turned.NAME_TAKEN if refused.word == "name-taken" else Turned.NAME_FORM
                return await self._refuse(connection, why, vouched)
        held = await hold(connection, linked.name)
        if held.disabled:
            return await self._refuse(connection, Turned.OFF, vouched, linked)
        if linked.follows_groups:
            await replace_roles(connection, held, grants, GATEWAY)
            if not grants:
                await end_sessions_of(connection, held.id, "roles-changed")
                return await self._refuse(connection, Turned.NO_ROLE, vouched, linked)
        is_strong = self.rules.is_strong(vouched.claims)
        vouching = Vouching(self.rules.longest, is_strong)
        token = await self._sessions.open(held.id, within=connection, vouched=vouching)
        after = {"by": "provider", "second_factor": is_strong}
        by = By(f"operator:person:{held.name}")
        await audit.enter(connection, by, "session.opened", held.name, after=after)
        return Opened(token)

    async def _refuse(
        self, connection: Connection, why: Turned, vouched: Vouched, linked: Linked | None = None
    ) -> TurnedAway:
        """Tell in the trail who was not let in: by name who has an account, else by a mark."""
        mark = mark_of(vouched.issuer, vouched.subject)
        subject = linked.name if linked else mark
        await audit.enter(connection, By("gateway"), "sign_in.refused", subject, after={"why": why})
        return TurnedAway(why, "" if linked else mark)

    async def _tell(self, turned: TurnedAway, subject: str) -> None:
        log.info("sign_in.turned_away", why=turned.why, detail=turned.detail)
        after = {"why": turned.why, "detail": turned.detail}
        async with self._pool.connection() as connection:
            await audit.enter(connection, By("gateway"), "sign_in.refused", subject, after=after)
