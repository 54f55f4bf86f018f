"""`lienthong person`: who may sign in, decided at the gateway's own database, all of it audited."""

import json
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from gateway.cli.person import app


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=typed)

    return run


def test_somebody_is_added_given_roles_switched_off_and_on(command: Any, database_url: str) -> None:
    added = json.loads(
        command(
            "add", "Lan.Nguyen", "--called", "Nguyễn Thị Lan",
            "--role", "operator@H31.15", "--role", "viewer", "--json",
        ).stdout
    )  # fmt: skip
    command("roles", "lan.nguyen", "--role", "auditor", "--reason", "sang bộ phận khác")
    reset = json.loads(command("reset-password", "lan.nguyen", "--json").stdout)
    command("disable", "lan.nguyen")
    off = command("list").stdout
    command("enable", "lan.nguyen")
    [listed] = json.loads(command("list", "--json").stdout)
    with psycopg.connect(database_url) as connection:
        trail = connection.execute("SELECT act, reason, before, after FROM audit ORDER BY id")
        entries = trail.fetchall()

    assert added["name"] == "lan.nguyen"
    assert len({added["password"], reset["password"]}) == 2
    assert off.rstrip().endswith("[auditor]  (off)")
    assert (listed["roles"], listed["disabled_at"]) == (["auditor"], None)
    assert [one[0] for one in entries] == [
        "person.added",
        "person.roles_set",
        "person.password_reset",
        "person.disabled",
        "person.enabled",
    ]
    assert entries[1][1:] == (
        "sang bộ phận khác",
        {"roles": ["operator@H31.15", "viewer"]},
        {"roles": ["auditor"]},
    )
    assert "Nguyễn" not in str(entries)
    assert added["password"] not in str(entries)


def test_a_password_that_was_asked_for_is_not_printed(command: Any, database_url: str) -> None:
    phrase = "ba mươi sáu phố phường"
    options = ("--called", "Hà", "--role", "viewer", "--ask-password")

    asked = command("add", "ha.tran", *options, typed=f"{phrase}\n{phrase}\n")

    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT password_hash FROM people").fetchone()
    assert asked.exit_code == 0
    assert phrase not in asked.stdout
    assert row is not None
    assert row[0].startswith("$argon2id$")


@pytest.mark.parametrize(
    "line",
    [
        "add lan --called Lan --role king",
        "add lan --called Lan --role operator@nowhere",
        "add L! --called Lan --role viewer",
        "roles nobody.here --role viewer",
        "disable nobody.here",
        "reset-password nobody.here",
    ],
)
def test_bad_input_is_one_line(command: Any, line: str) -> None:
    refused = command(*line.split())

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1


def test_a_name_is_given_once(command: Any) -> None:
    line = ("add", "lan.nguyen", "--called", "Lan", "--role", "viewer")

    first, second = command(*line), command(*line)

    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "taken" in second.stderr
