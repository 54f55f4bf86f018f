"""Whatever way content is written into a sealed file, every range of it is read as it was."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.documents.sealed_file import CELL, Damaged, SealedReader, SealedWriter

KEY, BLOB, OTHER = bytes(32), UUID(int=1), UUID(int=2)
SIZES = st.integers(0, 3 * CELL)
AROUND_CELLS = st.sampled_from([0, 1, CELL - 1, CELL, CELL + 1, 2 * CELL])


def content(size: int) -> bytes:
    return bytes(no * 7 % 251 for no in range(256)) * (size // 256 + 1)


def write(path: Path, whole: bytes, *, at: int = 0) -> None:
    with SealedWriter(path, KEY, BLOB, at=at) as writer:
        writer.write(whole)
        writer.sync()


@settings(max_examples=60)
@given(pieces=st.lists(SIZES | AROUND_CELLS, max_size=5), data=st.data())
def test_pieces_of_any_size_by_any_writer_come_to_the_whole(
    pieces: list[int], data: st.DataObject
) -> None:
    whole = content(sum(pieces))[: sum(pieces)]
    with TemporaryDirectory() as folder:
        path, at = Path(folder) / "blob", 0
        for size in pieces:
            write(path, whole[at : at + size], at=at)  # each time another writer
            at += size
        if not whole:
            return
        first = data.draw(st.integers(0, len(whole)))
        past = data.draw(st.integers(first, len(whole)))
        with SealedReader(path, KEY, BLOB, size=len(whole)) as reader:
            assert reader.read(first, past) == whole[first:past]
            assert b"".join(reader.pieces(0, len(whole), each=CELL)) == whole


@settings(max_examples=30)
@given(sure=SIZES | AROUND_CELLS, more=st.integers(1, 2 * CELL))
def test_what_was_written_beyond_what_is_sure_counts_for_nothing(sure: int, more: int) -> None:
    whole = content(sure + more)[: sure + more]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blob"
        write(path, whole[:sure])
        write(path, b"\xff" * (more + CELL), at=sure)  # its writer died before it said so

        write(path, whole[sure:], at=sure)

        with SealedReader(path, KEY, BLOB, size=len(whole)) as reader:
            assert reader.read(0, len(whole)) == whole


@pytest.mark.parametrize("place", [0, 5, 40, CELL + 40, -1])
def test_a_changed_byte_is_noticed(tmp_path: Path, place: int) -> None:
    path = tmp_path / "blob"
    write(path, content(2 * CELL)[: CELL + 100])
    sealed = bytearray(path.read_bytes())
    sealed[place] ^= 1
    path.write_bytes(sealed)

    with (
        SealedReader(path, KEY, BLOB, size=CELL + 100) as reader,
        pytest.raises(Damaged),
    ):
        reader.read(0, CELL + 100)


def test_cells_cannot_change_places_or_blobs_or_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    write(path, content(2 * CELL)[: 2 * CELL])
    sealed = path.read_bytes()
    half = len(sealed) // 2
    for changed, blob in (
        (sealed[half:] + sealed[:half], BLOB),
        (sealed, OTHER),
        (sealed[:half], BLOB),
        (sealed[:-1], BLOB),
    ):
        path.write_bytes(changed)

        with (
            SealedReader(path, KEY, blob, size=2 * CELL) as reader,
            pytest.raises(Damaged),
        ):
            reader.read(0, 2 * CELL)


def test_no_writing_of_a_cell_looks_like_another(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    write(one, b"the same")
    write(other, b"the same")

    assert one.read_bytes() != other.read_bytes()
