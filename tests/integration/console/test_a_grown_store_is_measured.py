"""`make bench-desk` measures every screen and the intake beside operators; here in a tiny store.

Only its shape is looked at: what a screen may take is judged in a large store on a quiet machine.
"""

import pytest
from rich.console import Console

from bench.desk import main, measure, read_order
from gateway.console.navigation import SCREENS
from gateway.operations.causes import Cause

pytestmark = pytest.mark.servers

TINY = ("--transfers", "20", "--open", "60", "--stuck", "40", "--times", "1")


async def test_every_screen_is_visited_and_none_fails() -> None:
    order = read_order([*TINY, "--dossiers", "3", "--pairs", "1"])

    report = await measure(order, Console(quiet=True))

    pages, operators = report["pages"], report["operators"]
    visited = {name.split()[0].partition("?")[0] for name in pages["ms"]}
    assert visited >= {screen.path for screen in SCREENS}
    assert {name: one["status"] for name, one in pages["ms"].items() if one["status"] >= 500} == {}
    assert all(f"page {cause}" in report["questions"]["ms"] for cause in Cause)
    assert operators["failures"] == []
    assert operators["ratio"] > 0


def test_what_cannot_be_meant_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "everything"])

    assert ended.value.code == 2
    assert "--only" in capsys.readouterr().err
