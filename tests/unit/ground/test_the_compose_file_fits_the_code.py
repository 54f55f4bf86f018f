"""What compose/ ships names settings that exist and files that the private servers load."""

from __future__ import annotations

import re
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.servers.programs import configuration
from gateway.settings import Settings

_COMPOSE = Path(__file__).parents[3] / "compose"
_FILLED = {
    "POSTGRES_PASSWORD": "one",
    "RABBITMQ_PASSWORD": "two",
    "LIENTHONG_TOKEN_SECRET": "x" * 32,
    "LIENTHONG_DOCUMENTS_KEYS": "a:" + "QUJD" * 10 + "QUI=",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    document = yaml.safe_load((_COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = document["services"]
    return found


def test_every_setting_that_is_set_exists(services: dict[str, Any]) -> None:
    known = {f"LIENTHONG_{name.upper()}" for name in Settings.model_fields}

    set_there = {
        name
        for service in services.values()
        for name in service.get("environment", {})
        if name.startswith("LIENTHONG_")
    }

    assert set_there
    assert set_there <= known


def test_every_variable_of_the_compose_file_is_in_the_example_and_no_other() -> None:
    text = (_COMPOSE / "compose.yaml").read_text(encoding="utf-8")
    example = (_COMPOSE / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"\$\{(\w+)", text)) == set(re.findall(r"^(\w+)=", example, re.M))


def test_the_example_carries_no_secret() -> None:
    example = (_COMPOSE / ".env.example").read_text(encoding="utf-8")

    for name in _FILLED:
        assert f"{name}=\n" in example


def test_the_settings_that_ship_are_accepted_in_production(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in services["gateway"]["environment"].items():
        monkeypatch.setenv(name, _filled(str(value)))

    settings = Settings()

    assert settings.env == "production"
    assert settings.database_url == (
        "postgresql://lienthong:one@postgres:5432/lienthong"
        "?sslmode=verify-full&sslrootcert=/certificates/ca.pem"
    )


def test_who_is_believed_about_addresses_is_the_networks_own_gateway() -> None:
    document = yaml.safe_load((_COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
    [config] = document["networks"]["default"]["ipam"]["config"]
    believed = document["services"]["gateway"]["environment"]["FORWARDED_ALLOW_IPS"]
    ports = document["services"]["gateway"]["ports"]

    subnet = ip_network(_filled(config["subnet"]))
    assert ip_address(_filled(believed)) == next(subnet.hosts())
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("server", ["postgres", "rabbitmq"])
def test_the_servers_mount_the_files_that_the_private_ones_load(
    services: dict[str, Any], server: str
) -> None:
    for service in (server, f"sandbox-{server}"):
        mounted = {volume.split(":")[0] for volume in services[service]["volumes"]}
        files = {path for path in mounted if path.startswith(f"./{server}/")}

        assert files
        assert all((_COMPOSE / path).resolve().parent == configuration(server) for path in files)
    assert configuration(server) == _COMPOSE / server


def test_no_container_runs_the_gateway_as_root() -> None:
    dockerfile = (_COMPOSE / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile[dockerfile.rindex("\nFROM ") :]

    assert "\nUSER lienthong\n" in last_stage
    assert "\nHEALTHCHECK " in last_stage


def test_the_image_copies_what_the_wheel_is_built_from() -> None:
    dockerfile = (_COMPOSE / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        source
        for line in dockerfile.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }

    assert copied >= {"requirements.lock", "gateway", "connectors", "routing", "schemas"}
    assert all((_COMPOSE.parent / source).exists() for source in copied)


def test_the_compose_tool_itself_accepts_the_file(tmp_path: Path) -> None:
    answered = subprocess.run(
        [*_compose_tool(), "-f", str(_COMPOSE / "compose.yaml"), "config"],
        env=_FILLED | {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answered.returncode == 0, answered.stderr
    assert set(yaml.safe_load(answered.stdout)["services"]) >= {"gateway", "postgres", "rabbitmq"}


def test_the_compose_tool_refuses_to_start_without_secrets(tmp_path: Path) -> None:
    answered = subprocess.run(
        [*_compose_tool(), "-f", str(_COMPOSE / "compose.yaml"), "config"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answered.returncode != 0
    assert "see .env.example" in answered.stderr


def _filled(text: str) -> str:
    """Put values in as the compose tool does: ${NAME}, ${NAME:?why}, ${NAME:-default}."""
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda found: _FILLED.get(found[1], found[3] if found[2] == "-" else ""),
        text,
    )


def _compose_tool() -> list[str]:
    docker = shutil.which("docker")
    if docker:
        asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return [docker, "compose"]
    if tool := shutil.which("docker-compose"):
        return [tool]
    pytest.skip("no compose tool is installed (make setup-test installs it for root)")
