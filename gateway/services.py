"""What the entry points (HTTP, CLI, console) are given: one value, made in wiring.py alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.oidc import OidcProvider
from connectors.protocol import Speaker
from gateway.clock import LegalClock
from gateway.commit.group import GroupCommitter
from gateway.dispatch.endpoints import EndpointBook
from gateway.documents.depository import Depository
from gateway.duties.doorkeeper import Doorkeeper
from gateway.duties.librarian import Librarian
from gateway.duties.lookout import Lookout
from gateway.duties.reconciler import Reconciler
from gateway.duties.sentry import Sentry
from gateway.duties.witness import Witness
from gateway.identity.streams import OpenStreams
from gateway.joining.roster import Roster
from gateway.operations.forecaster import Forecaster
from gateway.operations.proofreader import Proofreader
from gateway.rulebook import Rulebook
from gateway.settings import Settings
from gateway.store.pool import Pool


@dataclass(frozen=True, slots=True)
class Health:
    """One part of the gateway: well, or not and why."""

    part: str
    well: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Services:
    """A running gateway's parts, as far as its entry points may use them."""

    settings: Settings
    librarian: Librarian
    clock: LegalClock
    pool: Pool
    committer: GroupCommitter
    endpoints: EndpointBook
    roster: Roster
    streams: OpenStreams
    witness: Witness
    doorkeeper: Doorkeeper | None
    sentry: Sentry
    lookout: Lookout
    reconciler: Reconciler
    health: Callable[[], list[Health]]
    forecaster: Forecaster
    """What plans of reorganisation would move."""
    wake_dispatch: Callable[[], None]
    on_commit: Callable[[Callable[[], None]], None]
    """Subscribe: the callable is called after every commit of this process."""
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    """What reads the posts of partners with a dialect of their own, by connector."""
    proofreader: Proofreader = field(default_factory=Proofreader)
    """What lint says of the procedures, beside everything else."""
    depository: Depository | None = None
    """Where documents are kept; None: this gateway keeps none."""
    provider: OidcProvider | None = None
    """A province's identity provider, where people sign in by one."""

    @property
    def rulebook(self) -> Rulebook:
        """The tables that decide now; take them once per question."""
        return self.librarian.rulebook
