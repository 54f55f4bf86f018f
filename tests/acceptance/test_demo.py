"""`lienthong demo`: a week of a real province, counted from both ends."""

from pathlib import Path

import orjson
import pytest

from tests.acceptance.program import Program, own_folder

__all__ = ["own_folder"]

DOSSIERS = 40


@pytest.mark.xdist_group("demo")
def test_the_demo_ends_with_a_balance_in_which_nothing_is_missing(own_folder: Path) -> None:
    with Program(own_folder, "demo", "--json", "--dossiers", str(DOSSIERS)) as demo:
        code, out, err = demo.ended(within=180)

        *before, last = out.splitlines()
        told = orjson.loads(last)
        assert (code, before) == (0, []), err
        assert list(told) == [
            "submitted",
            "completed",
            "refused",
            "open",
            "stuck",
            "lost",
            "duplicate_effects",
            "warned",
            "breached",
            "seconds",
        ]
        assert told["submitted"] == DOSSIERS
        assert told["submitted"] == told["completed"] + told["refused"] + told["open"]
        assert told["stuck"] <= told["open"]
        assert (told["lost"], told["duplicate_effects"]) == (0, 0)
        assert told["completed"] >= 0.7 * DOSSIERS
        assert told["seconds"] > 0
        assert "Traceback" not in err
        assert demo.left_behind() == []
