"""The program `lienthong`: it lists its commands, and bad input is one line and exit code 2."""

import json
import re
import sys

import pytest

from gateway.cli import main

COMMANDS = (
    "serve",
    "demo",
    "sandbox",
    "migrate",
    "doctor",
    "route",
    "deadline",
    "conformance",
    "reorganise",
    "calendar",
    "agency",
    "operator",
    "person",
    "audit",
    "dialect",
    "dvcqg",
    "directory",
    "procedures",
    "outage",
    "stuck",
    "letter",
    "alarms",
    "report",
    "clocks",
)
ID = "00000000-0000-7000-8000-000000000000"
MONDAY = "2026-03-02T10:00:00+07:00"
MARCH = "--from 2026-03-01 --to 2026-03-31"

SAFE = {
    "LIENTHONG_ENV": "production",
    "LIENTHONG_DATABASE_URL": "postgresql://x@db.example/x?sslmode=verify-full",
    "LIENTHONG_AMQP_URL": "amqps://x:own-secret@broker.example/",
    "LIENTHONG_TOKEN_SECRET": "0123456789abcdef0123456789abcdef",
}


class Run:
    """What one call of the program ended with and printed."""

    def __init__(
        self, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["lienthong", *line.split()])
        with pytest.raises(SystemExit) as ended:
            main()
        self.code = ended.value.code
        self.out, self.err = capsys.readouterr()

    def is_refused(self, beginning: str) -> None:
        assert self.code == 2
        assert self.out == ""
        assert self.err.count("\n") == 1
        assert self.err.startswith(beginning)


def listed(help_: str) -> list[str]:
    return re.findall(r"^  ([a-z0-9-]+) {2,}\S", help_.partition("Commands:")[2], re.MULTILINE)


