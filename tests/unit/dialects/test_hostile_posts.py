"""A post that was written badly, or in bad faith, is refused; of its secret nothing is kept."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.dialects.secrets import digest_of
from connectors.dialects.speaker import DialectSpeaker
from connectors.protocol import OPERATION, Endpoint, Heard, Unheard
from schemas.problems import ProblemType

LAND_TAX = Path("connectors/dialects/data/land-tax")
CODE = "ma-bao-mat-thu"
SHOWN_IN_BODY = 'shown = { in = "body", name = "SecurityCode" }\nstatus'
POST: dict[str, Any] = {"SoBienNhan": "H31.15.20.012-260302-0001", "LanChuyen": 1}


def _read(body: bytes, mapping: Path | None = None, **headers: str) -> Heard | Unheard:
    endpoint = Endpoint(
        "G12.05.33.012",
        "rest",
        secret=orjson.dumps({"heard": digest_of(CODE)}).decode(),
        options={"mapping": str(mapping) if mapping else "land-tax"},
    )
    told = {OPERATION: "LuanChuyen", **{name.replace("_", "-"): headers[name] for name in headers}}
    return DialectSpeaker("rest").read(told, body, endpoint)


def _changed(folder: Path, old: str, new: str) -> Path:
    """Write the packaged mapping with one thing changed."""
    text = (LAND_TAX / "mapping.toml").read_text("utf-8")
    assert old in text
    (folder / "mapping.toml").write_text(text.replace(old, new), "utf-8")
    (folder / "statuses.tsv").write_bytes((LAND_TAX / "statuses.tsv").read_bytes())
    return folder / "mapping.toml"


def test_a_post_whose_secret_is_in_a_header_is_kept_as_it_came(tmp_path: Path) -> None:
    shown = 'shown = { in = "header", name = "X-Code" }\nstatus'
    mapping = _changed(tmp_path, SHOWN_IN_BODY, shown)
    body = orjson.dumps(POST)

    heard = _read(body, mapping, x_code=CODE)

    assert isinstance(heard, Heard)
    assert heard.kept == body


@pytest.mark.parametrize(
    "again",
    [
        rb"\u006da-bao-mat-thu",
        rb"\u006d\u0061\u002d\u0062\u0061\u006f\u002d\u006d\u0061\u0074\u002d\u0074\u0068\u0075",
    ],
)
def test_a_secret_that_stands_there_twice_is_kept_in_no_spelling(again: bytes) -> None:
    body = b'{"SecurityCode":"%s","SecurityCode":"%s",' % (CODE.encode(), again)
    body += orjson.dumps(POST)[1:]

    heard = _read(body)

    assert isinstance(heard, Heard)
    assert heard.kept is not None
    assert again not in heard.kept
    assert CODE.encode() not in heard.kept


@pytest.mark.parametrize("digits", [19, 5_000])
def test_a_number_of_too_many_digits_is_refused(digits: int, tmp_path: Path) -> None:
    mapping = _changed(
        tmp_path, "optional = true, max = 64 },\n]", 'optional = true, as = "integer" },\n]'
    )
    body = orjson.dumps({"SecurityCode": CODE, **POST, "MaHoSoThue": "9" * digits})

    heard = _read(body, mapping)

    assert isinstance(heard, Unheard)
    assert heard.problem.slug is ProblemType.WRONG_TYPE


def test_how_large_a_post_may_be_its_partner_s_mapping_says(tmp_path: Path) -> None:
    mapping = _changed(tmp_path, "answers = {", "largest = 4096\nanswers = {")
    speaker = DialectSpeaker("rest")

    said = [
        speaker.largest(Endpoint("G12", "rest", options={"mapping": one}))
        for one in (str(mapping), "land-tax", "nothing of this name")
    ]

    assert said == [4096, 262_144, 262_144]
