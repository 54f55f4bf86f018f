"""A letter as PDF/A: set by Typst from our own sheet, with the fonts that come with it.

The letter goes in as data, so nothing in it is ever read as markup. The compiler sees one folder
with one file, no system fonts, and no place where packages could lie or be put; the sheet imports
nothing. PDF/A refuses a letter that its font cannot draw, so no name loses its accents unseen.
"""

import asyncio
from dataclasses import asdict
from datetime import datetime
from importlib.resources import as_file, files

import orjson

from routing.letters import Letter


async def make_pdf(letter: Letter, at: datetime) -> bytes:
    """Set a letter beside the event loop; `at` is when it was decided, so bytes are repeatable."""
    return await asyncio.to_thread(set_pdf, letter, at)


def set_pdf(letter: Letter, at: datetime) -> bytes:
    """Set a letter; takes some hundred milliseconds, the first time more."""
    import typst  # 34 MB that only letters need

    with as_file(files("gateway.letters").joinpath("sheet")) as sheet:
        nowhere = sheet / "no-packages"
        made = typst.compile(
            sheet / "letter.typ",
            root=sheet,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"letter": orjson.dumps(asdict(letter)).decode()},
            pdf_standards="a-2a",
            package_path=nowhere,
            package_cache_path=nowhere,
            timestamp=at,
        )
    assert isinstance(made, bytes)
    return made
