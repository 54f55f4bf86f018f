"""A mapping file is read strictly: every fault is found at once, and has its place."""

import os
from importlib.resources import files
from pathlib import Path

import pytest

from connectors.dialects.packaged import Mappings, load_file, load_packaged, packaged_names
from connectors.dialects.reading import NotADialect, read_dialect
from tests.contract.dialects.conftest import HERE, mapping_text


def _open(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _faults(text: str, statuses: str | None = None) -> list[str]:
    with pytest.raises(NotADialect) as error:
        read_dialect(text, lambda name: statuses if statuses is not None else _open(name))
    return [str(fault) for fault in error.value.faults]


def test_every_mapping_that_comes_with_us_can_be_read() -> None:
    assert [load_packaged(name).name for name in packaged_names()] == packaged_names()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("max = 30", "maximum = 30", "call.0.fields.0.maximum: Extra inputs are not permitted"),
        (
            "data.submission.applicant.name",
            "data.submission.aplicant.name",
            "call NoiHoSo chuHoSo.ten: handover.offered has no data.submission.aplicant.name",
        ),
        ('from = "sha256"', 'from = "md5"', "call NoiHoSo giayTo.bam: items have no md5"),
        (
            'table = "kind_of_person"',
            'table = "persons"',
            "call NoiHoSo chuHoSo.loai: there is no table persons",
        ),
        (
            '"receipt.issued", ',
            "",
            "silent: receipt.issued has no call, and is not among what is not told either",
        ),
        ('on = ["handover.offered"]\npath', 'on = ["handed.over"]\npath', "handed.over"),
        ('date = "yyyyMMddHHmmss"', 'date = "ISO8601"', "call NoiHoSo ngayTiepNhan: a date is one"),
        ("Asia/Ho_Chi_Minh", "Asia/Hanoi", "zone: there is no such time zone"),
        ('kind = "hop.received"', 'kind = "hop.taken"', "hop.taken is not known"),
        ('to = "outcome"', 'to = "result"', "hop.completed has no such field"),
        ('secret = "shared"', "", "authentication.secret: secret needs it"),
        ("/dossiers/{data.dossier.code}", "/dossiers/{data.code}", "ask: handover.offered has no"),
    ],
)
def test_a_fault_is_told_with_its_place(old: str, new: str, fault: str) -> None:
    text = mapping_text()
    assert old in text

    assert any(fault in one for one in _faults(text.replace(old, new, 1)))


def test_all_faults_are_told_at_once() -> None:
    text = mapping_text().replace("Asia/Ho_Chi_Minh", "Asia/Hanoi").replace('"9"', '"9"')
    text = text.replace('table = "kind_of_person"', 'table = "persons"')
    text = text.replace('to = "outcome"', 'to = "result"')

    assert len(_faults(text)) == 3


HEADER = "code\ttext\tstate\tdirection\tcertainty\tsource\n"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("1\tMới\tnew\tboth\tours\tx\n1\tMới\told\tin\tours\tx\n", "code 1 is read as two states"),
        ("1\tA\tnew\tboth\tours\tx\n2\tB\tnew\tout\tours\tx\n", "state new is written as two"),
        ("1\tA\tnew\tout\tours\tx\n", "is written and cannot be read back"),
        ("1\tA\tnew\tboth\tours\tx\n1\tB\told\tout\tours\tx\n", "code 1 has two texts"),
        ("1\tA\tnew\tsideways\tours\tx\n", "direction is in, out or both"),
        ("1\tA\tnew\tboth\tsurely\tx\n", "certainty is one of"),
        ("1\tA\tnew\tboth\tours\t\n", "none of them empty"),
    ],
)
def test_a_table_that_would_lose_something_is_no_table(rows: str, fault: str) -> None:
    assert any(fault in one for one in _faults(mapping_text(), HEADER + rows))


def test_every_status_that_goes_both_ways_comes_back_as_it_was() -> None:
    checked = 0
    dialects = [*map(load_packaged, packaged_names()), load_file(HERE / "ministry.toml")]
    for dialect in dialects:
        table = dialect.statuses
        for row in table:
            if row.direction == "both":
                assert table.code_of(table.state_of(row.code).state).code == row.code
                assert table.state_of(table.code_of(row.state).code).state == row.state
                checked += 1
            elif row.direction == "out":
                assert table.code_of(row.state).code == row.code
    assert checked >= 3


def test_a_mended_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    (tmp_path / "statuses.tsv").write_text(_open("statuses.tsv"), "utf-8")
    path.write_text("dialect = 3", "utf-8")
    mappings = Mappings()
    assert mappings.find(str(path)) is None

    path.write_text(mapping_text(), "utf-8")

    found = mappings.find(str(path))
    assert found is not None
    assert found.name == "ministry"


@pytest.mark.parametrize("name", ["../secrets", "nobody", "", None, 7])
def test_only_what_comes_with_us_has_a_name(name: object) -> None:
    assert Mappings().find(name) is None


def test_no_mapping_can_run_anything() -> None:
    """There is no word for it: what is in the files is read by tomllib and csv alone."""
    folder = Path(str(files("connectors.dialects").joinpath("")))
    code = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))

    assert not [word for word in ("eval(", "exec(", "import_module", "getattr(__") if word in code]


@pytest.mark.parametrize("named", ["/dev/zero", "/etc", "/etc/passwd", "a\0b", "/a\0b", "../x", 7])
def test_what_is_no_mapping_file_is_not_read(named: object) -> None:
    assert Mappings().find(named) is None


def test_a_pipe_or_a_huge_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with (tmp_path / "huge.toml").open("wb") as file:
        file.truncate(10 * 1024 * 1024 * 1024)

    assert Mappings().find(str(tmp_path / "pipe.toml")) is None
    assert Mappings().find(str(tmp_path / "huge.toml")) is None
