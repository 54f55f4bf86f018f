"""A slip in a procedure's data is an error that names its place, never a different route."""

from datetime import datetime, timedelta

import pytest

from routing.data.tables import legal_midnight
from routing.procedures import Catalogue, Certainty, ProcedureDataError, read_procedure

GOOD = """
code = "9.000001"
version = "2026-01-01"
title_vi = "Thử"
title_en = "Trial"
field = "trial"
chain = 1
demo = true
valid_from = 2026-01-01
valid_to = 2027-01-01
total = "3 wd"
total_excludes = ["supplement"]
legal_basis = "NĐ 1"
source = "test"
certainty = "demo"

[facts.urgent]
kind = "bool"
title_vi = "Gấp"
title_en = "Urgent"

[[step]]
id = "first"
title_vi = "Một"
title_en = "One"
role = "one-stop.commune"
place = "applicant"
budget = "1 wd"
legal_basis = "NĐ 1"
source = "test"
certainty = "demo"

[[step]]
id = "second"
title_vi = "Hai"
title_en = "Two"
agency = "G01"
after = ["first"]
when = { fact = "urgent", equals = true }
cutoff = "none"
legal_basis = "NĐ 1"
source = "test"
certainty = "demo"
"""


def test_what_is_not_said_has_the_ordinary_value() -> None:
    first, second = read_procedure(GOOD, "good").steps

    assert (first.cutoff, first.start, first.after) == ("15:00", "sent", ())
    assert (second.cutoff, second.budget, second.role) == (None, None, None)
    assert (first.silence, first.publication, first.outside_total) == (None, False, False)
    assert first.certainty is Certainty.DEMO


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "9.000001"', 'code = "1.1.012756"', "code has the wrong form"),
        ('budget = "1 wd"', 'budget = "1 day"', "not a budget"),
        ('total = "3 wd"', 'total = "soon"', "not a budget"),
        ('cutoff = "none"', 'cutoff = "3 pm"', "not a time of day"),
        ('after = ["first"]', 'after = ["third"]', "second comes after third"),
        ('after = ["first"]', 'after = ["second"]', "second comes after second"),
        ('after = ["first"]', 'after = ["origin"]', "second comes after origin"),
        ('id = "second"', 'id = "first"', "there twice"),
        ('id = "first"', 'id = "origin"', "there twice"),
        ('fact = "urgent"', 'fact = "urgnt"', "not declared: urgnt"),
        ("equals = true", 'equals = "yes"', "which it never is"),
        ("equals = true", "equal = true", "not a condition"),
        ('place = "applicant"', 'place = "aplicant"', "place must be one of"),
        ('place = "applicant"', "", "a role with a place"),
        ('agency = "G01"', "", "a role with a place"),
        ('agency = "G01"', 'agency = "G01"\nrole = "x"', "a role with a place"),
        ('certainty = "demo"', 'certainty = "sure"', "certainty is not known"),
        ('source = "test"', "", "source is missing"),
        ("chain = 1", 'chain = "one"', "chain must be a number"),
        ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "valid_from must be a date"),
        ("valid_to = 2027-01-01", "valid_to = 2026-01-01", "does not lie after"),
        ('["supplement"]', '["lunch"]', "no pause reason: lunch"),
        ('kind = "bool"', 'kind = "choice"', "choice with its choices"),
        ("demo = true", "demo = true\ncolour = 'red'", "unknown keys colour"),
        ("demo = true", "demo = 1", "demo must be true or false"),
        ('title_en = "Two"', 'title_en = "Two"\nsilence = "refusal"', "silence can only be"),
        ('title_en = "Urgent"', 'title_en = "Urgent"\ngiven_by = "third"', "given by no step"),
        ("[[step]]", '[[exclusive]]\nsteps = ["first"]\n\n[[step]]', "exclusive names steps"),
        ("code =", "code", "good"),
    ],
)
def test_a_slip_is_named(old: str, new: str, said: str) -> None:
    assert old in GOOD

    with pytest.raises(ProcedureDataError, match="good") as caught:
        read_procedure(GOOD.replace(old, new, 1), "good")

    assert said in str(caught.value)


def test_versions_that_are_in_force_together_are_refused() -> None:
    one = read_procedure(GOOD, "one")
    other = read_procedure(
        GOOD.replace('version = "2026-01-01"', 'version = "b"').replace(
            "valid_from = 2026-01-01", "valid_from = 2026-12-31"
        ),
        "other",
    )

    with pytest.raises(ProcedureDataError, match="in force together"):
        Catalogue("test", [one, other])


def test_a_version_is_in_force_from_its_first_midnight_in_vietnam_until_its_last() -> None:
    catalogue = Catalogue("test", [read_procedure(GOOD, "good")])
    begin, end = legal_midnight("2026-01-01"), legal_midnight("2027-01-01")
    moment = timedelta(microseconds=1)

    assert catalogue.in_force("9.000001", begin - moment) is None
    assert catalogue.in_force("9.000001", begin) is not None
    assert catalogue.in_force("9.000001", end - moment) is not None
    assert catalogue.in_force("9.000001", end) is None


def test_a_code_with_a_provinces_suffix_finds_the_national_procedure(
    catalogue: Catalogue, march_2026: datetime
) -> None:
    found = catalogue.in_force("2.000987.000.00.00.H31", march_2026)

    assert found is not None
    assert found.code == "2.000987"


def test_a_catalogue_says_what_it_does_not_have(catalogue: Catalogue) -> None:
    assert catalogue.versions("1.000001") == ()
    with pytest.raises(KeyError):
        catalogue.get("2.000987", "1999-01-01")