@pytest.mark.parametrize("line", ["", "--help"])
def test_it_lists_its_commands(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(line, monkeypatch, capsys)

    assert (run.code, run.err) == (0, "")
    assert listed(run.out) == list(COMMANDS)


@pytest.mark.parametrize(
    ("group", "commands"),
    [
        (
            "directory",
            ["show", "find", "list", "versions", "import", "check", "diff", "approve", "generate"],
        ),
        ("procedures", ["list", "show", "lint"]),
        (
            "stuck",
            [
                "list",
                "groups",
                "views",
                "show",
                "retry",
                "resolve",
                "confirm",
                "redirect",
                "archive",
                "pause",
                "resume",
                "extend",
                "return",
                "assign",
                "note",
                "notes",
                "act",
            ],
        ),
        ("report", ["bieu-06", "ii-06a", "outcomes", "on-time", "agency-time", "check"]),
    ],
)
def test_a_group_lists_its_own(
    group: str,
    commands: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = Run(group, monkeypatch, capsys)

    assert run.code == 0
    assert listed(run.out) == commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(f"{command} --help", monkeypatch, capsys)

    assert run.code == 0
    assert run.out.startswith(f"Usage: lienthong {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_does_not_exist_is_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(f"{command} --nope", monkeypatch, capsys)

    run.is_refused(f"lienthong {command}: No such option: --nope")
    assert run.err.endswith(f"; see lienthong {command} --help\n")


@pytest.mark.parametrize("line", ["nope", "--nope", "nope --help", "--nope deadline"])
def test_a_command_that_does_not_exist_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(line, monkeypatch, capsys)

    run.is_refused("lienthong: No such ")
    assert run.err.endswith("; see lienthong --help\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("serve --http-port 99999", "serve: Invalid value for '--http-port'"),
        ("serve now", "serve: Got unexpected extra argument"),
        ("demo --dossiers x", "demo: Invalid value for '--dossiers'"),
        ("demo --dossiers 0", "demo: Invalid value for '--dossiers'"),
        ("demo --dossiers", "demo: Option '--dossiers' requires an argument"),
        ("sandbox --http-port -1", "sandbox: Invalid value for '--http-port'"),
        ("migrate", "migrate: set LIENTHONG_DATABASE_URL"),
        ("doctor now", "doctor: Got unexpected extra argument"),
        ("route", "route: Missing option '--procedure'"),
        ("route --procedure 2.000987 --from nobody", "route: no agency has the code"),
        ("route --procedure 0.0 --from H31.143", "route: unknown-procedure"),
        ("route --procedure 2.000987 --from H31.143 --place x", "route: --place 'x' is not"),
        ("route --procedure 2.000987 --from H31.143 --as-of x", "route: --as-of 'x'"),
        ("deadline", "deadline: give --start and --budget"),
        (f"deadline --start {MONDAY} --budget 3", "deadline: '3' is not a budget"),
        ("directory nope", "directory: No such command 'nope'"),
        ("directory show", "directory show: Missing argument 'code'"),
        ("directory show H00", "directory: no agency has the code"),
        ("directory find mayor 12472", "directory: no agency has the role"),
        ("directory find one-stop.commune 99999", "directory: unit '99999' is unknown"),
        ("directory list --as-of soon", "directory: --as-of 'soon'"),
        ("procedures show 0.0", "procedures: the catalogue has no such procedure"),
        ("procedures list --as-of soon", "procedures: --as-of 'soon'"),
        ("stuck list nonsense", "stuck: no such cause"),
        ("stuck show x", "stuck: 'x' is not an id"),
        (f"stuck show {ID}", "stuck: LIENTHONG_DATABASE_URL is missing"),
        (f"stuck retry {ID}", "stuck retry: Missing option '--reason'"),
        (f"stuck retry {ID} --reason r", "stuck: name the hop's --step"),
        ("stuck archive --reason r", "stuck: name transfers"),
        ("report nope", "report: No such command 'nope'"),
        ("report bieu-06", "report bieu-06: Missing option '--from'"),
        ("report bieu-06 --from x --to 2026-03-31", "report: --from and --to are days"),
        ("report bieu-06 --from 2026-04-01 --to 2026-03-31", "report: the period ends"),
        (f"report bieu-06 {MARCH} --format pdf", "report: --format is table, csv, xlsx or json"),
        (f"report bieu-06 {MARCH} --format xlsx", "report: a spreadsheet needs a file"),
        (f"report bieu-06 {MARCH}", "report: LIENTHONG_DATABASE_URL is missing"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    line: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Run(line, monkeypatch, capsys).is_refused(f"lienthong {says}")


@pytest.mark.parametrize("command", ["serve", "demo", "sandbox", "migrate"])
def test_a_bad_setting_is_one_line_that_does_not_show_it(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIENTHONG_HTTP_PORT", "private-thing")
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", "mysql://u:private-thing@db/x")

    run = Run(command, monkeypatch, capsys)

    run.is_refused(f"lienthong {command}: LIENTHONG_DATABASE_URL: ")
    assert "LIENTHONG_HTTP_PORT: " in run.err
    assert "private-thing" not in run.err


@pytest.mark.parametrize("command", ["serve", "demo", "sandbox", "migrate"])
def test_an_unsafe_production_is_refused_in_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIENTHONG_ENV", "production")

    run = Run(command, monkeypatch, capsys)

    run.is_refused(f"lienthong {command}: LIENTHONG_DATABASE_URL is missing")


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_what_brings_servers_of_its_own_does_not_run_in_production(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)

    run = Run(command, monkeypatch, capsys)

    run.is_refused(f"lienthong {command}: it runs on servers of its own")


@pytest.mark.parametrize("line", ["migrate", "migrate --check"])
def test_a_database_that_does_not_answer_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", "postgresql://x:private-thing@127.0.0.1:1/x")

    run = Run(line, monkeypatch, capsys)

    assert run.code != 0
    assert run.out == ""
    assert run.err.count("\n") == 1
    assert "private-thing" not in run.err


def test_procedures_show_marks_the_version_in_force(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Run("procedures show 2.000987", monkeypatch, capsys).out
    shown = json.loads(Run("procedures show 2.000987 --json", monkeypatch, capsys).out)

    marked = [line for line in text.splitlines() if line.endswith("<- in force")]
    assert [one["in_force"] for one in shown].count(True) == len(marked) == 1
