"""Keys: one per content, sealed by the place's; changed without touching a file."""

import base64
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from gateway.documents.keys import Keyring, KeyUnknown, read_keys
from gateway.settings import Settings

OLD, NEW, BLOB = bytes(range(32)), bytes(range(32, 64)), UUID(int=1)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    before, after = Keyring({"old": OLD}), Keyring({"new": NEW, "old": OLD})
    sealed = before.new_key(BLOB)

    assert after.open(BLOB, sealed) == before.open(BLOB, sealed)
    assert after.new_key(BLOB).key_id == "new"


def test_a_key_opens_for_its_blob_alone_and_not_without_the_places() -> None:
    ring = Keyring({"old": OLD})
    sealed = ring.new_key(BLOB)

    for blob, other in (
        (UUID(int=2), ring),
        (BLOB, Keyring({"old": NEW})),
        (BLOB, Keyring({"new": OLD})),
    ):
        with pytest.raises(KeyUnknown):
            other.open(blob, sealed)


def test_neither_ring_nor_sealed_key_shows_a_key() -> None:
    ring = Keyring({"old": OLD})

    shown = f"{ring!r} {ring.new_key(BLOB)!r}"

    assert OLD.hex() not in shown
    assert "sealed=" not in shown


@pytest.mark.parametrize(
    "text", ["", "my own key", "key:", "key:AAAA", "key:not base64!", "my-key:" + "A" * 44]
)
def test_what_is_no_key_is_refused_when_the_settings_are_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_keys(text)
    with pytest.raises(ValidationError) as told:
        Settings(documents_keys=text)
    assert not text or text not in str(told.value)


def test_production_refuses_documents_under_the_development_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_ENV", "production")
    own = f"a:{base64.b64encode(OLD).decode()}"

    with pytest.raises(ValidationError, match="LIENTHONG_DOCUMENTS_KEYS must be of your own"):
        Settings(documents_folder=tmp_path)
    with pytest.raises(ValidationError) as told:
        Settings(documents_folder=tmp_path, documents_keys=own)
    assert "DOCUMENTS_KEYS" not in str(told.value)


@pytest.mark.parametrize("scanner", ["clamd://", "clamd://host", "command:", "http://scanner"])
def test_what_is_no_scanner_is_refused_when_the_settings_are_read(scanner: str) -> None:
    with pytest.raises(ValidationError):
        Settings(document_scanner=scanner)


def test_an_empty_scanner_is_none_as_compose_files_write_it() -> None:
    assert Settings(document_scanner="").document_scanner is None
