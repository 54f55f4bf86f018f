"""`python -m gateway.sandbox.chains --check`: a gateway with store and broker makes docs/chains."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_gateway_makes_the_committed_pictures_and_pages() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "gateway.sandbox.chains", "--check", "docs/chains"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
