"""``lienthong doctor``: is this machine ready, and if not, what to do about it."""

import asyncio
import json
import os
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated

import psycopg
import typer
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from gateway.clock import SystemClock
from gateway.console.checkup import examine_console
from gateway.documents.checkup import examine_documents
from gateway.operations.calendars import list_stored
from gateway.servers import Instance, ServerError
from gateway.servers.checkup import Finding, examine
from gateway.settings import Settings
from gateway.store.pool import open_pool
from routing.directory import load_directory
from routing.legaltime import Calendars, load_calendar
from routing.policies import load_policies
from routing.procedures import load_catalogue
from routing.reach import Reach, reach_of


def doctor(
    start: Annotated[
        bool, typer.Option("--start", help="Also start both servers once, and time it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Check this machine and say what is missing; exit code 1 if anything is."""
    findings = [*examine(), _calendar(), *_configured()]
    if start and all(finding.good for finding in findings):
        findings.append(_started())
    if as_json:
        typer.echo(json.dumps([asdict(finding) | {"good": finding.good} for finding in findings]))
    else:
        for finding in findings:
            typer.echo(_line(finding))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def _line(finding: Finding) -> str:
    mark = "MISSING" if finding.remedy else "SOON   " if finding.warning else "ok     "
    line = f"{mark}  {finding.name:<13} {finding.found}"
    todo = finding.remedy or finding.warning
    return f"{line}\n         {'':<13} → {todo}" if todo else line


def _calendar() -> Finding:
    """Say until when the calendar is known; a gateway's own imported versions are asked for too."""
    reach = asyncio.run(_reach())
    found = f"{reach.calendar} is known until {reach.known_until} ({reach.days_left} days)"
    warning = (
        f"it is needed until {reach.needed_until}: import and approve the next year "
        "(lienthong calendar)"
    )
    return Finding("calendar", found, warning=warning if reach.is_short else "")


def _configured() -> list[Finding]:
    """Look at the documents and the console of the gateway that the environment describes."""
    try:
        settings = Settings()
    except ValidationError as error:
        faults = "; ".join(one["msg"] for one in error.errors(include_input=False))
        return [Finding("settings", "they are not accepted", faults)]
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> list[Finding]:
    console = await examine_console(settings, load_directory(settings.directory))
    return [*await examine_documents(settings), *console]


async def _reach() -> Reach:
    now, policies, catalogue = SystemClock().now(), load_policies(), load_catalogue()
    calendar = load_calendar()
    url = os.environ.get("LIENTHONG_DATABASE_URL")
    if url:
        with suppress(psycopg.Error, PoolTimeout):
            async with open_pool(url, size=1, name="lienthong doctor") as pool:
                stored = [one for one in await list_stored(pool) if one.approved_at is not None]
            calendar = Calendars([calendar]).joined(one.read() for one in stored).base
    return reach_of(calendar, catalogue, policies, now)


def _started() -> Finding:
    began = time.monotonic()
    try:
        with Instance.temporary():
            seconds = time.monotonic() - began
    except ServerError as error:
        return Finding("start", "failed", str(error))
    return Finding("start", f"both servers were ready after {seconds:.1f} s")
