"""Packages of npm for a test: what a folder's lock names, installed once into the user's cache."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import pytest

INSTALLED_FROM: Final = ("package.json", "package-lock.json", ".npmrc")

needs_node: Final = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="needs node and npm"
)


def installed(recipe: Path) -> Path:
    """Return a folder with the recipe's node_modules: the recipe's own, or one in the cache."""
    if (recipe / "node_modules").is_dir():
        return recipe
    told = b"".join((recipe / name).read_bytes() for name in INSTALLED_FROM)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lienthong"
    folder = caches / f"npm-{recipe.name}-{hashlib.sha256(told).hexdigest()[:16]}"
    if not folder.is_dir():
        _install(recipe, folder)
    return folder


def _install(recipe: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for name in INSTALLED_FROM:
            shutil.copy(recipe / name, staging)
        done = subprocess.run(
            ["npm", "ci", "--no-progress"],
            cwd=staging,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"npm could not install: {done.stderr.strip()[-300:]}"
        with contextlib.suppress(OSError):  # another test process may have been quicker
            staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
