"""What the image would hold, shown as far as it can be without building one.

The built wheel and the hashed lock go into an empty environment, and from there, far from
the repository, the gateway serves.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from tests.broker import Broker

_ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.xdist_group("wheel")  # installed once, not once per worker


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the lock and the wheel; returns its bin folder."""
    wheels = tmp_path_factory.mktemp("wheels")
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", wheels, cwd=_ROOT)
    (wheel,) = wheels.glob("*.whl")
    environment = tmp_path_factory.mktemp("clean")
    venv.create(environment, with_pip=True, symlinks=True)
    pip = (environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile")
    _run(*pip, "--require-hashes", "--requirement", _ROOT / "requirements.lock")
    _run(*pip, "--no-deps", wheel)
    return environment / "bin"


def test_the_command_line_helps(installed: Path) -> None:
    helped = _run(installed / "lienthong", "--help")

    assert "serve" in helped
    assert "deadline" in helped


def test_the_settings_of_the_servers_travel_in_the_wheel(installed: Path) -> None:
    program = "from gateway.servers.programs import configuration as c; print(c('rabbitmq'))"

    folder = Path(_run(installed / "python", "-c", program).strip())

    assert installed.parent in folder.parents
    for name in ("rabbitmq.conf", "enabled_plugins"):
        shipped = _ROOT / "compose" / "rabbitmq" / name
        assert (folder / name).read_bytes() == shipped.read_bytes()


def test_it_serves(installed: Path, database_url: str, broker: Broker) -> None:
    process = subprocess.Popen(
        [installed / "lienthong", "serve", "--json", "--http-port", "0"],
        env=_environment()
        | {
            "LIENTHONG_DATABASE_URL": database_url,
            "LIENTHONG_AMQP_URL": broker.url,
            "LIENTHONG_AMQP_ADMIN_URL": broker.admin_url,
        },
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            where = json.loads(process.stdout.readline())
            answer = httpx.get(f"{where['http']}/healthz", timeout=20)
            page = httpx.get(f"{where['http']}/tra-cuu", timeout=20).text
            scripts = [
                httpx.get(where["http"] + address, timeout=20).status_code
                for address in re.findall(r'<script src="([^"]+)"', page)
            ]
        finally:
            process.send_signal(signal.SIGTERM)

    assert answer.status_code == httpx.codes.OK
    assert scripts == [httpx.codes.OK] * 3
    assert process.returncode == 0


def _run(*command: str | Path, cwd: Path = Path("/")) -> str:
    ran = subprocess.run(
        command, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _environment() -> dict[str, str]:
    """Keep what pip needs to find its registry; nothing of this repository."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
