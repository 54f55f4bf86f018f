"""Make the console's application: its screens, its files, its pages for what goes wrong."""

from functools import partial

from fastapi import FastAPI

from gateway.api.state import ApiState
from gateway.console import shelf
from gateway.console.agency_tree import Grove
from gateway.console.guesses import RETURNS, Guesses
from gateway.console.overviews import Overviews
from gateway.console.paced import Paced
from gateway.console.pages import Pages
from gateway.console.problems import answer_with_pages
from gateway.console.pulse import Pulse
from gateway.console.screens import (
    account,
    acts,
    admission,
    agencies,
    agency,
    agency_outages,
    alarms,
    approvals,
    audit,
    boards,
    calendar,
    choosing,
    components,
    dossier,
    dossier_content,
    dossier_letter,
    dossiers,
    look_up,
    notes,
    now,
    orders,
    people,
    procedures,
    provider,
    reorganisation,
    report_overview,
    reports,
    sign_in,
    stuck,
    what_if,
)
from gateway.console.shelf import Shelf
from gateway.console.visitors import answer_the_turned_away, anybody
from gateway.console.wall import Wall
from gateway.operations.agency_census import take_census
from gateway.reports.overview import look_over
from gateway.settings import Environment

ROUTERS = (
    choosing.router,
    sign_in.router,
    provider.router,
    account.router,
    look_up.router,
    now.router,
    alarms.router,
    agencies.router,
    agency_outages.router,
    admission.router,
    agency.router,
    what_if.router,
    procedures.router,
    calendar.router,
    reorganisation.router,
    approvals.router,
    boards.router,
    people.router,
    notes.router,
    orders.router,
    stuck.router,
    acts.router,
    dossiers.router,
    dossier.router,
    report_overview.router,
    audit.router,
    reports.router,
    dossier_content.router,
    dossier_letter.router,
)
"""A screen is added here, and to gateway/console/navigation.py if people choose it there."""
CENSUS_EVERY = 3.0
"""Seconds that a look at every agency is good for, unless it takes long."""
_FOR_DEVELOPERS = (components.router,)


def create_console(state: ApiState) -> FastAPI:
    """Return the console of a running gateway; what it keeps beside the API is in its state."""
    console = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"metrics": False, "logs": False, "operation_spans": False},
    )
    files = Shelf.stocked()
    console.state.lienthong = state
    console.state.shelf = files
    console.state.pages = Pages(files)
    console.state.guesses = Guesses()
    console.state.returns = Guesses(per_address=RETURNS)
    console.state.wall = Wall(state.services)
    console.state.pulse = Pulse(state.services)
    console.state.census = Paced(partial(take_census, state.services.pool), seconds=CENSUS_EVERY)
    console.state.grove = Grove()
    console.state.overviews = Overviews(partial(look_over, state.services.pool))
    console.include_router(shelf.router, dependencies=[anybody])
    for router in ROUTERS:
        console.include_router(router)
    if state.services.settings.env is Environment.DEVELOPMENT:
        for router in _FOR_DEVELOPERS:
            console.include_router(router)
    answer_with_pages(console)
    answer_the_turned_away(console)
    return console
