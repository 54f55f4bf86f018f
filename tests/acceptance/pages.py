"""Snippets of a page of the documentation: what it shows is what is run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FENCED = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block; `name` is the word after its language: a file to save it as, or a label."""

    language: str
    name: str | None
    text: str
    line: int


def snippets(page: str) -> Iterator[Snippet]:
    """Return the fenced blocks of docs/<page>, in order."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    for found in _FENCED.finditer(text):
        language, name, body = found.groups()
        yield Snippet(language, name, body, text.count("\n", 0, found.start()) + 1)


def run_in_a_shell(desk: Path, lines: list[Snippet]) -> dict[int, str]:
    """Run the lines in one shell; return what each snippet printed, by its line in the page."""
    script = "set -euo pipefail\n" + "\n".join(
        f"echo '=== {one.line}'\n{one.text}" for one in lines
    )
    node = Path(shutil.which("node") or "").parent
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=desk,
        env={
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), str(node), os.defpath)),
            "HOME": str(desk),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    parts = done.stdout.split("=== ")[1:]
    return {int(part.partition("\n")[0]): part.partition("\n")[2] for part in parts}
