"""Reads a directory's two tables from a folder, or from a .zip or .tar of it."""

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from gateway.operations.directories import DirectoryRefused
from routing.directory.sheets import AGENCIES, ALIASES, MOST_BYTES, Sheets


def read_files(path: Path) -> Sheets:
    """Return both tables; DirectoryRefused in one line if they are not there or not text."""
    try:
        if path.is_dir():
            return Sheets(*(_limited_file(path / name) for name in (AGENCIES, ALIASES)))
        if zipfile.is_zipfile(path):
            return _zipped(path)
        if tarfile.is_tarfile(path):
            return _tarred(path)
    except OSError as error:
        name = Path(error.filename).name if error.filename else path.name
        raise DirectoryRefused(f"{name}: {error.strerror or 'cannot be read'}") from None
    except (zipfile.BadZipFile, tarfile.TarError, EOFError):
        raise DirectoryRefused(f"{path.name} is a damaged archive") from None
    raise DirectoryRefused(f"{path.name} is neither a folder nor a .zip or .tar of one")


def _limited_file(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise _too_large(path.name)
    return _decoded(path.read_bytes(), path.name)


def _zipped(path: Path) -> Sheets:
    with zipfile.ZipFile(path) as archive:
        texts = []
        for wanted in (AGENCIES, ALIASES):
            name = _sole(wanted, archive.namelist(), path)
            with archive.open(name) as member:
                texts.append(_limited(member.read(MOST_BYTES + 1), wanted))
    return Sheets(*texts)


def _tarred(path: Path) -> Sheets:
    with tarfile.open(path) as archive:
        texts = []
        for wanted in (AGENCIES, ALIASES):
            member = archive.extractfile(_sole(wanted, archive.getnames(), path))
            if member is None:
                raise DirectoryRefused(f"{path.name}: {wanted} is no file")
            texts.append(_limited(member.read(MOST_BYTES + 1), wanted))
    return Sheets(*texts)


def _sole(wanted: str, names: list[str], path: Path) -> str:
    found = [name for name in names if PurePosixPath(name).name == wanted]
    if len(found) != 1:
        raise DirectoryRefused(f"{path.name} has {len(found)} files {wanted}, not one")
    return found[0]


def _limited(content: bytes, name: str) -> str:
    if len(content) > MOST_BYTES:
        raise _too_large(name)
    return _decoded(content, name)


def _too_large(name: str) -> DirectoryRefused:
    return DirectoryRefused(f"{name} is larger than {MOST_BYTES >> 20} MiB")


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DirectoryRefused(f"{name}, line {line}: not UTF-8 text: save it as UTF-8") from None
