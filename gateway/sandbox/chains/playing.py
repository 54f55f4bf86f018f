"""Play every example through one gateway: real store, real broker, on a stepped clock.

Agencies take what they are handed and answer nothing of their own accord; what an example's lines
say is sent by the agency whose turn it is, at the instant of the line, over its own road.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from connectors.simulators import Behaviour
from connectors.simulators.bustle import Bustle
from gateway.clock import SteppedClock
from gateway.operations.transfer_view import find_transfer, read_ledger
from gateway.rulebook import Rulebook
from gateway.sandbox.chains.cast import Cast, cast_all
from gateway.sandbox.chains.lines import handed_in_at, read_lines
from gateway.sandbox.chains.pages import Played
from gateway.sandbox.chains.stories import Example
from gateway.sandbox.conductor import Conductor, GridWake
from gateway.sandbox.participants import Participant
from gateway.sandbox.town import Town, open_town
from gateway.settings import Settings
from gateway.wiring import Gateway, run_gateway

_PASSIVE = Behaviour(silent=1.0, acknowledge_after=None, supplement_after=None)
_NOWHERE = "http://127.0.0.1:1"
"""Everybody is reached over AMQP; nobody calls over HTTP."""


class NotAccepted(Exception):
    """An example says what the gateway does not accept."""


async def play_all(settings: Settings, examples: Sequence[Example]) -> list[Played]:
    """Play all examples to their ends; NotAccepted names the first message that was not taken."""
    async with AsyncExitStack() as stack:
        clock = SteppedClock(*_span(examples))
        gateway = await stack.enter_async_context(run_gateway(settings, clock=clock))
        wake = GridWake(clock, timedelta(seconds=1))
        rulebook, pool = gateway.services.rulebook, gateway.services.pool
        casts = cast_all(examples, rulebook)
        town = await stack.enter_async_context(
            open_town(
                settings,
                pool,
                _NOWHERE,
                _participants(casts, rulebook),
                behaviour_of=lambda _: _PASSIVE,
                wake=wake,
            )
        )
        await gateway.refresh_endpoints()
        bustle = Bustle(wake)
        performances = [_start(_perform(cast, bustle, town), bustle) for cast in casts]
        await Conductor(clock, gateway, pool, lambda: town.in_flight + bustle.in_flight).conduct(
            _nothing
        )
        transfers = await asyncio.gather(*performances)
        return [
            await _outcome(cast, transfer, gateway)
            for cast, transfer in zip(casts, transfers, strict=True)
        ]


def _span(examples: Sequence[Example]) -> tuple[datetime, datetime]:
    begins = min(handed_in_at(example) for example in examples)
    ends = max(read_lines(example)[-1].at for example in examples)
    return begins - timedelta(minutes=1), ends + timedelta(minutes=1)


def _participants(casts: Sequence[Cast], rulebook: Rulebook) -> list[Participant]:
    found: dict[str, Participant] = {}
    for cast in casts:
        for code in cast.agencies:
            agency = rulebook.directory.agency(code, cast.at)
            assert agency is not None, code
            found.setdefault(code, Participant(agency, "amqp"))
    return list(found.values())


def _start(performance: Coroutine[Any, Any, UUID], bustle: Bustle) -> asyncio.Task[UUID]:
    """Start a performance that is under way from this moment, not only from its first step."""
    bustle.begin()
    task = asyncio.create_task(performance)
    task.add_done_callback(lambda _: bustle.end())
    return task


async def _perform(cast: Cast, bustle: Bustle, town: Town) -> UUID:
    """Hand the dossier in, then say each line at its instant; return the transfer."""
    await bustle.wait_until(cast.at)
    office = town.one_stops[cast.office]
    office.submit(cast.dossier, cast.submission)
    opened = await office.receipt_for(cast.dossier)
    if opened.transfer is None:
        raise NotAccepted(f"{cast.example.procedure}: submission: {opened.problem}")
    for saying in cast.sayings:
        await bustle.wait_until(saying.at)
        desk = town.agencies[cast.speaker(saying)].desk
        sent = await desk.receipt_of(
            desk.say(saying.kind, cast.dossier, saying.about(opened.transfer))
        )
        if not sent.is_accepted:
            raise NotAccepted(f"{cast.example.procedure}: {saying}: {sent.problem}")
    return UUID(opened.transfer)


async def _outcome(cast: Cast, transfer: UUID, gateway: Gateway) -> Played:
    pool = gateway.services.pool
    found = await find_transfer(pool, transfer)
    assert found is not None
    ledger = await read_ledger(pool, transfer, names_people=False)
    return Played(cast, found.transfer, ledger)


def _nothing(_: datetime) -> None:
    """Nobody watches."""
