"""`lienthong dialect check`: what a mapping does, before its partner sees anything."""

import json
import sys
from pathlib import Path

import pytest

from connectors.dialects.checking import check_dialect
from connectors.dialects.packaged import load_file, load_packaged, packaged_names
from gateway.cli import main

OFFICE = Path("tests/contract/dialects/office.toml")


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[object, str, str]:
    """Run the command; return its exit code, what it printed, and what it complained of."""
    monkeypatch.setattr(sys, "argv", ["lienthong", "dialect", "check", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_every_call_of_every_mapping_can_be_said_of_an_example() -> None:
    options = {"madonvi": "H31"}
    lacking = {
        f"{name} {sample.call}": sample.lacks
        for name in packaged_names()
        for sample in check_dialect(load_packaged(name), options).samples
        if sample.lacks
    }

    # The published example is a death: no land lies in it, and no supplement came.
    assert set(lacking) <= {"land-tax TiepNhanHoSo"}
    assert all("/MaDonViHanhChinhThuaDat" in one for one in lacking.values())


def test_what_rests_on_nothing_outside_is_listed_and_what_is_known_is_not() -> None:
    checked = check_dialect(load_packaged("dvcqg"), {})

    assert {"code -1", "code 01", "code 99"} == {one.place for one in checked.unsure}
    assert checked.certainties["observed"] > 10
    assert checked.lossy == ("unresolved is written 8, which is read as stopped",)


def test_a_sample_shows_where_the_secret_goes_and_not_the_secret() -> None:
    checked = check_dialect(load_packaged("dvcqg"), {"madonvi": "H31"})

    assert [sample.document["session"] for sample in checked.samples] == ["***", "***"]
    assert checked.samples[0].document["data"][0]["TrangThaiHoSo"]


def test_an_example_that_lacks_something_says_where() -> None:
    checked = check_dialect(load_packaged("dvcqg"), {})

    assert checked.samples[0].lacks == "/madonvi is needed and is not there"


def test_a_partner_s_post_is_shown_as_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = tmp_path / "post.json"
    post.write_text('{"SoBienNhan": "H1", "LyDo": "Sai diện tích", "NgayChuyenTra": "01/03/2026"}')

    code, out, _ = run(
        capsys,
        monkeypatch,
        "land-tax",
        "--post",
        str(post),
        "--operation",
        "ThueChuyenTraHoSoDoSai",
        "--json",
    )

    assert code == 0
    assert json.loads(out)["heard_sample"] == {
        "post": "ThueChuyenTraHoSoDoSai",
        "kind": "hop.returned",
        "data": {"reason": "wrong_data", "explanation": "Sai diện tích"},
    }


def test_each_fault_is_a_line_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = tmp_path / "mapping.toml"
    text = OFFICE.read_text("utf-8")
    text = text.replace('from = "data.sender"', 'from = "data.sendr"')
    text = text.replace('zone = "Asia/Ho_Chi_Minh"', 'zone = "Asia/Hanoi"')
    mapping.write_text(text, "utf-8")

    code, out, err = run(capsys, monkeypatch, str(mapping))

    assert (code, out) == (2, "")
    assert sorted(line.split(": ", 2)[2] for line in err.splitlines()) == [
        "call TiepNhan coQuanChuyen: handover.offered has no data.sendr",
        "zone: there is no such time zone",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing.toml",), "cannot be read"),
        ((str(OFFICE), "--option", "unit"), "NAME=VALUE"),
        ((str(OFFICE), "--post", "nothing.json"), "cannot be read"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...],
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, _, err = run(capsys, monkeypatch, *arguments)

    assert code == 2
    assert told in err
    assert len(err.splitlines()) == 1


def test_the_office_mapping_tells_and_hears_everything_an_agency_may() -> None:
    checked = check_dialect(load_file(OFFICE), {})

    assert len(checked.told) == 5
    assert len(checked.heard) == 9
    assert not [sample for sample in checked.samples if sample.lacks]
