"""The committed agency tables are what their generator makes."""

from routing.data.generators import directory as generator


def test_generating_the_agencies_again_changes_nothing() -> None:
    for name, text in generator.tables().items():
        assert (generator.FOLDER / name).read_text("utf-8") == text, name


def test_no_agency_table_is_too_big_to_review() -> None:
    assert all(path.stat().st_size < 1 << 18 for path in generator.FOLDER.glob("*.tsv"))
