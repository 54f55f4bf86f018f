"""The PDF draws every letter of Vietnamese, and takes nothing in it for markup."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Any

import orjson
import pytest
import typst

from gateway.letters.pdf import make_pdf, set_pdf
from routing.letters import Letter, load_wording, write_letter
from tests.unit.letters.late import at_the_land_office, context, drafted

AT = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
HOSTILE = (
    '#import "@preview/cetz:0.3.0"',
    '#read("/etc/passwd")',
    '#include "../../pdf.py"',
    '#sys.inputs #panic("x") #{while true {}}',
    "*đậm* _nghiêng_ $x^2$ `mã` <nhãn> @ref = Tiêu đề\n- mục",
    "\\u{0041} \\ // chú thích /* */ ~ -- ---",
    '"}}{"title":"x"}',
)


def letter() -> Letter:
    journey = at_the_land_office()
    return write_letter(drafted(journey), context(journey), load_wording(), "vi")


def words(letter: Letter) -> str:
    """Every text that stands on the sheet, without spaces."""
    with as_file(files("gateway.letters").joinpath("sheet", "letter.typ")) as sheet:
        given = {"letter": orjson.dumps(asdict(letter)).decode()}
        found = typst.query(sheet, "par", ignore_system_fonts=True, sys_inputs=given)
    return "".join("".join(_texts(orjson.loads(found))).split())


def _texts(node: Any) -> Iterator[str]:
    match node:
        case {"func": "text", "text": str(text)}:
            yield text
        case dict():
            for below in node.values():
                yield from _texts(below)
        case list():
            for below in node:
                yield from _texts(below)


def test_every_vietnamese_letter_is_drawn_in_every_style() -> None:
    whole = f"{VOWELS} {VOWELS.upper()} “”–…"
    one = replace(
        letter(), title=whole, place_date=whole, paragraphs=(whole,), recipients_title=whole
    )

    assert set_pdf(one, AT).startswith(b"%PDF-")


def test_what_the_font_cannot_draw_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(typst.TypstError):
        set_pdf(replace(letter(), paragraphs=("漢",)), AT)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_in_a_letter_is_text_whatever_it_looks_like(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    parts = replace(
        letter(),
        author=text,
        title=text,
        subject=text,
        paragraphs=(text,),
        recipients=(text,),
        signature=(text,) * 3,
        footer=text,
    )

    pdf = set_pdf(parts, AT)

    assert pdf.startswith(b"%PDF-")
    assert words(parts).count("".join(text.split())) >= 6


def test_the_sheet_imports_nothing_and_reads_no_file() -> None:
    sheet = files("gateway.letters").joinpath("sheet", "letter.typ").read_text("utf-8")
    code = [line for line in sheet.splitlines() if not line.startswith("//")]

    assert not [
        line
        for line in code
        for word in ("import", "include", "read(", "image(", "eval(", "plugin(", "@")
        if word in line
    ]


def test_the_same_letter_has_the_same_bytes() -> None:
    assert set_pdf(letter(), AT) == set_pdf(letter(), AT)


async def test_other_work_goes_on_while_a_letter_is_set() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await make_pdf(letter(), AT)
    counting.cancel()

    assert turns > 1


def test_nobody_pays_for_the_compiler_who_sets_no_letter() -> None:
    modules = "gateway.api.app, gateway.cli.letter, gateway.letters.reading"
    code = f"import sys, {modules}; sys.exit('typst' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
