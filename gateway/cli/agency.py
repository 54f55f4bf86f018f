"""``lienthong agency``: agencies join, get their credentials, are tested, go live, and leave.

Works on the database alone (LIENTHONG_DATABASE_URL, or that of the `serve` that runs here), through
the same use cases as /v1/operations/agencies; gateways that serve see a change within a second.
`test` alone needs one of them to be running: it sends. Secrets are printed once, by the command
that makes them. Bad input is one line on stderr and exit code 2; a test that nobody took, 1.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from gateway.cli import agency_credentials
from gateway.cli import agency_text as text
from gateway.cli.asking import ask_offline, named_operator
from gateway.cli.configured import refuse
from gateway.identity.endpoints import NewEndpoint
from gateway.joining import members, trying, ways
from gateway.joining.capabilities import read_capabilities
from gateway.joining.going_live import go_live
from gateway.joining.showing import show as show_whole
from gateway.joining.states import JoiningRefused, MemberState
from gateway.operations.audit import By
from gateway.operations.offline import Offline

app = typer.Typer(help="Agencies that take part.", no_args_is_help=True)
app.add_typer(agency_credentials.app, name="credentials")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The agency's code.")]
Reason = Annotated[str | None, typer.Option(help="Why, for the audit trail. No personal data.")]


@app.command()
def register(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or an alias.")],
    contact: Annotated[
        str | None, typer.Option(help="An office and how to reach it; no person.")
    ] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Let an agency of the directory take part; it can do nothing yet."""
    _line("--contact", contact, 200)

    async def act(offline: Offline) -> Any:
        directory = offline.rulebook.directory
        by = _by(reason)
        view = await members.register(
            offline.pool, code, by, contact=contact, directory=directory, now=offline.now
        )
        return await _whole(offline, view["agency"])

    _show(_run(act), as_json)


@app.command()
def show(code: Code, as_json: AsJson = False) -> None:
    """Show a member: state, way, credentials, last test, and what it needs to go live."""
    _show(_run(lambda offline: _whole(offline, code)), as_json)


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 1000,
    as_json: AsJson = False,
) -> None:
    """List who takes part, in code order."""
    wanted = None if state is None else _state(state)

    async def ask(offline: Offline) -> Any:
        return await members.list_members(offline.pool, state=wanted, limit=limit)

    found = _run(ask)
    _print(found, text.members(found), as_json)


@app.command()
def endpoint(
    code: Code,
    connector: Annotated[
        str | None, typer.Argument(help="amqp, mailbox, webhook, or another connector.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Where its system is called.")] = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="Read the secret from this file; - is standard input.")
    ] = None,
    options_file: Annotated[
        Path | None, typer.Option(help="The connector's options: a file with a JSON object.")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="Deliveries under way at once.")] = 4,
    timeout_ms: Annotated[int, typer.Option(help="How long a call may take.")] = 10_000,
    calls_per_minute: Annotated[
        float | None, typer.Option(help="At most so many, of all processes together.")
    ] = None,
    burst: Annotated[int, typer.Option(help="So many of them may go at once.")] = 1,
    events: Annotated[
        bool | None, typer.Option("--events/--no-events", help="Also told what happens (amqp).")
    ] = None,
    switched: Annotated[
        bool | None, typer.Option("--on/--off", help="Only switch it on or off.")
    ] = None,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Say how an agency is reached, or switch that on or off."""
    if (connector is None) == (switched is None):
        raise _refuse("name a connector, or else --on or --off")
    if connector is None:

        async def switch(offline: Offline) -> Any:
            await ways.switch_endpoint(offline.pool, code, _by(reason), enabled=bool(switched))
            return await _whole(offline, code)

        _show(_run(switch), as_json)
        return
    wanted = NewEndpoint(
        code,
        connector,
        address,
        _secret(secret_file),
        concurrency,
        timeout_ms,
        _options(options_file),
        calls_per_minute,
        burst,
        events,
    )

    async def act(offline: Offline) -> Any:
        _, made = await ways.set_endpoint(offline.pool, wanted, _by(reason))
        secret = None if made is None else made.view()
        return {**await _whole(offline, code), "secret": secret}

    view = _run(act)
    lines = text.member(view) + (f"\n{text.made(view['secret'])}" if view["secret"] else "")
    _print(view, lines, as_json)


@app.command()
def capabilities(
    code: Code,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="A kind it takes; all if none is named.")
    ] = None,
    largest: Annotated[int | None, typer.Option(help="The largest message, in bytes.")] = None,
    documents: Annotated[
        bool, typer.Option("--documents/--no-documents", help="Whether it fetches documents.")
    ] = True,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Say what an agency's software takes; what it cannot take is held instead of sent."""

    async def act(offline: Offline) -> Any:
        takes = read_capabilities(kinds, largest, documents)
        await members.describe(offline.pool, code, _by(reason), takes)
        return await _whole(offline, code)

    _show(_run(act), as_json)


