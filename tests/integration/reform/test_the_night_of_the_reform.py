"""1 July 2025, small: hundreds of open dossiers, the reform under traffic, and nothing left."""

import io

from rich.console import Console

from bench.reform import reform
from tests.broker import Broker


async def test_nothing_is_lost_doubled_or_left_and_every_clock_is_proved(
    database_url: str, broker: Broker
) -> None:
    console = Console(file=io.StringIO())

    report = await reform(database_url, broker.url, 240, "packaged", console)

    assert report["holds"], report
    assert report["faults"] == dict.fromkeys(report["faults"], 0)
    assert report["clock_differences"] == 0
    assert report["clocks"] > 240
    assert report["moved_turns"] > 100
    assert report["originators"] == 240
    assert report["late_answers"] > 0
    assert report["late_answers_refused"] == 0
    assert report["submitted_meanwhile"] > 0
