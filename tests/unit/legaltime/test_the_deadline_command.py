"""``lienthong deadline``: JSON lines for scripts, an account for people, one line of refusal."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from gateway.cli.deadline import deadline, run_lines
from tests.unit.legaltime.agency_files import SATURDAYS

MONDAY = "2026-03-02T10:00:00+07:00"


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    """Run the command as the program registers it."""
    app = typer.Typer()
    app.command("deadline")(deadline)
    return CliRunner().invoke(app, list(arguments), input=stdin)


def ask(**question: Any) -> dict[str, Any]:
    """Ask one JSON line; pauses are written as ``from_``, ``to`` pairs by the caller."""
    (answer,) = run_lines([orjson.dumps(question)])
    found: dict[str, Any] = orjson.loads(answer)
    return found


def test_a_line_is_answered_in_local_time() -> None:
    assert ask(start="2026-03-02T03:00:00Z", budget="1 wd") == {
        "started_at": "2026-03-02T10:00:00+07:00",
        "deadline_at": "2026-03-03T10:00:00+07:00",
    }


def test_a_missing_cutoff_is_three_in_the_afternoon_and_null_is_none() -> None:
    late = "2026-03-02T15:00:00+07:00"

    assert ask(start=late, budget="1 h")["started_at"] == "2026-03-03T07:30:00+07:00"
    assert ask(start=late, budget="1 h", cutoff=None)["started_at"] == late
    assert ask(start=late, budget="1 h", cutoff="15:01")["started_at"] == late
    assert ask(start=late, budget="1 h", cutoff="14:59:59")["started_at"] != late


def test_pauses_subtract() -> None:
    pauses = [{"from": "2026-03-02T11:00:00+07:00", "to": "2026-03-02T14:30:00+07:00"}]

    assert ask(start=MONDAY, budget="2 wh", calendar="vn", pauses=pauses)["deadline_at"] == (
        "2026-03-02T15:30:00+07:00"
    )


def test_fractions_of_a_second_survive() -> None:
    answer = ask(start="2026-03-02T10:00:00.000001+07:00", budget="1 wd")

    assert answer["deadline_at"] == "2026-03-03T10:00:00.000001+07:00"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"budget": "1 wd"}, "start"),
        ({"start": MONDAY}, "budget"),
        ({"start": 5, "budget": "1 wd"}, "start"),
        ({"start": "yesterday", "budget": "1 wd"}, "start"),
        ({"start": "2026-02-30T10:00:00+07:00", "budget": "1 wd"}, "start"),
        ({"start": "2026-03-02T10:00:00", "budget": "1 wd"}, "offset"),
        ({"start": "2026-03-02", "budget": "1 wd"}, "offset"),
        ({"start": MONDAY, "budget": 3}, "budget"),
        ({"start": MONDAY, "budget": "3"}, "not a budget"),
        ({"start": MONDAY, "budget": "-3 wd"}, "not a budget"),
        ({"start": MONDAY, "budget": "1 wd", "calendar": "fr"}, "no calendar 'fr'"),
        ({"start": MONDAY, "budget": "1 wd", "calendar": None}, "calendar"),
        ({"start": MONDAY, "budget": "1 wd", "cutoff": "25:00"}, "cutoff"),
        ({"start": MONDAY, "budget": "1 wd", "cutoff": "3 pm"}, "cutoff"),
        ({"start": MONDAY, "budget": "1 wd", "cutoff": 15}, "cutoff"),
        ({"start": MONDAY, "budget": "1 wd", "cuttoff": "15:00"}, "unknown field 'cuttoff'"),
        ({"start": MONDAY, "budget": "1 wd", "pauses": {}}, "pauses"),
        ({"start": MONDAY, "budget": "1 wd", "pauses": [{"from": MONDAY}]}, "pauses[0]"),
        ({"start": MONDAY, "budget": "1 wd", "pauses": [{"from": MONDAY, "to": None}]}, "to"),
        (
            {
                "start": MONDAY,
                "budget": "1 wd",
                "pauses": [{"from": MONDAY, "to": "2026-03-02T09:00:00+07:00"}],
            },
            "before it starts",
        ),
        ({"start": "2027-02-04T00:00:00+07:00", "budget": "1 wd"}, "2027-02-03"),
        ({"start": "2027-02-02T10:00:00+07:00", "budget": "5 wd"}, "2027-02-03"),
        ({"start": "2027-02-03T10:00:00+07:00", "budget": "24 h", "cutoff": None}, "2027-02-03"),
        ({"start": "2023-12-31T10:00:00+07:00", "budget": "9 h", "cutoff": None}, "2024-01-01"),
        ({"start": "0001-01-01T00:00:00+14:00", "budget": "1 wd"}, "2024-01-01"),
        ({"start": "9999-12-31T23:59:59-12:00", "budget": "1 wd"}, "2027-02-03"),
    ],
)
def test_a_bad_question_is_answered_with_its_reason(question: dict[str, Any], says: str) -> None:
    answer = ask(**question)

    assert answer.keys() == {"error"}
    assert says in answer["error"]


def test_a_bad_line_spoils_only_its_own_answer() -> None:
    good = orjson.dumps({"start": MONDAY, "budget": "1 wd"})
    bad = [b"", b"{", b"[]", b"null", b"3", b'"x"', b"\xff\xfe", b"{" * 2000, b"\x00", b"NaN"]
    lines = [line for spoiled in bad for line in (spoiled, good)]

    answers = [orjson.loads(answer) for answer in run_lines(lines)]

    assert [answer.keys() for answer in answers[::2]] == [{"error"}] * len(bad)
    assert all(answer == ask(start=MONDAY, budget="1 wd") for answer in answers[1::2])


def test_lines_may_be_text_or_bytes() -> None:
    line = orjson.dumps({"start": MONDAY, "budget": "1 wd"})

    assert list(run_lines([line, line.decode()])) == [next(run_lines([line]))] * 2


def test_standard_input_is_answered_line_by_line() -> None:
    good = '{"start": "2026-03-02T10:00:00+07:00", "budget": "1 wd"}'

    result = run("-", stdin=f"{good}\nbad\n\n{good}\r\n{good}")

    answers = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [sorted(answer) for answer in answers] == [
        ["deadline_at", "started_at"],
        ["error"],
        ["error"],
        ["deadline_at", "started_at"],
        ["deadline_at", "started_at"],
    ]


def test_nothing_in_means_nothing_out() -> None:
    result = run("-", stdin="")

    assert (result.exit_code, result.stdout) == (0, "")


def test_a_caller_may_wait_for_each_answer_before_asking_again() -> None:
    program = (
        "import typer\nfrom gateway.cli.deadline import deadline\n"
        "app = typer.Typer()\napp.command()(deadline)\napp()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for hour in (8, 9, 10):
            question = {"start": f"2026-03-02T{hour:02d}:00:00+07:00", "budget": "24 h"}
            process.stdin.write(orjson.dumps(question) + b"\n")
            process.stdin.flush()
            answer = orjson.loads(process.stdout.readline())
            assert answer["deadline_at"] == f"2026-03-03T{hour:02d}:00:00+07:00"
        process.stdin.close()
        assert process.wait(20) == 0


def test_the_human_form_explains_each_day() -> None:
    result = run("--start", "2026-08-28T16:30:00+07:00", "--budget", "1 wd")

    assert result.exit_code == 0
    assert "Mon 2026-08-31" in result.stdout
    assert "day off: bridge before 01/09" in result.stdout
    assert "deadline  Thu 2026-09-03 17:30" in result.stdout
    assert "2026-09-03T17:30:00+07:00" in result.stdout


def test_the_human_form_says_what_rolled_and_what_is_only_reported() -> None:
    result = run("--start", "2026-11-23T10:00:00+07:00", "--budget", "1 cd", "--cutoff", "none")

    assert "used up   Tue 2026-11-24 10:00" in result.stdout
    assert "Ngày Văn hoá Việt Nam [secondary]" in result.stdout
    assert "deadline  Wed 2026-11-25 17:30" in result.stdout


def test_an_agencys_hours_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "lang-giang.toml"
    file.write_text(SATURDAYS, encoding="utf-8")
    asked = ("--start", "2026-03-13T13:30:00+07:00", "--budget", "1 wd", "--cutoff", "none")

    answered = run(*asked, "--calendar", str(file), "--json")
    file.write_text(SATURDAYS.replace("title", "titel"), encoding="utf-8")
    refused = run(*asked, "--calendar", str(file))
    missing = run(*asked, "--calendar", "nowhere.toml")

    assert orjson.loads(answered.stdout)["deadline_at"] == "2026-03-14T11:30:00+07:00"
    assert (refused.exit_code, refused.stderr) == (2, "lienthong deadline: title is missing\n")
    assert "'nowhere.toml' cannot be read" in missing.stderr


def test_the_explanation_comes_as_json_too() -> None:
    pause = "2026-03-02T11:00:00+07:00/2026-03-02T13:30:00+07:00"

    result = run("--start", MONDAY, "--budget", "1 wd", "--pause", pause, "--json")

    told = orjson.loads(result.stdout)
    assert told["start_rule"] == "at_arrival"
    assert told["deadline_at"] == "2026-03-03T10:30:00+07:00"
    assert [(day["counted"], day["total"]) for day in told["days"]] == [
        ("0.625 wd", "0.625 wd"),
        ("0.375 wd", "1 wd"),
    ]
    assert told["days"][0]["paused_seconds"] == 1800


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--start and --budget"),
        (["--start", MONDAY], "--budget"),
        (["x"], "either"),
        (["-", "--start", MONDAY], "either"),
        (["--start", "soon", "--budget", "1 wd"], "ISO 8601"),
        (["--start", MONDAY, "--budget", "soon"], "not a budget"),
        (["--start", MONDAY, "--budget", "1 wd", "--cutoff", "noon"], "cutoff"),
        (["--start", MONDAY, "--budget", "1 wd", "--calendar", "fr"], "no calendar"),
        (["--start", MONDAY, "--budget", "1 wd", "--pause", "x"], "FROM/TO"),
        (["--start", MONDAY, "--budget", "1 wd", "--pause", f"{MONDAY}/x"], "ISO 8601"),
        (["--start", "2027-02-03T10:00:00+07:00", "--budget", "9 wd"], "2027-02-03"),
        (["--start", MONDAY, "--budget", "1 wd\nx"], "not a budget"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(arguments: list[str], says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert says in result.stderr
