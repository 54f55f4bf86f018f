"""Calendars: a version that is imported and approved decides for what starts, nothing else."""

from typing import Any

import pytest

from gateway.operations.calendars import CalendarRefused, approve_calendar, import_calendar
from tests.integration.api.running import Api, running, submission
from tests.stage.facts import eventually
from tests.unit.legaltime.agency_files import SATURDAYS, day_off, next_year

OLD, NEW = "vn@2026-11-22", "vn@2026-12-20"
WEDNESDAY_OFF = next_year() + day_off("2026-03-04")
ACTOR = "operator:test"
OTHER = "operator:other"


async def imported(api: Api, text: str) -> dict[str, Any]:
    services = api.gateway.services
    return await import_calendar(services.pool, text, ACTOR, services.rulebook.calendars)


async def approved(api: Api, text: str) -> dict[str, Any]:
    """Import and approve a file, and have this gateway look."""
    services = api.gateway.services
    view = await imported(api, text)
    view = await approve_calendar(
        services.pool,
        view["calendar"],
        OTHER,
        services.rulebook.calendars,
        api.clock.now(),
    )
    await services.librarian.refresh()
    return view


async def overall(api: Api, transfer: str) -> tuple[str, str]:
    """Return the calendar of a transfer's overall clock, and its deadline."""
    [(pin, deadline_at)] = await api.rows(
        "SELECT coalesce(document #>> '{clock,calendar}', %s), deadline_at::text"
        " FROM transfers WHERE id = %s",
        OLD,
        transfer,
    )
    return pin, deadline_at


async def test_an_imported_version_decides_nothing_before_it_is_approved(api: Api) -> None:
    view = await imported(api, WEDNESDAY_OFF)
    await api.gateway.services.librarian.refresh()
    receipt = await api.submit(await api.sign_in())

    assert (view["state"], view["imported_by"]) == ("imported", ACTOR)
    assert view["differs"] == ["2026-03-04", "2026-12-24"]
    assert (await overall(api, receipt["transfer"]))[0] == OLD


async def test_once_approved_what_starts_counts_by_it_and_what_runs_does_not(api: Api) -> None:
    commune = await api.sign_in()
    before = await api.submit(commune)
    shown = await overall(api, before["transfer"])

    view = await approved(api, WEDNESDAY_OFF)
    after = await api.submit(commune)

    assert (view["state"], view["approved_by"]) == ("approved", "operator:other")
    assert (await overall(api, before["transfer"])) == shown
    pin, deadline_at = await overall(api, after["transfer"])
    assert pin == NEW
    assert deadline_at > shown[1]
    [(versions,)] = await api.rows(
        "SELECT body::json -> 'versions' ->> 'calendar' FROM ledger"
        " WHERE transfer_id = %s AND act = 'transfer.submitted'",
        after["transfer"],
    )
    assert versions == "2026-12-20"


async def test_an_agency_with_hours_of_its_own_has_its_hops_counted_by_them(api: Api) -> None:
    await approved(api, SATURDAYS)

    receipt = await api.submit(await api.sign_in())
    hops = await api.rows(
        "SELECT step, document #>> '{clock,calendar}' FROM hops WHERE transfer_id = %s"
        " AND document #>> '{clock,arrived_at}' IS NOT NULL",
        receipt["transfer"],
    )

    assert (await overall(api, receipt["transfer"]))[0] == OLD
    assert {pin for _, pin in hops} <= {"lang-giang@2026-12-01+vn@2026-11-22"}


async def test_every_gateway_finds_an_approved_version_by_itself(database_url: str) -> None:
    async with running(database_url) as one, running(database_url) as other:
        await approved(one, WEDNESDAY_OFF)

        found = other.gateway.services
        await eventually(lambda: found.rulebook.calendar.pin == NEW, within=30)

        receipt = await other.submit(await other.sign_in())
        assert (await overall(other, receipt["transfer"]))[0] == NEW


