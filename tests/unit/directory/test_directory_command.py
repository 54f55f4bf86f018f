"""`lienthong directory` answers people and machines, and says in one line what was wrong."""

import json

import pytest
from typer.testing import CliRunner

from gateway.cli.directory import app


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_show_tells_everything_about_an_agency_by_its_alias() -> None:
    code, out, _ = _run("show", "000.20.15.H54", "--as-of", "2026-03-02", "--json")

    told = json.loads(out)
    assert code == 0
    assert told["code"] == "H54.15.20"
    assert told["versions"][0]["successors"] == ["H31.15.20"]
    assert told["versions"][0]["in_force"] is False


def test_find_says_who_is_competent_and_through_which_units() -> None:
    code, out, _ = _run("find", "tax.local", "12826", "--as-of", "2025-06-20", "--json")

    told = json.loads(out)
    assert code == 0
    assert told["covered_through"] == ["12826", "341", "34"]
    assert [agency["code"] for agency in told["agencies"]] == ["G12.05.34.005"]


def test_find_prints_a_sentence_and_marks_demo_codes() -> None:
    code, out, _ = _run("find", "police.local", "12826", "--as-of", "2026-03-02T08:00:00+07:00")

    assert code == 0
    assert "Xã Thái Thụy (12826 < 33)" in out
    assert "Công an xã Thái Thụy  [demo]" in out


def test_nobody_is_an_answer_with_exit_code_1() -> None:
    code, out, _ = _run("find", "one-stop.district", "12826", "--as-of", "2026-03-02")

    assert code == 1
    assert "nobody" in out


def test_list_is_as_of_an_instant_and_can_be_narrowed_to_a_role() -> None:
    code, out, _ = _run("list", "--as-of", "2026-03-02", "--role", "treasury.local", "--json")

    assert code == 0
    assert len(json.loads(out)) == 18


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show", "H99"), "no agency has the code or alias 'H99'"),
        (("find", "nope", "12826"), "no agency has the role 'nope'"),
        (("find", "tax.local", "338", "--as-of", "2026-03-02"), "(ambiguous)"),
        (("find", "tax.local", "99999", "--as-of", "2026-03-02"), "no-such-code"),
        (("list", "--as-of", "yesterday"), "neither a date nor an instant"),
        (("list", "--as-of", "2026-03-02T08:00:00"), "no UTC offset"),
        (("list", "--role", "nope"), "no agency has the role 'nope'"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(
    arguments: tuple[str, ...], reason: str
) -> None:
    code, out, err = _run(*arguments)

    assert code == 2
    assert out == ""
    assert reason in err
    assert len(err.strip().splitlines()) == 1
