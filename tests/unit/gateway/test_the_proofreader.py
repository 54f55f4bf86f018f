"""The proofreader: lint in a program of its own, once per version of the tables."""

import asyncio
import pickle
import sys
from dataclasses import replace

from gateway.operations.proofreader import Proofreader, TablesRead, _packed
from routing.directory import Directory
from routing.directory.findings import Severity
from tests.stage.inside import rulebook

_TELLS = (
    'import sys; sys.stdin.buffer.read(); print(\'[{"severity": "note", "kind": "gap",'
    ' "procedure": "2.000987", "version": "2024-07-01", "step": null, "detail": "d",'
    ' "values": {"after": "2023"}}]\')'
)
_FAILS = "import sys; sys.exit(3)"
_NEVER_ENDS = "import sys, time; sys.stdin.buffer.read(); time.sleep(3600)"


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", text)


async def finished(one: Proofreader) -> None:
    assert one._running is not None
    async with asyncio.timeout(30):
        await one._running


async def test_findings_are_there_once_they_were_found_and_say_of_which_tables() -> None:
    one = Proofreader(program(_TELLS))

    at_once = one.latest(rulebook())
    was_running = one.is_running
    await finished(one)
    proof = one.latest(rulebook())

    assert (at_once, was_running, one.is_running) == (None, True, False)
    assert proof is not None
    assert proof.tables == TablesRead.of(rulebook())
    assert [(f.severity, f.kind, f.values) for f in proof.findings] == [
        (Severity.NOTE, "gap", {"after": "2023"})
    ]


async def test_other_tables_are_read_anew_while_the_last_findings_stay() -> None:
    one = Proofreader(program(_TELLS))
    one.latest(rulebook())
    await finished(one)
    here = rulebook().directory
    newer = Directory(version="newer", agencies=tuple(here), units=rulebook().units)

    meanwhile = one.latest(replace(rulebook(), directory=newer))
    await finished(one)
    afterwards = one.latest(replace(rulebook(), directory=newer))

    assert meanwhile is not None
    assert meanwhile.tables.directory == here.version
    assert afterwards is not None
    assert afterwards.tables.directory == "newer"


async def test_a_program_that_fails_is_not_started_again_and_again() -> None:
    one = Proofreader(program(_FAILS))

    one.latest(rulebook())
    await finished(one)

    assert one.latest(rulebook()) is None
    assert not one.is_running


async def test_closing_ends_what_is_running() -> None:
    one = Proofreader(program(_NEVER_ENDS))

    one.latest(rulebook())
    await one.close()

    assert not one.is_running


def test_the_tables_that_rule_are_packed_for_the_program() -> None:
    version, agencies, calendar = pickle.loads(_packed(rulebook()))
    unpacked = Directory(version=version, agencies=agencies, units=rulebook().units)

    assert unpacked.version == rulebook().directory.version
    assert list(unpacked) == list(rulebook().directory)
    assert calendar.intervals == rulebook().calendar.intervals
