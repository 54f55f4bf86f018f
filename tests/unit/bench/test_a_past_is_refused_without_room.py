"""A grown store needs room; without it nothing is started."""

from collections import namedtuple
from pathlib import Path

import pytest

from bench import grown
from bench.past import DiskTooSmall, check_disk, rows_of

Usage = namedtuple("Usage", "total used free")


def test_under_thirty_gigabytes_it_says_what_is_free_and_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(100e9, 71e9, 29e9))

    with pytest.raises(DiskTooSmall, match=r"29 GB are free .* needs 30 GB"):
        check_disk(tmp_path)


def test_the_command_ends_with_two_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(100e9, 95e9, 5e9))

    with pytest.raises(SystemExit) as ended:
        grown.main([])

    assert ended.value.code == 2
    assert "5 GB are free" in " ".join(capsys.readouterr().err.split())


def test_a_million_transfers_are_thirty_six_million_rows() -> None:
    assert rows_of(1_000_000) == 36_000_000
