"""docs/documents.md: every snippet of it is run, in order, against the sandbox."""

import json
from pathlib import Path

import pytest

from tests.acceptance.pages import run_in_a_shell, snippets
from tests.acceptance.program import Program, own_folder

__all__ = ["own_folder"]

PAGE = "documents.md"

pytestmark = [pytest.mark.xdist_group("demo")]  # not beside another whole gateway


def test_every_snippet_runs_as_it_stands(own_folder: Path) -> None:
    desk = own_folder / "desk"
    desk.mkdir()
    lines = list(snippets(PAGE))

    with Program(own_folder, "sandbox", "--json", "--save", "desk/sandbox.json") as sandbox:
        assert sandbox.first_line()
        said = list(run_in_a_shell(desk, lines).values())

    assert [one.language for one in lines] == ["sh"] * len(lines)
    assert json.loads(said[1])["complete"] is False
    assert said[2].strip() == "offset 1234567 of 3000009"
    assert json.loads(said[3]) == {"complete": True, "received": 3000009}
    assert json.loads(said[4]) == {"verdict": "accepted", "problem": None}
    digest = said[5].strip()
    assert said[6].strip() == f"{digest}.pdf: OK"
    assert json.loads(said[7]) == {"size": 3000009, "state": "kept", "held": True}


def test_every_problem_of_the_page_exists() -> None:
    from schemas.problem_types import ProblemType

    page = (Path(__file__).parents[2] / "docs" / PAGE).read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| 4", "| 5"))]

    assert len(rows) > 10
    for row in rows:
        status, named = row.split("|")[1].split(maxsplit=1)
        for slug in named.replace("`", "").split(","):
            assert ProblemType(slug.strip()).entry.status == int(status), slug


def test_every_setting_of_the_page_exists_with_its_default() -> None:
    from gateway.settings import Settings

    page = (Path(__file__).parents[2] / "docs" / PAGE).read_text("utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `LIENTHONG_")]
    fields = Settings.model_fields

    assert len(rows) > 10
    for _, names, defaults, *_ in rows:
        for name, default in zip(names.split(","), defaults.split(","), strict=False):
            field = fields[name.strip().strip("`").removeprefix("LIENTHONG_").lower()]
            if default.strip().isdigit():
                assert field.default == int(default), name
