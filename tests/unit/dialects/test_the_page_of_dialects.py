"""Every snippet of docs/dialects.md does what the page says."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from connectors.catalogue import is_known
from connectors.dialects.applying import write_out
from connectors.dialects.model import Rule
from connectors.dialects.packaged import load_packaged
from gateway.cli import main

PAGE = Path("docs/dialects.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S)
COMMANDS = [
    (command.strip(), BLOCKS[no + 1][1])
    for no, (language, command) in enumerate(BLOCKS)
    if language == "sh"
]


def of(language: str) -> list[str]:
    return [text for named, text in BLOCKS if named == language]


def test_every_block_is_of_a_kind_that_is_tried_here() -> None:
    assert {language for language, _ in BLOCKS} == {"json", "toml", "sh", "text"}
    assert len(COMMANDS) == 2


def test_the_endpoint_names_what_there_is() -> None:
    [endpoint] = map(json.loads, of("json"))
    secrets = json.loads(endpoint["secret"])

    assert is_known(endpoint["connector"])
    assert endpoint["address"].startswith("https://")
    assert {"client_id", "client_secret", "heard"} == set(secrets)
    assert secrets["heard"].startswith("sha256:")
    assert Path(endpoint["options"]["mapping"]).is_absolute()


def test_the_rule_writes_what_the_page_says() -> None:
    [written] = of("toml")
    rule = Rule.model_validate(tomllib.loads(f"rule = {written}")["rule"])
    event = {"data": {"submission": {"received_at": "2026-03-02T00:45:00Z"}}}

    document = write_out([rule], event, load_packaged("dvcqg"))

    assert document == {"NgayNhan": "20260302074500"}


@pytest.mark.parametrize(("command", "shown"), COMMANDS)
def test_a_command_prints_what_the_page_shows(
    command: str,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", command.split())
    with pytest.raises(SystemExit):
        main()
    printed = iter("".join(capsys.readouterr()).splitlines())

    # "…" stands for lines that the page leaves out; all others come in this order.
    missing = [line for line in shown.splitlines() if line != "…" and line not in printed]

    assert missing == []
