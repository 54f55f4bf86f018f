"""What a step is called: its title in the procedure version, for people who never see its id.

    step_title(catalogue, "commune-review", "2.000987", "v1").vi   # "Xét duyệt hồ sơ tại xã"

The same id is called differently in different procedures. Where several versions may be meant, all
that they call it is said; an id that no version knows has no title, and is shown as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from routing.lifecycle.model import ORIGIN
from routing.procedures import Catalogue, Procedure

_OR: Final = " / "


@dataclass(frozen=True, slots=True)
class Title:
    """A name in both languages."""

    vi: str
    en: str

    def of(self, language: str) -> str:
        """Return it in Vietnamese, or in the second language."""
        return self.vi if language == "vi" else self.en


CORRECTION: Final = Title("Nơi nộp sửa hồ sơ", "Correction by the originator")
"""The originator's own turn, when a dossier came back to it: in no procedure is it a step."""


def step_title(
    catalogue: Catalogue, step: str, procedure: str | None = None, version: str | None = None
) -> Title | None:
    """Return what a step is called in a version; in all of them that may be meant, if none is."""
    if step == ORIGIN:
        return CORRECTION
    meant = _meant(catalogue, procedure, version)
    # Newest first, each name once: what people call it now leads.
    found = dict.fromkeys(
        (one.title_vi, one.title_en) for each in meant for one in each.steps if one.id == step
    )
    if not found:
        return None
    return Title(_OR.join(vi for vi, _ in found), _OR.join(en for _, en in found))


def procedure_title(catalogue: Catalogue, procedure: str) -> Title | None:
    """Return what a procedure is called in its newest version."""
    versions = catalogue.versions(procedure)
    return Title(versions[-1].title_vi, versions[-1].title_en) if versions else None


def _meant(catalogue: Catalogue, procedure: str | None, version: str | None) -> Iterable[Procedure]:
    if procedure is None:
        return [one for code in catalogue.codes() for one in reversed(catalogue.versions(code))]
    versions = catalogue.versions(procedure)
    exactly = [one for one in versions if one.version == version]
    return exactly or reversed(versions)
