"""A step is shown by the title that its procedure version gives it, never by its id."""

import pytest

from gateway.operations.step_titles import CORRECTION, procedure_title, step_title
from routing.procedures import load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("procedure", "version"),
    [(one.code, one.version) for code in CATALOGUE.codes() for one in CATALOGUE.versions(code)],
)
def test_every_step_of_every_version_is_called_what_the_version_says(
    procedure: str, version: str
) -> None:
    for step in CATALOGUE.get(procedure, version).steps:
        called = step_title(CATALOGUE, step.id, procedure, version)

        assert called is not None
        assert (called.vi, called.en) == (step.title_vi, step.title_en)
        assert called.of("vi") == step.title_vi
        assert called.of("en") == step.title_en


def test_a_version_that_is_not_packaged_any_more_is_read_as_the_newest_one() -> None:
    newest = CATALOGUE.versions("2.000987")[-1]

    called = step_title(CATALOGUE, newest.steps[0].id, "2.000987", "long-gone")

    assert called is not None
    assert called.vi.startswith(newest.steps[0].title_vi)


def test_without_a_procedure_all_that_it_is_called_is_said_once() -> None:
    called = step_title(CATALOGUE, "civil-status")

    assert called is not None
    assert called.vi == "Đăng ký khai sinh / Đăng ký khai tử"
    assert called.en == "Register the birth / Register the death"


def test_a_correction_is_no_step_and_has_a_name() -> None:
    assert step_title(CATALOGUE, "origin", "2.000987", "v1") is CORRECTION


def test_an_id_that_nobody_knows_has_no_title() -> None:
    assert step_title(CATALOGUE, "no-such-step", "2.000987") is None
    assert step_title(CATALOGUE, "civil-status", "9.999999") is None
    assert procedure_title(CATALOGUE, "9.999999") is None


def test_a_procedure_has_a_name_too_with_a_provinces_suffix_as_well() -> None:
    named = procedure_title(CATALOGUE, "2.000987")

    assert named is not None
    assert named == procedure_title(CATALOGUE, "2.000987.000.00.00.H31")
