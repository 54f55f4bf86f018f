"""The committed tables are what their generator makes, and nothing else reads the generator."""

import importlib.util
import subprocess
import sys

import pytest

from routing.data.generators import units as generator
from routing.data.tables import parse_table


def test_generating_again_changes_nothing() -> None:
    if importlib.util.find_spec("vietnamadminunits") is None:
        pytest.skip("the generator needs its source: install the dev dependencies")

    for name, text in generator.tables().items():
        assert (generator.FOLDER / name).read_text("utf-8") == text, name


def test_no_table_is_too_big_to_review() -> None:
    sizes = [path.stat().st_size for path in generator.FOLDER.glob("*.tsv")]

    assert max(sizes) < 1 << 20
    assert sum(sizes) < 900_000


def test_loading_reads_tables_only() -> None:
    code = (
        "import sys, routing.directory; routing.directory.load_directory();"
        "print(*(m for m in sys.modules if m in ('sqlite3', 'routing.data.generators')))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.strip() == ""


def test_a_row_of_another_width_is_an_error_that_says_where() -> None:
    text = "# title: x\ncode\tname\n01\tone\n02\n"

    with pytest.raises(ValueError, match="some table, line 4: 1 fields, 2 columns"):
        parse_table(text, name="some table")
