"""`lienthong route` and `lienthong procedures` explain, to people and to machines."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli import procedures
from gateway.cli.route import route
from routing.directory.findings import Severity
from routing.lint import Finding
from tests.unit.directory.sheet_files import renamed, written

app = typer.Typer()
app.command("route")(route)
app.add_typer(procedures.app, name="procedures")

BIRTH = ("route", "--procedure", "2.000987", "--from", "H31.101", "--as-of", "2026-03-02")


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_route_tells_agency_rule_candidates_reason_tables_and_deadline() -> None:
    code, out, _ = _run(*BIRTH, "--place", "applicant=11953", "--json")

    told = json.loads(out)
    residence = told["steps"][2]
    assert code == 0
    assert residence["agency"] == "G01.833.101"
    assert residence["rule"] == "police.local@applicant=11953"
    assert residence["candidates"] == ["G01.833.101"]
    assert "only police.local in force" in residence["why"]
    assert residence["tables"][0] == "procedure 2.000987 2024-07-01"
    assert residence["due_at"] == "2026-03-05T17:30:00+07:00"
    assert residence["certainty"] == "unverified"
    assert told["overall_due_at"] == "2026-03-04T17:30:00+07:00"
    assert told["itinerary"]["version"] == "2024-07-01"


def test_a_route_through_a_directory_that_is_only_a_folder(tmp_path: Path) -> None:
    folder = written(renamed("trial-1"), tmp_path / "trial")

    code, out, _ = _run(*BIRTH, "--place", "applicant=11953", "--directory", str(folder), "--json")

    assert code == 0
    assert json.loads(out)["itinerary"]["directory"] == "trial-1"


def test_a_person_reads_the_same() -> None:
    code, out, _ = _run(*BIRTH, "--place", "applicant=11953", "--fact", "identity_card=true")

    assert code == 0
    assert "picked by the receipt" in out
    assert "5. identity-card: Cấp thẻ căn cước" in out
    assert "outside the total" in out
    assert "yes: identity_card = true" in out


def test_a_step_without_agency_is_explained_with_exit_code_1() -> None:
    code, out, _ = _run(*BIRTH, "--place", "applicant=00004")

    assert code == 1
    assert "NOBODY: no-candidate" in out


def test_a_place_that_was_left_out_is_one_line_and_exit_code_2() -> None:
    code, out, err = _run(*BIRTH)

    assert (code, out) == (2, "")
    assert "the step civil-status needs the place applicant (/data/places/applicant)" in err


def test_a_unit_that_was_followed_is_told() -> None:
    _, out, _ = _run(*BIRTH, "--received", "2025-06-20", "--place", "applicant=12433")

    assert "covers 13225 (applicant), which 12433 as given became" in out


def test_beyond_the_calendar_there_is_a_route_without_deadlines() -> None:
    code, out, _ = _run(*BIRTH[:-1], "2027-06-01", "--place", "applicant=11953")

    assert code == 0
    assert "the calendar does not reach far enough" in out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((*BIRTH, "--place", "applicant=99999"), "unknown-unit: 99999"),
        ((*BIRTH, "--place", "applicant"), "--place 'applicant' is not NAME=VALUE"),
        ((*BIRTH, "--place", "home=11953"), "--place 'home': 2.000987 asks for applicant"),
        ((*BIRTH, "--fact", "colour=red"), "2.000987 declares residence_check, identity_card"),
        ((*BIRTH, "--fact", "identity_card=yes"), "invalid-value"),
        ((*BIRTH, "--received", "yesterday"), "--received 'yesterday' is neither"),
        ((*BIRTH, "--received", "2026-03-02T08:00"), "no UTC offset"),
        (("route", "--procedure", "2.000987", "--from", "H99"), "no agency has the code"),
        (("route", "--procedure", "1.000001", "--from", "H31.101"), "unknown-procedure"),
        (("procedures", "show", "1.000001"), "no such procedure"),
        (("procedures", "list", "--as-of", "soon"), "neither a date nor an instant"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: tuple[str, ...], reason: str) -> None:
    code, out, err = _run(*arguments)

    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert reason in err


def test_procedures_are_listed_as_of_a_day() -> None:
    code, out, _ = _run("procedures", "list", "--as-of", "2026-03-02", "--json")

    listed = {one["code"]: one for one in json.loads(out)}
    assert code == 0
    assert listed["9.000008"]["version"] == "2025-07-01"
    assert listed["2.000987"]["places"] == ["applicant"]


def test_a_procedure_is_shown_with_the_source_of_every_row() -> None:
    code, out, _ = _run("procedures", "show", "2.002622", "--json")

    versions = json.loads(out)
    assert code == 0
    assert [one["version"] for one in versions] == ["2025-03-01", "2026-09-01"]
    assert all(step["legal_basis"] and step["source"] for step in versions[1]["steps"])


def test_a_procedure_reads_as_text() -> None:
    code, out, _ = _run("procedures", "show", "9.000008", "--version", "2026-07-01")

    assert code == 0
    assert "[demo code]" in out
    assert "silence is consent" in out
    assert "7 wd if works = separate_house (sourced)" in out


def test_lint_ends_with_exit_code_1_if_a_dossier_could_be_stranded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stranded = Finding(Severity.ERROR, "no-candidate", "9.000001", "v", "first", "in 2 communes")
    noted = Finding(Severity.NOTE, "overshoot", "9.000001", "v", None, "up to 1 wd")
    monkeypatch.setattr(procedures, "lint_catalogue", lambda *tables: (stranded, noted))

    code, out, _ = _run("procedures", "lint")

    assert code == 1
    assert " ".join(out.splitlines()[0].split()) == (
        "error no-candidate 9.000001 v first: in 2 communes"
    )
    monkeypatch.setattr(procedures, "lint_catalogue", lambda *tables: (noted,))
    assert _run("procedures", "lint", "--json")[0] == 0
