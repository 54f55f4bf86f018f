"""docs/procedures.md names every packaged version, fact, choice and place."""

from pathlib import Path

from routing.procedures import Catalogue

PAGE = Path(__file__).parents[3] / "docs" / "procedures.md"


def test_every_version_fact_choice_and_place_is_on_the_page(catalogue: Catalogue) -> None:
    page = PAGE.read_text(encoding="utf-8")

    for code in catalogue.codes():
        for procedure in catalogue.versions(code):
            named = {code, procedure.version, *procedure.places, *procedure.facts}
            for fact in procedure.facts.values():
                named.update(fact.choices)
            assert [word for word in sorted(named) if word not in page] == []
