"""`lienthong doctor` looks at documents: the folder, the room that is left, the scanner."""

import os
from pathlib import Path
from typing import Any

import pytest

from gateway.documents.checkup import examine_documents
from gateway.settings import Settings


async def _looked(folder: Path | None, **settings: Any) -> dict[str, str]:
    """Return the remedy of each finding; empty: it is as it should be."""
    chosen: dict[str, Any] = {
        "documents_reserve_megabytes": 0,
        "document_megabytes": 1,
        **settings,
    }
    found = await examine_documents(Settings(documents_folder=folder, **chosen))
    return {finding.name: finding.remedy for finding in found}


def _files_in(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_a_gateway_without_documents_has_nothing_to_mend() -> None:
    assert await _looked(None) == {"documents": ""}


async def test_a_folder_that_can_be_written_to_with_a_scanner_that_answers_is_good(
    tmp_path: Path,
) -> None:
    looked = await _looked(tmp_path / "documents", document_scanner="command:cat")

    assert looked == {"documents": "", "room": "", "scanner": ""}
    assert _files_in(tmp_path) == []


async def test_a_disk_with_less_than_its_reserve_is_told(tmp_path: Path) -> None:
    looked = await _looked(tmp_path, documents_reserve_megabytes=1_000_000)

    assert "storage-full" in looked["room"]


async def test_a_scanner_that_does_not_answer_is_told(tmp_path: Path) -> None:
    looked = await _looked(tmp_path, document_scanner=f"clamd://{tmp_path}/nobody.socket")

    assert "LIENTHONG_DOCUMENT_SCANNER" in looked["scanner"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir(mode=0o500)

    assert "mode 700" in (await _looked(tmp_path / "documents"))["documents"]


async def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("not a folder")

    assert "mode 700" in (await _looked(tmp_path / "documents"))["documents"]
