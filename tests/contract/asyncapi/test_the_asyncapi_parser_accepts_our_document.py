"""The AsyncAPI project's own parser, which nobody here wrote, reads what we publish."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.kinds import Kind
from tests.npm import installed, needs_node

HERE = Path(__file__).parent
PUBLISHED = Path(__file__).parents[3] / "schemas" / "published" / "asyncapi.yaml"

pytestmark = needs_node


@pytest.fixture(scope="module")
def parser() -> Path:
    """The folder with parse.mjs and an installed parser."""
    folder = installed(HERE)
    if folder != HERE:
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
