"""Locks without addresses, a Makefile that lists itself, imports that run one way."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"]
)
def test_every_locked_version_is_exact_and_hashed_and_no_address_is_named(lock: str) -> None:
    text = (_ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.partition("\n")[2].strip())

    assert "://" not in text
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", ["gateway/console/npm", "tests/browser"])
def test_every_script_that_pages_load_is_exact_and_hashed_and_no_address_is_named(
    lock: str,
) -> None:
    text = (_ROOT / lock / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}

    assert "://" not in text
    assert packages
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())


def test_what_is_developed_with_is_what_runs() -> None:
    run, develop = (_pins(name) for name in ("requirements.lock", "requirements-dev.lock"))

    assert run
    assert run.items() <= develop.items()


def test_make_lists_its_targets() -> None:
    listed = subprocess.run(["make"], cwd=_ROOT, capture_output=True, text=True, check=True).stdout

    targets = set(re.findall(r"^  make ([a-z-]+) ", listed, re.M))
    assert targets >= {
        "setup", "demo", "test", "quick", "check", "serve",
        "bench", "bench-grown", "chaos", "clean", "lock", "publish",
    }  # fmt: skip


def test_imports_run_one_way() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def _pins(lock: str) -> dict[str, str]:
    text = (_ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.M))
