"""The AsyncAPI project's own parser, which nobody here wrote, reads what we publish."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from schemas.kinds import Kind

HERE = Path(__file__).parent
PUBLISHED = Path(__file__).parents[3] / "schemas" / "published" / "asyncapi.yaml"
INSTALLED_FROM = ("package.json", "package-lock.json", ".npmrc")

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="needs node and npm"
)


@pytest.fixture(scope="module")
def parser() -> Path:
    """The folder with parse.mjs and an installed parser: here, or in the user's cache."""
    if (HERE / "node_modules").is_dir():
        return HERE
    recipe = b"".join((HERE / name).read_bytes() for name in INSTALLED_FROM)
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lienthong"
    folder = caches / f"asyncapi-parser-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if not folder.is_dir():
        _install(folder)
    shutil.copy(HERE / "parse.mjs", folder)
    return folder


def test_the_parser_reads_the_published_document_without_a_complaint(parser: Path) -> None:
    code, report = _parse(parser, PUBLISHED)

    assert code == 0, report["findings"]
    assert [f for f in report["findings"] if f["code"] != "asyncapi-latest-version"] == []
    assert report["read"]["channels"] == [
        "lienthong.messages",
        "lienthong.deliveries",
        "lienthong.events",
    ]
    assert report["read"]["messages"] == [kind.type for kind in Kind]


def test_the_parser_does_refuse_what_is_broken(parser: Path, tmp_path: Path) -> None:
    broken = tmp_path / "asyncapi.yaml"
    broken.write_text(
        PUBLISHED.read_text("utf-8").replace('action: "receive"', 'action: "listen"'), "utf-8"
    )

    code, report = _parse(parser, broken)

    assert code == 1
    assert report["findings"]


def _parse(parser: Path, document: Path) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        ["node", "parse.mjs", str(document)],
        cwd=parser,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, report


def _install(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for name in INSTALLED_FROM:
            shutil.copy(HERE / name, staging)
        done = subprocess.run(
            ["npm", "ci", "--no-progress"],
            cwd=staging,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            pytest.skip(f"npm could not install the parser: {done.stderr.strip()[-300:]}")
        with contextlib.suppress(OSError):  # another test process may have been quicker
            staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
