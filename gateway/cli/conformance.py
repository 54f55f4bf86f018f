"""``lienthong conformance``: play the other side of a system's border, case by case.

    lienthong conformance URL --agency CODE    an agency's software that is called at URL
    lienthong conformance --agency CODE        an agency's software that fetches its mailbox
    lienthong conformance URL --guests FILE    a gateway at URL, as two of its agencies

Writes `certificate.json` and `certificate.html`. Exit code 0: conformant; 1: some case failed, or
only some were asked for; 2: bad input.
"""

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import orjson
import typer

from gateway.cli.configured import refuse

if TYPE_CHECKING:
    from gateway.conformance.certificate import Run
    from gateway.conformance.playing_gateway import Terms
    from gateway.conformance.verdicts import Case, Result

_MARKS = {"passed": "[green]✓[/]", "failed": "[red]✗[/]", "not-applicable": "[dim]–[/]"}


def conformance(
    url: Annotated[str | None, typer.Argument(help="Where the system under test listens.")] = None,
    agency: Annotated[
        str | None, typer.Option(help="Test this agency's software: we play the gateway.")
    ] = None,
    guests: Annotated[
        Path | None,
        typer.Option(
            help="Test the gateway at URL: we play two agencies, whose credentials are in this"
            " file ({agencies: [{code, client_id, client_secret, connector}]}, as"
            " `lienthong sandbox --json` prints it). The second has a mailbox."
        ),
    ] = None,
    credentials: Annotated[
        Path | None,
        typer.Option(
            help="The credentials that the agency's software uses with us, kept in this file;"
            " made on the first run."
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Where we listen as a gateway; 0: any.", min=0)] = 0,
    host: Annotated[str, typer.Option(help="On which address.")] = "127.0.0.1",
    patience: Annotated[float, typer.Option(help="Seconds to wait for what must come.")] = 10.0,
    originates: Annotated[
        bool, typer.Option("--originates", help="The software sends dossiers out too.")
    ] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this case (repeatable).")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the certificate.")] = Path("."),
    key: Annotated[
        Path | None, typer.Option(help="The signer's private key (JWK); made on the first run.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(help="Check a certificate's signature, and run nothing.")
    ] = None,
    list_cases: Annotated[bool, typer.Option("--list", help="List the cases.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not text.")] = False,
) -> None:
    """Test a system against the published rules, and sign what came of it."""
    from gateway.conformance.agency_cases import AGENCY_CASES
    from gateway.conformance.gateway_cases import GATEWAY_CASES
    from gateway.conformance.playing_gateway import Terms

    if list_cases:
        _list({"agency": list(AGENCY_CASES), "gateway": list(GATEWAY_CASES)}, as_json=as_json)
        return
    if verify is not None:
        _verify(verify, as_json=as_json)
        return
    if (agency is None) == (guests is None):
        raise _no("say what is tested: --agency CODE (its software) or --guests FILE (a gateway)")
    if guests is not None and url is None:
        raise _no("name the gateway's URL")
    if url is not None and urlsplit(url).scheme not in ("http", "https"):
        raise _no("the URL is http or https")
    cases = _chosen(list(AGENCY_CASES if agency is not None else GATEWAY_CASES), only)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # answers break off on purpose
    if agency is not None:
        is_new = credentials is not None and not credentials.exists()
        ours = _credentials(credentials)
        if is_new and not sys.stdin.isatty():
            _say(f"made {credentials}: set your software up with it, then run this again")
            raise typer.Exit(1)
        terms = Terms(
            agency,
            url,
            ours["webhook_secret"],
            patience,
            originates=originates,
            host=host,
            port=port,
            client_id=ours["client_id"],
            client_secret=ours["client_secret"],
        )
        shown = ours if credentials is None else {"credentials": str(credentials)}
        run = asyncio.run(_test_agency(cases, terms, shown, selected=only is not None))
    else:
        assert url is not None
        assert guests is not None
        run = asyncio.run(
            _test_gateway(cases, url, guests, patience=patience, selected=only is not None)
        )
    _report(run, out, key, as_json=as_json)
    raise typer.Exit(0 if run.is_conformant else 1)


async def _test_agency(
    cases: "Sequence[Case[Any]]", terms: "Terms", shown: Mapping[str, str], *, selected: bool
) -> "Run":
    from gateway.conformance.certificate import Run
    from gateway.conformance.places import NoWay
    from gateway.conformance.playing_gateway import played_gateway
    from gateway.rulebook import load_rulebook
    from gateway.settings import Settings

    settings = Settings()
    rulebook = load_rulebook(settings.directory, settings.calendar)
    try:
        async with played_gateway(rulebook, terms, prompt=_say) as (exchange, base_url):
            _say(f"the gateway for {terms.agency} listens at {base_url}")
            for name, value in shown.items():
                _say(f"  {name:<14} {value}")
            await _ready()
            began = datetime.now(UTC)
            results = await _run(cases, exchange)
    except (NoWay, OSError) as error:
        raise _no(str(error)) from error
    subject = {"agency": terms.agency, "road": "webhook" if terms.address else "mailbox"}
    if terms.address is not None:
        subject["address"] = terms.address
    return Run("agency", subject, rulebook.versions(), began, datetime.now(UTC), results, selected)


async def _test_gateway(
    cases: "Sequence[Case[Any]]", url: str, guests: Path, *, patience: float, selected: bool
) -> "Run":
    from connectors.raw_http import RawCaller
    from gateway.conformance.certificate import Run
    from gateway.conformance.places import NoWay, find_place
    from gateway.conformance.visit import Visit
    from gateway.rulebook import load_rulebook
    from gateway.settings import Settings

    settings = Settings()
    rulebook = load_rulebook(settings.directory, settings.calendar)
    sender, receiver = _guests(guests)
    began = datetime.now(UTC)
    try:
        place = find_place(rulebook, receiver.code, began, originator=sender.code)
    except NoWay as error:
        raise _no(str(error)) from error
    template = place.submission(began, "Hồ sơ của bộ kiểm thử.")
    async with RawCaller(within=30.0) as raw:
        visit = Visit(url.rstrip("/"), raw, sender, receiver, template, patience)
        results = await _run(cases, visit)
    subject = {"address": url, "road": "http"}
    return Run("gateway", subject, rulebook.versions(), began, datetime.now(UTC), results, selected)


async def _run(cases: "Sequence[Case[Any]]", subject: Any) -> "Sequence[Result]":
    """Run the cases; say each as it ends, and how many are left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from gateway.conformance.running import run_cases

    console = Console(stderr=True, highlight=False)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    ) as progress:
        task = progress.add_task("cases", total=len(cases))

        def ended(result: "Result") -> None:
            mark = _MARKS[result.verdict.value]
            console.print(f"{mark} {result.case:<28} {result.title_en}")
            if result.seen is not None:
                console.print(f"    {result.seen}", style="dim", markup=False)
            if result.remedy is not None:
                console.print(f"    → {result.remedy}", markup=False)
            progress.advance(task)

        return await run_cases(cases, subject, on_result=ended)


def _report(run: "Run", out: Path, key: Path | None, *, as_json: bool) -> None:
    """Sign the run, write both forms, say where they are."""
    from gateway.conformance.certificate import page, sign, signing_key

    key = key or _default_key()
    try:
        document = sign(run.view(), signing_key(key))
        out.mkdir(parents=True, exist_ok=True)
        name = "result" if run.selected else "certificate"
        (out / f"{name}.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        (out / f"{name}.html").write_text(page(document), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _no(f"the certificate cannot be written: {error}") from error
    content = document["certificate"]
    if as_json:
        typer.echo(orjson.dumps(content).decode())
        return
    verdict = "conformant" if run.is_conformant else "not certified"
    typer.echo(
        f"{verdict}: {content['passed']} passed, {content['failed']} failed,"
        f" {content['not_applicable']} not applicable"
    )
    typer.echo(f"signed: {out / name}.json and {out / name}.html")


def _verify(file: Path, *, as_json: bool) -> None:
    from gateway.conformance.certificate import NotGenuine, verify

    try:
        content, thumbprint = verify(orjson.loads(file.read_bytes()))
    except (OSError, orjson.JSONDecodeError, NotGenuine) as error:
        raise _no(f"{file}: {error}") from error
    if as_json:
        typer.echo(orjson.dumps({**content, "key": thumbprint}).decode())
        return
    verdict = "conformant" if content["conformant"] else "not conformant"
    typer.echo(
        f"genuine; {content['role']} {verdict}, {content['began_at']}; signed by {thumbprint}"
    )


def _list(roles: "dict[str, list[Case[Any]]]", *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "role": role,
                "case": one.name,
                "title": {"vi": one.title_vi, "en": one.title_en},
                "asks": one.asks,
            }
            for role, cases in roles.items()
            for one in cases
        ]
        typer.echo(orjson.dumps(rows).decode())
        return
    for role, cases in roles.items():
        typer.echo(f"{role}: {len(cases)} cases")
        for one in cases:
            typer.echo(f"  {one.name:<28} {one.asks}")


def _chosen(cases: "Sequence[Case[Any]]", only: Sequence[str] | None) -> "Sequence[Case[Any]]":
    if only is None:
        return cases
    known = {one.name for one in cases}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise _no(f"no such case: {', '.join(unknown)}; see --list")
    return [one for one in cases if one.name in only]


def _credentials(file: Path | None) -> dict[str, str]:
    """Return what the software uses with us: as it is kept, or new."""
    from gateway.identity.endpoints import new_webhook_secret

    made = {
        "client_id": "conformance",
        "client_secret": secrets.token_urlsafe(24),
        "webhook_secret": new_webhook_secret(),
    }
    if file is None:
        return made
    try:
        if file.exists():
            kept = orjson.loads(file.read_bytes())
            return {name: str(kept[name]) for name in made}
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written:
            written.write(orjson.dumps(made, option=orjson.OPT_INDENT_2))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _no(f"{file}: not a file of credentials ({type(error).__name__})") from error
    return made


def _guests(file: Path) -> tuple[Any, Any]:
    """Return the two agencies that nobody else answers for; the second has a mailbox."""
    from gateway.conformance.visit import Guest

    try:
        agencies = orjson.loads(file.read_bytes().splitlines()[0])["agencies"]
        free = [one for one in agencies if not one.get("simulated", False)]
        receiver = next(one for one in free if one["connector"] == "mailbox")
        sender = next(one for one in free if one["code"] != receiver["code"])
        made = [
            Guest(one["code"], one["client_id"], one["client_secret"]) for one in (sender, receiver)
        ]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, IndexError, StopIteration):
        raise _no(
            f"{file}: needs `agencies`, two of them not simulated, one with connector mailbox"
        ) from None
    return made[0], made[1]


async def _ready() -> None:
    """Give a person time to set the software up; a program has done so before."""
    if sys.stdin.isatty():
        _say("set your software up with these, then press Enter")
        await asyncio.to_thread(sys.stdin.readline)


def _default_key() -> Path:
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path.home() / ".config"
    return folder / "lienthong" / "conformance-key.json"


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _no(reason: str) -> typer.Exit:
    return refuse("conformance", reason)
