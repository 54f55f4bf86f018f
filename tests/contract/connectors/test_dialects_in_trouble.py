"""What the dialects that come with us come to when the other side fails or means another thing."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from connectors.dialects.caller import DialectCaller
from connectors.protocol import Delivered, Missing, Outcome, Parcel, Refused, Unreachable
from connectors.simulators import Behaviour, running
from connectors.simulators.json_agency import JsonAgency
from connectors.simulators.national_portal import NationalPortal
from connectors.simulators.partner_server import Posted
from connectors.simulators.portal_agency import PortalCounter
from connectors.simulators.tax_agency import TaxCounter
from connectors.simulators.tax_office import TaxOffice
from gateway.clock import SteppedClock
from tests.contract.connectors.stand_in import StandIn
from tests.contract.connectors.ways import (
    FRIDAY,
    MONDAY,
    Way,
    changed,
    dvcqg_way,
    handover,
    land_tax_way,
)


@asynccontextmanager
async def _tax() -> AsyncIterator[tuple[Way, TaxOffice]]:
    opening = land_tax_way(StandIn(), Behaviour(), SteppedClock(MONDAY, FRIDAY))
    async with opening as way, running(way.agency):
        assert isinstance(way.agency, JsonAgency)
        assert isinstance(way.agency.counter, TaxCounter)
        yield way, way.agency.counter.office


async def _send(way: Way, parcel: Parcel) -> Outcome:
    [outcome] = await way.connector.send(way.endpoint, [parcel])
    return outcome


async def test_a_slip_that_is_there_for_another_step_is_not_taken_for_this_one() -> None:
    async with _tax() as (way, office):
        office.one_slip_each = True
        first, second = handover(step="tax"), handover(step="tax-again")
        await _send(way, first)

        other = await _send(way, second)
        same = await _send(way, first)

        assert isinstance(other, Refused)
        assert other.code == "2"
        assert same == Delivered("already: 2")
        assert office.taken == [(first.envelope["subject"], 1)]


@asynccontextmanager
async def _portal() -> AsyncIterator[tuple[Way, JsonAgency, NationalPortal]]:
    opening = dvcqg_way(StandIn(), Behaviour(), SteppedClock(MONDAY, FRIDAY))
    async with opening as way, running(way.agency):
        assert isinstance(way.agency, JsonAgency)
        assert isinstance(way.agency.counter, PortalCounter)
        yield way, way.agency, way.agency.counter.portal


def _once(service: str) -> Callable[[Posted], bool]:
    """Lose the answer to the first call of a service."""
    left = [service]
    return lambda posted: posted.document.get("service") in left and left.pop() == service


async def _ask(way: Way, parcel: Parcel) -> object:
    assert isinstance(way.connector, DialectCaller)
    return await way.connector.ask(way.endpoint, parcel)


async def test_a_line_of_progress_follows_though_the_answer_before_it_was_lost() -> None:
    async with _portal() as (way, agency, portal):
        agency.loses = _once("DongBoHoSoMC")

        lost = await _send(way, changed())
        await _send(way, changed())

        assert isinstance(lost, Unreachable)
        assert (lost.code, lost.unknown, lost.retry_after) == ("cut", False, way.endpoint.timeout)
        [lines] = portal.progress.values()
        assert len(lines) == 1


async def test_a_line_whose_own_answer_was_lost_is_in_doubt_and_not_sent_twice() -> None:
    async with _portal() as (way, agency, portal):
        agency.loses = _once("CapNhatTienDoHoSoMC")

        lost = await _send(way, changed())
        asked = await _ask(way, changed())

        assert isinstance(lost, Unreachable)
        assert lost.unknown
        assert asked == Delivered("status 4; CapNhatTienDoHoSoMC in doubt")
        [lines] = portal.progress.values()
        assert len(lines) == 1


async def test_two_steps_of_one_dossier_are_two_slips() -> None:
    async with _tax() as (way, office):
        first, second = handover(step="tax"), handover(step="tax-again")

        await way.hand_over(first, second)

        assert len(office.taken) == 2
        assert await _ask(way, first) == Missing("has-older")
        assert await _ask(way, second) == Delivered("status TiepNhanHoSo")
