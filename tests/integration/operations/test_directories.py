"""Directories: a version that is imported and approved rules in every gateway, and none is lost."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.operations.directories import (
    DirectoryRefused,
    approve_directory,
    import_directory,
    list_versions,
    read_version,
)
from gateway.store.pool import Pool
from routing.data.generators import national
from routing.directory import load_directory
from routing.procedures import load_catalogue
from routing.synthetic.codes import SYNTHETIC_ISSUER
from routing.units import load_units
from tests.integration.api.running import Api, running
from tests.stage.facts import eventually
from tests.unit.directory.sheet_files import JUSTICE, ROOT, renamed, sheets

PACKAGED = load_directory().version
NEW = "hung-yen-2026-12-01"
ACTOR = "operator:test"
OTHER = "operator:other"
MOVED = renamed(NEW, Công_an_phường_Phố_Hiến="Công an Phố Hiến (mới)")


async def approve(
    pool: Pool, version: str, actor: str, reason: str, *, despite_findings: bool = False
) -> dict[str, Any]:
    return await approve_directory(
        pool,
        version,
        actor,
        reason,
        load_catalogue(),
        load_units(),
        despite_findings=despite_findings,
    )


async def imported(api: Api, found: Any = MOVED) -> dict[str, Any]:
    return await import_directory(api.gateway.services.pool, found, ACTOR, load_units())


async def approved(api: Api, found: Any = MOVED) -> dict[str, Any]:
    """Import and approve a directory, and have this gateway look."""
    pool = api.gateway.services.pool
    view = await imported(api, found)
    view = await approve(pool, view["version"], OTHER, "QĐ 01/2026")
    await api.gateway.services.librarian.refresh()
    return view


async def decided_by(api: Api, transfer: str) -> str:
    [(version,)] = await api.rows(
        "SELECT body::json -> 'versions' ->> 'directory' FROM ledger"
        " WHERE transfer_id = %s AND act = 'transfer.submitted'",
        transfer,
    )
    return str(version)


async def test_an_imported_directory_decides_nothing_before_it_is_approved(api: Api) -> None:
    view = await imported(api)
    await api.gateway.services.librarian.refresh()
    receipt = await api.submit(await api.sign_in())

    assert (view["state"], view["imported_by"], view["agencies"]) == ("imported", ACTOR, 870)
    assert await decided_by(api, receipt["transfer"]) == PACKAGED


async def test_once_approved_it_rules_with_the_rows_of_the_self_test(api: Api) -> None:
    view = await approved(api)
    receipt = await api.submit(await api.sign_in())

    directory = api.gateway.services.rulebook.directory
    assert (view["state"], view["reason"]) == ("rules", "QĐ 01/2026")
    assert await decided_by(api, receipt["transfer"]) == NEW
    assert directory.history("G01.833.101")[0].name == "Công an Phố Hiến (mới)"
    assert directory.agency(SYNTHETIC_ISSUER, api.clock.now()) is not None


async def test_every_gateway_finds_an_approved_directory_by_itself(database_url: str) -> None:
    async with running(database_url) as one, running(database_url) as other:
        await approved(one)

        found = other.gateway.services
        await eventually(lambda: found.rulebook.directory.version == NEW, within=30)

        receipt = await other.submit(await other.sign_in())
        assert await decided_by(other, receipt["transfer"]) == NEW


async def test_a_gateway_that_starts_later_is_ruled_by_it_from_the_start(
    database_url: str,
) -> None:
    async with running(database_url) as one:
        await approved(one)

    async with running(database_url) as later:
        assert later.gateway.services.rulebook.directory.version == NEW


async def test_versions_that_ruled_can_be_read_again_and_can_rule_again(api: Api) -> None:
    pool = api.gateway.services.pool
    await approved(api)
    await approved(api, renamed("hung-yen-2026-12-02"))

    states = {one["version"]: one["state"] for one in await list_versions(pool, load_directory())}
    again = await read_version(pool, NEW, load_units())
    await approve(pool, NEW, OTHER, "back: the newer one was wrong")
    await api.gateway.services.librarian.refresh()

    assert states == {PACKAGED: "packaged", NEW: "ruled", "hung-yen-2026-12-02": "rules"}
    assert again.history("G01.833.101")[0].name == "Công an Phố Hiến (mới)"
    assert api.gateway.services.rulebook.directory.version == NEW


async def test_nothing_is_replaced_and_what_rules_is_not_approved_again(api: Api) -> None:
    pool = api.gateway.services.pool
    await approved(api)
    await imported(api)

    with pytest.raises(DirectoryRefused, match="imported before, and differs"):
        await imported(api, renamed(NEW))
    with pytest.raises(DirectoryRefused, match="rules already"):
        await approve(pool, NEW, OTHER, "again")
    with pytest.raises(DirectoryRefused, match="is packaged, and differs"):
        await imported(api, sheets(ROOT, version=PACKAGED))
    with pytest.raises(DirectoryRefused, match="no version 'nope' was imported"):
        await approve(pool, "nope", OTHER, "why not")


async def test_a_directory_that_this_release_cannot_read_leaves_the_present_one(api: Api) -> None:
    api.gateway.loops["librarian"].stop()
    await imported(api)
    await approve(api.gateway.services.pool, NEW, OTHER, "QĐ 01/2026")

    await api.rows("UPDATE directory_versions SET agencies = 'not a table'")
    await api.gateway.services.librarian.refresh()

    assert api.gateway.services.rulebook.directory.version == PACKAGED


async def test_a_directory_with_findings_rules_only_if_its_approver_says_so(api: Api) -> None:
    rows = [row for row in MOVED.agencies.splitlines() if not row.startswith("G01.833.101")]
    gap = replace(MOVED, agencies="\n".join(rows) + "\n")
    gap = replace(gap, agencies=gap.agencies.replace(" G01.833.101", ""))
    await imported(api, gap)
    operator = await api.sign_in(None, "operator")
    pool = api.gateway.services.pool

    told = await api.http.get(f"/v1/operations/directories/{NEW}/check", headers=operator)
    with pytest.raises(DirectoryRefused, match=r"1 findings \(the first: gap of police.local"):
        await approve(pool, NEW, OTHER, "QĐ 01/2026")
    view = await approve(pool, NEW, OTHER, "QĐ 01/2026", despite_findings=True)

    [finding] = told.json()["findings"]
    assert (finding["rule"], finding["units"]) == ("gap", ["11953"])
    assert {step.split()[0] for step in finding["steps"]} >= {"2.000987"}
    assert view["state"] == "rules"


async def test_operators_import_list_and_approve_over_http(api: Api) -> None:
    operator = await api.sign_in(None, "operator")
    directories = "/v1/operations/directories"
    files = {"agencies": MOVED.agencies, "aliases": MOVED.aliases}
    bad = sheets(ROOT, JUSTICE.replace("|33|", "|3|"))

    made = await api.http.post(directories, json=files, headers=operator)
    changes = await api.http.get(f"{directories}/{NEW}/diff?limit=1", headers=operator)
    unknown = await api.http.get(f"{directories}/{NEW}/diff?against=nope", headers=operator)
    other = await api.sign_in(None, "operator")
    done = await api.http.post(
        f"{directories}/{NEW}/approve", json={"reason": "QĐ 01/2026"}, headers=other
    )
    listed = (await api.http.get(directories, headers=operator)).json()
    refused = await api.http.post(
        directories,
        json={"agencies": bad.agencies, "aliases": bad.aliases},
        headers=operator,
    )
    agency = await api.http.get(directories, headers=await api.sign_in())

    assert (made.status_code, made.json()["state"]) == (201, "imported")
    assert changes.json()["counts"]["agencies"] == {"renamed": 1}
    assert changes.json()["agencies"][0]["after"] == ["Công an Phố Hiến (mới)"]
    assert (unknown.status_code, unknown.json()["detail"]) == (422, "there is no version 'nope'")
    assert (done.status_code, done.json()["state"]) == (200, "rules")
    assert [one["state"] for one in listed["directories"]] == ["packaged", "rules"]
    assert api.gateway.services.rulebook.directory.version == NEW
    assert refused.status_code == 422
    assert [(one["line"], one["column"]) for one in refused.json()["faults"]] == [(5, 5)]
    assert agency.status_code == 403


async def test_a_whole_country_comes_into_force_under_traffic(api: Api) -> None:
    caller = await api.sign_in()
    receipts = [await api.submit(caller)]

    async def send_on() -> None:
        while api.gateway.services.rulebook.directory.version == PACKAGED:
            receipts.append(await api.submit(caller))

    sending = asyncio.create_task(send_on())
    view = await approved(api, national.sheets())
    await sending
    receipts.append(await api.submit(caller))

    decided = [await decided_by(api, receipt["transfer"]) for receipt in receipts]
    assert view["agencies"] > 35_000
    assert set(decided) == {PACKAGED, view["version"]}
    assert decided[-1] == view["version"]
