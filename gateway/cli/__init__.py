"""The command line: each command parses, calls a use case, and prints.

Bad input is one clear line on stderr and exit code 2. Commands load what they need when they
run, so that `lienthong deadline` does not wait for a web framework.
"""

import sys
from importlib import import_module

import typer
from typer.exceptions import TyperException

_COMMANDS = {
    "serve": "Run a gateway process until interrupted.",
    "demo": "Run the fixed week of a real province and report.",
    "sandbox": "Run a gateway with canned agencies until interrupted.",
    "migrate": "Bring the database to the newest shape.",
    "doctor": "Check this machine and say what is missing.",
    "route": "Explain where a dossier would go, and why.",
    "deadline": "Compute legal deadlines.",
    "conformance": "Test an agency's software or a gateway, and sign what came of it.",
    "reorganise": "Move what is at agencies that have closed to their successors.",
    "calendar": "Show, check, import and approve working calendars; see what they move.",
    "agency": "Let agencies join: register, credentials, endpoint, test, go live, suspend.",
    "operator": "Say who may use the operators' part of the API.",
    "person": "Say who may sign in to the console, and as what.",
    "audit": "Read who decided what, when and why.",
    "dialect": "Check a partner's mapping file, and show what it makes of examples.",
    "dvcqg": "Compare our dossiers with what the national portal shows of them.",
    "directory": "Ask the directory of agencies.",
    "procedures": "List and show procedures.",
    "outage": "Declare that a system is away, and that it is back.",
    "stuck": "See what is stuck, and free it.",
    "letter": "Draft and issue letters of apology.",
    "alarms": "See what the gateway is alarmed about.",
    "report": "Report a period: forms, figures, times.",
    "clocks": "Prove that legal time runs as it should; tell a clock's story.",
}
"""Command → one line of help; the module gateway.cli.<command> holds it."""


def main() -> None:
    """Run the command named first; only its own module is imported."""
    arguments = sys.argv[1:]
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    wanted = [name] if name in _COMMANDS else list(_COMMANDS)
    app = typer.Typer(
        name="lienthong",
        help="Liên Thông carries dossiers between one-stop systems, and keeps their legal time.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in wanted:
        _register(app, command)
    # With a single command typer would drop its name: keep it a group.
    app.callback()(lambda: None)
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        code = _refuse(error, f"lienthong {name}" if name in _COMMANDS else "lienthong")
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(error: TyperException, where: str) -> int:
    """Say in one line what is wrong; a command that only groups others lists them instead."""
    context, told = getattr(error, "ctx", None), error.format_message()
    if context is not None:
        where = context.command_path
        if told == context.get_help():
            typer.echo(told)
            return 0
    typer.echo(f"{where}: {' '.join(told.split()).rstrip('.')}; see {where} --help", err=True)
    return 2


def _register(app: typer.Typer, command: str) -> None:
    module = import_module(f"gateway.cli.{command}")
    group = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=command, help=_COMMANDS[command])
    else:
        app.command(command, help=_COMMANDS[command])(getattr(module, command))