@app.command("test")
def try_(
    code: Code,
    wait: Annotated[int, typer.Option(help="Seconds to wait for what becomes of it.", min=0)] = 20,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Send a test message by the agency's own connector, and say what came back."""

    async def act(offline: Offline) -> Any:
        test_id = await trying.send_test(offline.pool, code, _by(reason), now=offline.now)
        return await trying.await_test(offline.pool, test_id, patience=wait)

    view = _run(act)
    _print(view, text.test(view), as_json)
    if view["state"] != "delivered":
        raise typer.Exit(1)


@app.command("go-live")
def go_live_(
    code: Code,
    force: Annotated[
        bool, typer.Option("--force", help="Although something is missing; needs a --reason.")
    ] = False,
    reason: Reason = None,
    as_json: AsJson = False,
) -> None:
    """Let real work through; says what is missing if anything is."""

    async def act(offline: Offline) -> Any:
        directory, by = offline.rulebook.directory, _by(reason)
        await go_live(offline.pool, code, by, directory=directory, now=offline.now, force=force)
        return await _whole(offline, code)

    _show(_run(act), as_json)


@app.command()
def suspend(code: Code, reason: Reason = None, as_json: AsJson = False) -> None:
    """Take nothing of an agency and send it nothing, at once."""
    _change(members.suspend, code, reason, as_json=as_json)


@app.command()
def resume(code: Code, reason: Reason = None, as_json: AsJson = False) -> None:
    """Put a suspended agency back to where it stood."""
    _change(members.resume, code, reason, as_json=as_json)


@app.command()
def remove(code: Code, reason: Reason = None, as_json: AsJson = False) -> None:
    """End an agency's part; credentials are revoked, what was done stays on record."""
    _change(members.remove, code, reason, as_json=as_json)


def _change(
    how: Callable[..., Awaitable[Any]], code: str, reason: str | None, *, as_json: bool
) -> None:
    async def act(offline: Offline) -> Any:
        await how(offline.pool, code, _by(reason))
        return await _whole(offline, code)

    _show(_run(act), as_json)


async def _whole(offline: Offline, code: str) -> Any:
    directory = offline.rulebook.directory
    return await show_whole(offline.pool, code, directory=directory, now=offline.now)


def _by(reason: str | None) -> By:
    _line("--reason", reason, 500)
    return By(named_operator(), reason)


def _line(option: str, written: str | None, most: int) -> None:
    if written is not None and not (3 <= len(written) <= most and written.isprintable()):
        raise _refuse(f"{option} is one line of 3 to {most} characters")


def _state(written: str) -> MemberState:
    try:
        return MemberState(written)
    except ValueError:
        raise _refuse(f"no such state; there are {', '.join(MemberState)}") from None


def _secret(file: Path | None) -> str | None:
    """Read a secret from a file: on a command line everybody on the machine could read it."""
    if file is None:
        return None
    secret = (sys.stdin.read() if str(file) == "-" else _read(file)).strip()
    if not secret or not secret.isprintable():
        raise _refuse("the secret is one line")
    return secret


def _options(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        options = orjson.loads(_read(file))
    except orjson.JSONDecodeError:
        options = None
    if not isinstance(options, dict):
        raise _refuse(f"{file} is no JSON object")
    return options


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _refuse(f"{file} cannot be read") from None


def _show(view: Any, as_json: bool) -> None:
    _print(view, text.member(view), as_json)


def _print(document: Any, lines: str, as_json: bool) -> None:
    written = orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else lines
    typer.echo(written)


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("agency", ask, JoiningRefused)


def _refuse(reason: str) -> typer.Exit:
    return refuse("agency", reason)
