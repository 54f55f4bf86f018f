"""What a calendar version moves is listed with both values, and only what is approved moves."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.calendar import app
from gateway.ledger import verify
from gateway.operations import recalendar
from gateway.operations.calendars import CalendarRefused
from gateway.operations.recalendar import Move, list_moves, ordered
from gateway.operations.runner import ActRunner
from tests.integration.api.running import COMMUNE, Api
from tests.integration.operations.test_calendars import (
    ACTOR,
    NEW,
    OLD,
    WEDNESDAY_OFF,
    approved,
    imported,
    overall,
)
from tests.unit.legaltime.agency_files import day_off, next_year

LAND = {"data__procedure": "1.012783", "data__places": {"land_parcel": "11953"}}
REASON = "Theo thông báo hoán đổi ngày nghỉ"


async def submitted(api: Api, count: int = 1) -> list[dict[str, Any]]:
    """Submit dossiers to the land office: two working days there, ten for the whole."""
    commune = await api.sign_in()
    return [await api.submit(commune, **LAND) for _ in range(count)]


async def moves(api: Api, to: str = NEW, **asked: Any) -> list[Move]:
    services = api.gateway.services
    return await list_moves(services.pool, services.rulebook.calendars, to, **asked)


async def applied(api: Api, found: list[Move], to: str = NEW) -> list[dict[str, Any]]:
    services = api.gateway.services
    order = ordered(ACTOR, REASON, to, services.rulebook.calendars)
    runner = ActRunner(services.pool, services.committer)
    return await recalendar.apply_moves(
        services.pool, runner, order, found, dry_run=False, seconds=60
    )


def local(move: Move) -> tuple[str, str]:
    return f"{move.before:%d %H:%M}", f"{move.after:%d %H:%M}"


async def test_exactly_the_deadlines_that_span_a_changed_day_are_listed(api: Api) -> None:
    [receipt] = await submitted(api)
    await approved(api, WEDNESDAY_OFF)
    [later] = await submitted(api)

    found = await moves(api)

    assert {move.transfer for move in found} == {UUID(receipt["transfer"])}
    assert later["transfer"] not in {str(move.transfer) for move in found}
    by_step = {move.step: move for move in found}
    assert set(by_step) == {"land-check", None}
    hop = by_step["land-check"]
    assert (hop.calendar_before, hop.calendar_after) == (OLD, NEW)
    assert local(hop) == ("04 01:29", "05 01:29")
    assert by_step[None].agency == COMMUNE
    assert recalendar.summed_up(found) == {
        "moves": 2,
        "later": 2,
        "earlier": 0,
        "transfers": 1,
        "totals": 1,
        "by_agency": {hop.agency: 1},
    }


async def test_a_change_beyond_every_deadline_moves_nothing(api: Api) -> None:
    await submitted(api)
    await approved(api, next_year() + day_off("2026-04-08"))

    assert await moves(api) == []


async def test_only_what_is_chosen_moves_and_the_ledger_has_both_values(api: Api) -> None:
    chosen, other = await submitted(api, 2)
    await approved(api, WEDNESDAY_OFF)
    before = await overall(api, other["transfer"])
    found = await moves(api, transfers=[UUID(chosen["transfer"])])

    [act] = await applied(api, found)

    assert (act["state"], act["total"], act["outcomes"]) == ("done", 2, {"done": 2})
    assert (await overall(api, chosen["transfer"]))[0] == NEW
    assert await overall(api, other["transfer"]) == before
    assert {str(move.transfer) for move in await moves(api)} == {other["transfer"]}
    entries = await api.rows(
        "SELECT step, body::json -> 'facts' ->> 'deadline_at',"
        " body::json #>> '{facts,before,deadline_at}', actor, body::json ->> 'reason'"
        " FROM ledger WHERE transfer_id = %s AND act = 'clock.recalendared' ORDER BY seq",
        chosen["transfer"],
    )
    assert {one[0] for one in entries} == {"land-check", None}
    assert {one[1:3] for one in entries} == {
        (f"{move.after:%Y-%m-%dT%H:%M:%SZ}", f"{move.before:%Y-%m-%dT%H:%M:%SZ}") for move in found
    }
    assert {one[4] for one in entries} == {"calendar"}
    assert all(one[3].endswith(ACTOR) for one in entries)


async def test_the_chain_still_holds_and_everybody_concerned_is_told(api: Api) -> None:
    [receipt] = await submitted(api)
    await approved(api, WEDNESDAY_OFF)

    found = await moves(api)
    await applied(api, found)

    transfer = receipt["transfer"]
    rows = await api.rows(
        "SELECT seq, body, prev_hash, hash, act, recorded_at FROM ledger"
        " WHERE transfer_id = %s ORDER BY seq",
        transfer,
    )
    [head] = await api.rows("SELECT seq, head_hash FROM transfers WHERE id = %s", transfer)
    assert verify(UUID(transfer), rows, head=head) == []
    office = next(move.agency for move in found if move.step is not None)
    told = await api.rows(
        "SELECT agency, kind FROM deliveries WHERE transfer_id = %s AND kind LIKE '%%changed'",
        transfer,
    )
    assert set(told) == {
        (office, "hop.changed"),
        (COMMUNE, "hop.changed"),
        (COMMUNE, "transfer.changed"),
    }


async def test_hops_of_one_agency_can_be_moved_alone(api: Api) -> None:
    await submitted(api)
    await approved(api, WEDNESDAY_OFF)
    office = next(move.agency for move in await moves(api) if move.step is not None)

    [act] = await applied(api, await moves(api, agencies=[str(office)]))

    assert act["outcomes"] == {"done": 1}
    assert [move.step for move in await moves(api)] == [None]


async def test_a_deadline_that_stopped_meanwhile_is_skipped_with_why(api: Api) -> None:
    [receipt] = await submitted(api)
    await approved(api, WEDNESDAY_OFF)
    found = await moves(api)
    await applied(api, [move for move in found if move.step is None])

    [act] = await applied(api, found)

    assert act["outcomes"] == {"done": 1, "skipped": 1}
    assert (await overall(api, receipt["transfer"]))[0] == NEW


async def test_an_unapproved_version_is_shown_but_never_applied(api: Api) -> None:
    await submitted(api)
    await imported(api, WEDNESDAY_OFF)

    with pytest.raises(CalendarRefused, match="not an approved version"):
        await applied(api, [])
    with pytest.raises(CalendarRefused, match="there is no version"):
        await moves(api)


async def test_pages_are_read_to_their_end(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalendar, "PAGE", 2)
    await submitted(api, 5)
    await approved(api, WEDNESDAY_OFF)

    found = await moves(api)

    assert len(found) == len(set(found)) == 10


async def test_the_command_imports_shows_approves_and_applies(
    api: Api, database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)
    file = tmp_path / "vn.toml"
    file.write_text(WEDNESDAY_OFF, encoding="utf-8")
    receipts = await submitted(api, 2)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    assert (await run("import", str(file))).exit_code == 0
    shown = json.loads((await run("diff", NEW, "--json")).stdout)
    early = await run("apply", NEW, "--all", "--reason", REASON)
    assert (await run("approve", NEW, "--alone")).exit_code == 0
    listed = json.loads((await run("list", "--json")).stdout)
    done = await run("apply", NEW, "--transfer", receipts[0]["transfer"], "--reason", REASON)
    text = (await run("diff", NEW)).stdout

    assert (shown["moves"], shown["transfers"], shown["totals"]) == (4, 2, 2)
    assert {one["after"]["calendar"] for one in shown["deadlines"]} == {NEW}
    assert (early.exit_code, early.stderr.count("\n")) == (2, 1)
    assert "not an approved version" in early.stderr
    assert [one["state"] for one in listed] == ["packaged", "approved"]
    assert done.exit_code == 0
    assert "2 done" in done.stdout
    assert receipts[1]["transfer"] in text
    assert receipts[0]["transfer"] not in text
