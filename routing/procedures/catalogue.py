"""The catalogue: every procedure version that is packaged, found by code and instant.

The version of the catalogue is the date of its review and a digest of its files, so that two
catalogues with the same version route alike.
"""

import hashlib
import itertools
import tomllib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files

from routing.procedures.model import Procedure
from routing.procedures.reading import ProcedureDataError, read_procedure

_NATIONAL = len("2.000987")


class Catalogue:
    """Procedure versions by code. Immutable; build one with load_catalogue()."""

    def __init__(self, version: str, procedures: Iterable[Procedure]) -> None:
        self.version = version
        by_code: dict[str, list[Procedure]] = {}
        for procedure in sorted(procedures, key=lambda one: (one.code, one.valid_from)):
            by_code.setdefault(procedure.code, []).append(procedure)
        for code, versions in by_code.items():
            _refuse_overlap(code, versions)
        self._by_code = {code: tuple(versions) for code, versions in by_code.items()}
        self._listed = tuple(self._by_code)

    def __repr__(self) -> str:
        return f"<Catalogue {self.version}: {len(self._by_code)} procedures>"

    def joined_by(self, procedure: Procedure) -> "Catalogue":
        """Return a catalogue of the same version that also knows this procedure, unlisted."""
        known = [one for versions in self._by_code.values() for one in versions]
        joined = Catalogue(self.version, [*known, procedure])
        joined._listed = self._listed
        return joined

    def codes(self) -> tuple[str, ...]:
        """All procedure codes that are listed, sorted."""
        return self._listed

    def versions(self, code: str) -> tuple[Procedure, ...]:
        """All versions of a code, oldest first; empty if the code is unknown.

        A code with a province's suffix (2.000987.000.00.00.H31) falls back on the national one.
        """
        return self._by_code.get(code) or self._by_code.get(code[:_NATIONAL], ())

    def in_force(self, code: str, as_of: datetime) -> Procedure | None:
        """The version under which a dossier received at this instant is handled."""
        for procedure in self.versions(code):
            if procedure.in_force(as_of):
                return procedure
        return None

    def get(self, code: str, version: str) -> Procedure:
        """One version by its name; KeyError if it is not packaged."""
        for procedure in self.versions(code):
            if procedure.version == version:
                return procedure
        raise KeyError((code, version))


@cache
def load_catalogue() -> Catalogue:
    """Load the packaged procedures (the same object every time).

    ProcedureDataError if a file is not usable.
    """
    folder = files("routing") / "data" / "procedures"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    reviewed = tomllib.loads(texts.pop("catalogue.toml"))["reviewed"]
    digest = hashlib.sha256("\0".join(f"{n}\0{t}" for n, t in texts.items()).encode()).hexdigest()
    return Catalogue(
        f"{reviewed}+{digest[:8]}", [read_procedure(text, name) for name, text in texts.items()]
    )


def _refuse_overlap(code: str, versions: list[Procedure]) -> None:
    if len({one.version for one in versions}) != len(versions):
        raise ProcedureDataError(f"{code}: two versions have the same name")
    for earlier, later in itertools.pairwise(versions):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise ProcedureDataError(
                f"{code}: versions {earlier.version} and {later.version} are in force together"
            )
