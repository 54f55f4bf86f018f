"""Run a script of this folder with Node, with the packages that its lock names."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.npm import installed

HERE: Final = Path(__file__).parent


def run(script: str, *arguments: str, said: Any = None, within: float = 60) -> Any:
    """Run a script; give it `said` as JSON; return the JSON that it prints."""
    folder = installed(HERE)
    if folder != HERE:
        shutil.copy(HERE / script, folder)
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=folder,
        input=json.dumps(said),
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
