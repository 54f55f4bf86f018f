"""Look whether documents can be kept here: the folder, its room, the keys, the scanner.

A file of a few bytes is written and removed; the scanner is asked about nothing at all.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from gateway.documents.scanners import Verdict, scanner_of
from gateway.documents.shelf import Shelf
from gateway.servers.checkup import Finding
from gateway.settings import Settings

_MEGABYTE: Final = 1024 * 1024


async def examine_documents(settings: Settings) -> list[Finding]:
    """Return what was found; a gateway that keeps no documents has nothing to mend."""
    folder = settings.documents_folder
    if folder is None:
        return [Finding("documents", "none are kept: LIENTHONG_DOCUMENTS_FOLDER is not set")]
    findings = list(_folder(folder, settings))
    if settings.document_scanner is not None:
        findings.append(await _scanner(settings.document_scanner))
    return findings


def _folder(folder: Path, settings: Settings) -> Iterator[Finding]:
    shelf = Shelf(folder)
    try:
        shelf.prepare()
        with tempfile.TemporaryFile(dir=folder / "incoming") as written:
            written.write(b"written by lienthong doctor")
            written.flush()
        free = shelf.free()
    except OSError as error:
        remedy = "give it to whoever runs the gateway, with mode 700"
        yield Finding("documents", f"{folder}: {error.strerror}", remedy)
        return
    yield Finding("documents", f"{folder} can be written to")
    largest = settings.document_megabytes * _MEGABYTE
    room = free - settings.documents_reserve_megabytes * _MEGABYTE
    found = f"{max(0, room) // _MEGABYTE} MB beyond the reserve"
    remedy = "" if room > 0 else "free some: no document is taken in (storage-full)"
    warning = "" if room >= largest else "one document of the largest size does not fit"
    yield Finding("room", found, remedy, "" if remedy else warning)


async def _scanner(setting: str) -> Finding:
    verdict = await scanner_of(setting).scan(_nothing())
    if verdict is Verdict.AWAY:
        remedy = "start it, or correct LIENTHONG_DOCUMENT_SCANNER: nothing is served meanwhile"
        return Finding("scanner", "it does not answer", remedy)
    return Finding("scanner", "it answers")


async def _nothing() -> AsyncIterator[bytes]:
    for piece in (b"\n",):
        yield piece