async def test_a_gateway_that_has_not_looked_yet_loads_what_a_clock_names(
    database_url: str,
) -> None:
    async with running(database_url) as one, running(database_url) as other:
        commune = await one.sign_in()
        other.gateway.loops["librarian"].stop()
        await approved(one, WEDNESDAY_OFF)
        receipt = await one.submit(commune)
        assert other.gateway.services.rulebook.calendar.pin == OLD

        agency = await other.sign_in()
        turn = {"transfer": receipt["transfer"], "step": "civil-status", "round": 1}
        for kind, more in (("paused", {"legal_basis": "NĐ 301/2026"}), ("resumed", {})):
            event = submission(
                type=f"vn.lienthong.hop.{kind}.v1",
                subject=receipt["dossier"]["code"],
                data={**turn, "reason": "confirmation", **more},
            )
            answer = await other.send(event, agency)
            assert answer.status_code == 202, answer.text

        assert other.gateway.services.rulebook.calendar.pin == NEW


async def test_what_waited_for_a_calendar_is_known_as_soon_as_one_knows(api: Api) -> None:
    api.clock.move(days=337)  # 2 February 2027: no calendar knows the days after the 3rd
    receipt = await api.submit(
        await api.sign_in(), time=None, data__received_at="2027-02-02T08:00:00+07:00"
    )
    assert receipt["deadlines"]["overall"] is None

    await approved(api, WEDNESDAY_OFF)
    await api.keep_time()

    pin, deadline_at = await overall(api, receipt["transfer"])
    assert pin == NEW
    assert deadline_at is not None
    acts = await api.rows(
        "SELECT act FROM ledger WHERE transfer_id = %s AND act = 'clock.known'",
        receipt["transfer"],
    )
    assert acts


async def test_a_gateway_that_looked_in_vain_before_it_loaded_a_calendar_looks_again(
    api: Api,
) -> None:
    api.gateway.loops["librarian"].stop()
    api.clock.move(days=337)
    receipt = await api.submit(
        await api.sign_in(), time=None, data__received_at="2027-02-02T08:00:00+07:00"
    )
    services = api.gateway.services
    view = await imported(api, WEDNESDAY_OFF)
    await approve_calendar(
        services.pool, view["calendar"], OTHER, services.rulebook.calendars, api.clock.now()
    )

    await api.keep_time()
    in_vain = await overall(api, receipt["transfer"])
    await services.librarian.refresh()
    await api.keep_time()

    assert in_vain[1] is None
    assert (await overall(api, receipt["transfer"]))[0] == NEW


async def test_nothing_is_replaced_or_approved_twice(api: Api) -> None:
    await imported(api, WEDNESDAY_OFF)
    await imported(api, WEDNESDAY_OFF)

    with pytest.raises(CalendarRefused, match="differs: give a new version"):
        await imported(api, next_year())
    await approved(api, WEDNESDAY_OFF)
    with pytest.raises(CalendarRefused, match="is in force; a new one is later"):
        await imported(api, next_year("2026-12-19"))
    with pytest.raises(CalendarRefused, match="approved before, by operator:other"):
        await approve_calendar(
            api.gateway.services.pool,
            NEW,
            ACTOR,
            api.gateway.services.rulebook.calendars,
            api.clock.now(),
        )


async def test_two_files_cannot_both_name_an_agency(api: Api) -> None:
    await approved(api, SATURDAYS)
    await imported(api, SATURDAYS.replace("lang-giang", "other"))

    with pytest.raises(CalendarRefused, match=r"H31\.\S+ is named by lang-giang@2026-12-01 too"):
        await approved(api, SATURDAYS.replace("lang-giang", "other"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SATURDAYS.replace('extends = "vn"', 'extends = "lao"'), "the base calendar here is vn"),
        (next_year().replace('name = "vn"', 'name = "vn2"'), "the base calendar here is vn"),
        (next_year("2026-11-22"), "a new one is later"),
        (
            next_year().replace("utc_offset_minutes = 420", "utc_offset_minutes = 480"),
            "has another",
        ),
    ],
)
async def test_what_would_decide_nothing_is_not_let_in(api: Api, text: str, says: str) -> None:
    with pytest.raises(CalendarRefused, match=says):
        await imported(api, text)
