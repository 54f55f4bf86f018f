"""Which callers and speakers there are, by the name that an endpoint gives: one line each.

`amqp` and `mailbox` are not among them: the first is one road for all its agencies, the second no
road at all. The names reserved are those of dialects that are not in this version; an endpoint
may not be given one that is in neither list. A process that does not know a name stored by a newer
one leaves its deliveries to those that do.
"""

from collections.abc import Callable, Mapping
from typing import Final

from connectors.agency_book import AgencyBook, EmptyBook
from connectors.dialects.caller import DialectCaller
from connectors.dialects.speaker import DialectSpeaker
from connectors.document_source import DocumentSource, NoDocuments
from connectors.edxml.caller import EdxmlCaller
from connectors.edxml.speaker import EdxmlSpeaker
from connectors.letter_book import EmptyLetterBook, LetterBook
from connectors.protocol import Caller, ConnectorName, Endpoint, Speaker
from connectors.webhook import WebhookCaller

QUEUE: Final[ConnectorName] = "amqp"
MAILBOX: Final[ConnectorName] = "mailbox"

_Make = Callable[[AgencyBook, DocumentSource, LetterBook], Caller]
CALLERS: Final[Mapping[ConnectorName, _Make]] = {
    "webhook": lambda *_: WebhookCaller(),
    "edxml": EdxmlCaller,
    "rest": lambda *_: DialectCaller("rest"),
    "land-tax": lambda *_: DialectCaller("land-tax", mapping="land-tax"),
    "dvcqg": lambda *_: DialectCaller("dvcqg", mapping="dvcqg"),
}
SPEAKERS: Final[Mapping[ConnectorName, Callable[[AgencyBook], Speaker]]] = {
    "edxml": EdxmlSpeaker,
    "rest": lambda _: DialectSpeaker("rest"),
    "land-tax": lambda _: DialectSpeaker("land-tax", mapping="land-tax"),
}
RESERVED: Final[frozenset[ConnectorName]] = frozenset()
"""What dialects will be called; a name leaves this list when its caller joins the one above."""


def is_known(name: ConnectorName) -> bool:
    """Whether this version can hand anything over by a connector of this name."""
    return name in (QUEUE, MAILBOX) or name in CALLERS


def is_told_of_its_own(endpoint: Endpoint) -> bool:
    """Whether this partner is told where the dossiers stand that it sent (`dossier.changed`).

    Letters of the text axis are answered by statuses, unless the endpoint says otherwise.
    """
    return endpoint.connector == "edxml" and endpoint.options.get("statuses", True) is True


def open_callers(
    book: AgencyBook | None = None,
    documents: DocumentSource | None = None,
    posts: LetterBook | None = None,
) -> dict[ConnectorName, Caller]:
    """Make one of each caller; whoever asks closes them.

    `book` names agencies to dialects, `documents` has the files that some of them carry, `posts`
    knows what partners posted, for those that are answered by the name of what they posted.
    """
    told = (book or EmptyBook(), documents or NoDocuments(), posts or EmptyLetterBook())
    return {name: make(*told) for name, make in CALLERS.items()}


def open_speakers(book: AgencyBook | None = None) -> dict[ConnectorName, Speaker]:
    """Make one of each speaker; there is nothing to close."""
    return {name: make(book or EmptyBook()) for name, make in SPEAKERS.items()}
