"""`lienthong doctor`: what is missing, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from gateway.cli.doctor import doctor
from gateway.console.shelf import Shelf
from gateway.servers import checkup, programs
from gateway.servers.checkup import examine


@pytest.fixture(autouse=True)
def _room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine happens to have free is not what is tested."""
    monkeypatch.setattr(checkup, "_DISK", 0)
    monkeypatch.setattr(checkup, "_MEMORY", 0)


@pytest.fixture
def command() -> Typer:
    app = Typer()
    app.command()(doctor)
    return app


def test_a_ready_machine_is_good(command: Typer) -> None:
    answered = CliRunner().invoke(command, ["--json"])

    findings = {finding["name"]: finding for finding in json.loads(answered.stdout)}
    assert answered.exit_code == 0
    assert all(finding["good"] for finding in findings.values())
    assert "PostgreSQL) 18." in findings["PostgreSQL"]["found"]


def test_a_missing_program_is_named_with_its_remedy(
    command: Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_RABBITMQ", (Path("/nowhere"),))

    answered = CliRunner().invoke(command)

    assert answered.exit_code == 1
    assert "MISSING  RabbitMQ" in answered.stdout
    assert "→ RabbitMQ is not installed: run `make setup`" in answered.stdout


def test_every_other_look_is_still_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_RABBITMQ", (Path("/nowhere"),))

    bad = [finding.name for finding in examine() if not finding.good]

    assert bad == ["RabbitMQ"]


@pytest.mark.parametrize(
    ("limit", "name", "remedy"),
    [("_DISK", "disk", "set TMPDIR elsewhere"), ("_MEMORY", "memory", "1 GiB together")],
)
def test_too_little_room_is_told(
    monkeypatch: pytest.MonkeyPatch, limit: str, name: str, remedy: str
) -> None:
    monkeypatch.setattr(checkup, limit, 1 << 60)

    finding = next(finding for finding in examine() if finding.name == name)

    assert remedy in finding.remedy


def test_a_state_folder_that_others_may_write_to_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setattr(checkup, "state_folder", lambda: tmp_path)

    finding = next(finding for finding in examine() if finding.name == "state folder")

    assert finding.remedy == f"chmod go-w {tmp_path}"


def test_the_console_is_looked_at_as_well(command: Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "stocked", classmethod(lambda cls: cls({"console.js": b""})))
    monkeypatch.setenv("LIENTHONG_TLS_TERMINATED", "true")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")

    answered = CliRunner().invoke(command, ["--json"])

    found = {finding["name"]: finding for finding in json.loads(answered.stdout)}
    assert "npm/htmx.js" in found["console"]["found"]
    assert "make setup" in found["console"]["warning"]
    assert "__Host-" in found["cookies"]["found"]
    assert not found["proxy"]["good"]


def test_a_provider_that_does_not_answer_is_named(
    command: Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PUBLIC_URL": "http://127.0.0.1",
        "OIDC_ISSUER": "http://127.0.0.1:9/realms/tinh",
        "OIDC_CLIENT_ID": "lien-thong",
        "OIDC_CLIENT_SECRET": "secret",
        "OIDC_ROLES": '{"truc": ["operator@H00.00"]}',
    }.items():
        monkeypatch.setenv(f"LIENTHONG_{name}", value)

    answered = CliRunner().invoke(command, ["--json"])

    found = {finding["name"]: finding for finding in json.loads(answered.stdout)}
    assert "no-connection" in found["sign-in"]["found"]
    assert "H00.00" in found["groups"]["warning"]
    assert "secret" not in answered.stdout
