"""``lienthong doctor``: is this machine ready, and if not, what to do about it."""

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from gateway.servers import Instance, ServerError
from gateway.servers.checkup import Finding, examine


def doctor(
    start: Annotated[
        bool, typer.Option("--start", help="Also start both servers once, and time it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Check this machine and say what is missing; exit code 1 if anything is."""
    findings = list(examine())
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
    mark = "ok     " if finding.good else "MISSING"
    line = f"{mark}  {finding.name:<13} {finding.found}"
    return line if finding.good else f"{line}\n         {'':<13} → {finding.remedy}"


def _started() -> Finding:
    began = time.monotonic()
    try:
        with Instance.temporary():
            seconds = time.monotonic() - began
    except ServerError as error:
        return Finding("start", "failed", str(error))
    return Finding("start", f"both servers were ready after {seconds:.1f} s")
