"""The report: rates over all phases, ratios of medians, and one JSON line."""

import io

import orjson
import pytest
from rich.console import Console

from bench.measure import Window
from bench.plan import Plan
from bench.report import Comparison, Report
from bench.runs import ForwarderRun, GatewayRun


def _gateway(seconds: float) -> GatewayRun:
    return GatewayRun(
        phases={
            "submitted": Window(100, seconds, {"H31.101": 100, "H31.12": 100}),
            "hop 1": Window(200, seconds, {"H31.12": 300}),
        },
        warm=0,
        rows=3600,
        wal=300_000,
        published_bytes=500_000,
        cpu={"gateway": 0.3},
        memory_mb={"peak": 150.0, "now": 140.0},
    )


def _forwarder(rate: float) -> ForwarderRun:
    return ForwarderRun(messages=300, published=500, seconds=300 / rate, cpu=0.1)


COMPARISON = Comparison(
    forwarder=[_forwarder(400.0), _forwarder(600.0), _forwarder(500.0)],
    hard=[_forwarder(1000.0)] * 3,
    gateway=[_gateway(0.5), _gateway(0.6), _gateway(2.0)],
)


def test_a_run_counts_all_its_messages_over_the_time_of_all_its_phases() -> None:
    run = _gateway(0.5)

    assert run.per_second == pytest.approx(300.0)
    assert run.publishes_per_message == pytest.approx(500 / 300)
    assert run.rows_per_message == pytest.approx(12.0)


def test_the_ratio_is_that_of_the_medians() -> None:
    assert COMPARISON.gateway_per_s == pytest.approx(250.0)
    assert COMPARISON.forwarder_per_s == pytest.approx(500.0)
    assert COMPARISON.ratio == pytest.approx(0.5)


def test_the_last_line_names_both_yardsticks_and_the_spread() -> None:
    line = orjson.loads(Report(Plan(), COMPARISON).as_json())

    assert (line["forwarder_per_s"], line["gateway_per_s"], line["ratio"]) == (500, 250, 0.5)
    assert (line["hard_forwarder_per_s"], line["hard_ratio"]) == (1000, 0.25)
    assert line["gateway_spread"] == [75.0, 300]
    assert line["cpu_ms_per_message"] == {"gateway": 1.0}


def test_people_see_every_turn() -> None:
    console = Console(file=io.StringIO(), width=160)

    Report(Plan(), COMPARISON).print_on(console)

    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert "median" in shown
    assert "rows_per_message" in shown
