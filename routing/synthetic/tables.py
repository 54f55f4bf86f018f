"""The examiner's own rows beside the packaged tables: one procedure, and the agencies it names.

A running gateway needs them to route and to keep time; lists, lint and documents of the packaged
tables do not know them.
"""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from routing.directory import Agency, Directory
from routing.procedures import Catalogue, Procedure, read_procedure
from routing.synthetic.codes import SYNTHETIC_ISSUER

_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def synthetic_procedure() -> Procedure:
    """Read the one synthetic procedure."""
    text = files("routing").joinpath("data", "synthetic", "procedure.toml").read_text("utf-8")
    return read_procedure(text, "synthetic/procedure.toml")


def synthetic_agencies() -> tuple[Agency, ...]:
    """Return the issuer and every agency that the procedure names.

    None has a jurisdiction or a parent, so none is ever found by place or told as a supervisor.
    """
    named = [step.agency for step in synthetic_procedure().steps if step.agency is not None]
    return tuple([_agency(code) for code in (SYNTHETIC_ISSUER, *named)])


def with_synthetic(catalogue: Catalogue, directory: Directory) -> tuple[Catalogue, Directory]:
    """Return the tables with the examiner's rows; their versions stay what they are."""
    return catalogue.joined_by(synthetic_procedure()), with_synthetic_agencies(directory)


def with_synthetic_agencies(directory: Directory) -> Directory:
    """Return the directory with the examiner's agencies; its version stays what it is."""
    return directory.joined_by(synthetic_agencies())


def _agency(code: str) -> Agency:
    return Agency(
        code=code,
        name="Cơ quan giả lập để tự kiểm tra",
        level="synthetic",
        roles=("synthetic",),
        parent=None,
        jurisdiction=(),
        valid_from=_SINCE,
        valid_to=None,
        successors=(),
        aliases=(),
        demo=True,
        certainty="demo",
        source="ours",
    )
