"""Which model reads which event type, and how an older version becomes the newest.

A type is never changed once published: a new version is a new type beside the old one, with an
upcaster from old to new, and the old one gets the date from which senders are told to move on.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from schemas import kinds
from schemas.kinds import Kind, UnknownType
from schemas.wire import StrictModel

Model: TypeAlias = type[StrictModel]
Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published version of a kind.

    `upcast` turns its JSON-ready data into that of `next_type`; the newest version has neither.
    """

    type: str
    kind: Kind
    model: Model
    next_type: str | None = None
    upcast: Upcast | None = None
    deprecated_on: date | None = None

    def deprecated(self, day: date) -> bool:
        """Whether senders should have left this version by then."""
        return self.deprecated_on is not None and self.deprecated_on <= day


class Registry:
    """All versions of all kinds, by event type."""

    def __init__(self, versions: Iterable[Version]) -> None:
        """Take the versions; raise ValueError if two share a type or a chain has no end."""
        self._versions: dict[str, Version] = {}
        for version in versions:
            if version.type in self._versions:
                raise ValueError(f"two versions are called {version.type}")
            self._versions[version.type] = version
        for version in self._versions.values():
            self._chain(version)

    @property
    def versions(self) -> tuple[Version, ...]:
        """Every version, in the order in which they were registered."""
        return tuple(self._versions.values())

    def version(self, type_: str) -> Version:
        """Return the version of an event type; raise UnknownType if there is none."""
        try:
            return self._versions[type_]
        except KeyError:
            raise UnknownType("no such type of message") from None

    def model_for(self, type_: str) -> Model:
        """Return the model that reads data of this type; raise UnknownType if there is none."""
        return self.version(type_).model

    def read(self, type_: str, data: bytes) -> StrictModel:
        """Validate data by its own version, then bring it up to the newest.

        Raise UnknownType, or pydantic's ValidationError with places in the data as it was sent.
        """
        version = self.version(type_)
        model = version.model.model_validate_json(data)
        if version.upcast is None:
            return model
        value: dict[str, Any] = json.loads(data)
        *olders, newest = self._chain(version)
        for older in olders:
            assert older.upcast is not None
            value = older.upcast(value)
        return newest.model.model_validate_json(json.dumps(value))

    def _chain(self, version: Version) -> list[Version]:
        chain = [version]
        while version.upcast is not None or version.next_type is not None:
            following = self._versions.get(version.next_type or "")
            if version.upcast is None or following is None:
                raise ValueError(f"{version.type} cannot become {version.next_type}")
            version = following
            if version in chain:
                raise ValueError(f"{version.type} becomes itself")
            chain.append(version)
        return chain


def _first(kind: Kind, model: Model) -> Version:
    return Version(type=kind.type, kind=kind, model=model)


REGISTRY: Final = Registry(
    (
        _first(Kind.TRANSFER_SUBMITTED, kinds.TransferSubmitted),
        _first(Kind.TRANSFER_CORRECTED, kinds.TransferCorrected),
        _first(Kind.TRANSFER_WITHDRAWN, kinds.TransferWithdrawn),
        _first(Kind.SUPPLEMENT_PROVIDED, kinds.SupplementProvided),
        _first(Kind.HOP_RECEIVED, kinds.HopReceived),
        _first(Kind.HOP_REFUSED, kinds.HopRefused),
        _first(Kind.REFUSAL_ACKNOWLEDGED, kinds.RefusalAcknowledged),
        _first(Kind.HOP_PAUSED, kinds.HopPaused),
        _first(Kind.HOP_RESUMED, kinds.HopResumed),
        _first(Kind.HOP_EXTENDED, kinds.HopExtended),
        _first(Kind.HOP_COMPLETED, kinds.HopCompleted),
        _first(Kind.HOP_RETURNED, kinds.HopReturned),
        _first(Kind.HANDOVER_OFFERED, kinds.HandoverOffered),
        _first(Kind.HANDOVER_CANCELLED, kinds.HandoverCancelled),
        _first(Kind.RECEIPT_ISSUED, kinds.ReceiptIssued),
        _first(Kind.SUPPLEMENT_REQUESTED, kinds.SupplementRequested),
        _first(Kind.HOP_CHANGED, kinds.HopChanged),
        _first(Kind.TRANSFER_CHANGED, kinds.TransferChanged),
        _first(Kind.TRANSFER_FINISHED, kinds.TransferFinished),
        _first(Kind.CLOCK_WARNED, kinds.ClockWarned),
        _first(Kind.CLOCK_BREACHED, kinds.ClockBreached),
        _first(Kind.CONNECTION_TESTED, kinds.ConnectionTested),
        _first(Kind.DOSSIER_CHANGED, kinds.DossierChanged),
    )
)
