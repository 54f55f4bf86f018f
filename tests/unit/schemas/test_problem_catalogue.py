"""Every problem has its words in both languages, its status, a fault and a way out."""

import pytest
from pydantic import ValidationError

from schemas.problems import CATALOGUE, Problem, ProblemAt, ProblemType, problem

FIRM_SLUGS = {
    "not-json", "not-utf8", "too-deep", "too-large", "not-a-cloudevent", "unknown-type",
    "unknown-field", "wrong-type", "missing-field", "invalid-value", "foreign-source",
    "key-mismatch", "unknown-agency", "unknown-procedure", "procedure-not-in-force",
    "unknown-unit", "abolished-unit", "ambiguous-unit", "content-differs", "dossier-in-transit",
    "unknown-transfer", "not-your-hop", "unknown-hop", "illegal-transition", "already-finished",
    "looped", "unauthenticated", "forbidden", "not-found", "overloaded", "unavailable",
    "bad-query", "internal",
}  # fmt: skip


def test_no_published_slug_ever_disappears() -> None:
    assert set(ProblemType) >= FIRM_SLUGS


@pytest.mark.parametrize("kind", ProblemType)
def test_every_problem_says_whose_fault_it_is_and_what_to_do(kind: ProblemType) -> None:
    entry = CATALOGUE[kind]

    made = problem(kind, "Something particular.")

    assert made.type == f"urn:lienthong:problem:{kind.value}"
    assert made.slug is kind
    assert (made.title, made.status, made.fault) == (entry.title, entry.status, entry.fault)
    assert made.title_vi
    assert made.title_vi != made.title
    assert entry.remedy.endswith(".")
    assert entry.remedy_vi.endswith(".")
    assert Problem.model_validate_json(made.model_dump_json(exclude_none=True)) == made


def test_the_senders_mistakes_are_4xx_and_the_gateways_5xx() -> None:
    for kind, entry in CATALOGUE.items():
        assert (entry.status >= 500) == (entry.fault == "gateway"), kind


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("content-differs", 409),
        ("dossier-in-transit", 409),
        ("overloaded", 503),
        ("unavailable", 503),
        ("unauthenticated", 401),
        ("too-large", 413),
    ],
)
def test_statuses_that_clients_rely_on(slug: str, status: int) -> None:
    assert problem(slug, "x").status == status


def test_a_problem_carries_its_place_and_its_single_mistakes() -> None:
    made = problem(
        "wrong-type", "x", "/data/a", [ProblemAt(pointer="/data/a", detail="y")], fault="receiver"
    )

    assert (made.pointer, made.fault) == ("/data/a", "receiver")
    assert made.errors == [ProblemAt(pointer="/data/a", detail="y")]


def test_an_unknown_slug_or_a_crooked_pointer_is_a_bug() -> None:
    with pytest.raises(ValueError):
        problem("no-such-slug", "x")
    with pytest.raises(ValidationError):
        problem("internal", "x", "data/a")
