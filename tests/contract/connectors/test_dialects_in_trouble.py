"""What the dialects that come with us come to when the other side fails or means another thing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.dialects.caller import DialectCaller
from connectors.protocol import Delivered, Missing, Outcome, Parcel, Refused
from connectors.simulators import Behaviour, running
from connectors.simulators.json_agency import JsonAgency
from connectors.simulators.tax_agency import TaxCounter
from connectors.simulators.tax_office import TaxOffice
from gateway.clock import SteppedClock
from tests.contract.connectors.stand_in import StandIn
from tests.contract.connectors.ways import FRIDAY, MONDAY, Way, handover, land_tax_way


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


async def test_two_steps_of_one_dossier_are_two_slips() -> None:
    async with _tax() as (way, office):
        first, second = handover(step="tax"), handover(step="tax-again")

        await way.hand_over(first, second)

        assert len(office.taken) == 2
        assert isinstance(way.connector, DialectCaller)
        assert await way.connector.ask(way.endpoint, first) == Missing("has-older")
        assert await way.connector.ask(way.endpoint, second) == Delivered("status TiepNhanHoSo")
