"""Make the depository of a gateway from its settings."""

from datetime import timedelta

from gateway.clock import LegalClock
from gateway.documents.depository import Depository
from gateway.documents.keys import Keyring, read_keys
from gateway.documents.rules import DocumentRules
from gateway.documents.shelf import Shelf
from gateway.settings import Settings
from gateway.store.pool import Pool

_MEGABYTE = 1024 * 1024


def open_depository(settings: Settings, pool: Pool, clock: LegalClock) -> Depository | None:
    """Make the folders and return the depository; None where no folder is configured."""
    if settings.documents_folder is None:
        return None
    shelf = Shelf(settings.documents_folder)
    shelf.prepare()
    keyring = Keyring(read_keys(settings.documents_keys.get_secret_value()))
    return Depository(pool, clock, shelf, keyring, document_rules(settings))


def document_rules(settings: Settings) -> DocumentRules:
    """Return what the settings allow."""
    return DocumentRules(
        largest=settings.document_megabytes * _MEGABYTE,
        dossier_bytes=settings.dossier_megabytes * _MEGABYTE,
        dossier_count=settings.dossier_documents,
        agency_quota=settings.agency_megabytes * _MEGABYTE,
        open_uploads=settings.open_uploads,
        media_types=frozenset(settings.document_types),
        reserve=settings.documents_reserve_megabytes * _MEGABYTE,
        upload_kept=timedelta(hours=settings.upload_hours),
        unreferenced_kept=timedelta(days=settings.unreferenced_days),
        grace=timedelta(days=settings.document_grace_days),
        retention=timedelta(days=settings.document_retention_days),
        scans=settings.document_scanner is not None,
    )
