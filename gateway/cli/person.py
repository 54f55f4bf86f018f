"""``lienthong person``: who may sign in to the console. Needs the database; every act is audited.

Bad input is one line on stderr and exit code 2. A password that is made is printed this once.
"""

from typing import Annotated, Any

import orjson
import typer

from gateway.cli.asking import ask_pool, named_operator
from gateway.cli.configured import refuse, settings_of
from gateway.operations.audit import By
from gateway.people import accounts as use
from gateway.people.linked import bind, unbind
from gateway.people.rights import Grant, NotAGrant, Role, read_grant
from gateway.people.roster import list_people
from gateway.people.second_factor import remove_factor
from gateway.store.pool import Pool

app = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The sign-in name.")]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar="ROLE[@AGENCY]",
        help=f"{', '.join(Role)}; with an agency it holds there and below. Several are possible.",
    ),
]
Asks = Annotated[
    bool, typer.Option("--ask-password", help="Ask for the first password instead of making it.")
]
Why = Annotated[str | None, typer.Option("--reason", help="Why, for the audit trail.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List everybody, those switched off too."""
    found = _run(list_people)
    _print(found, "\n".join(map(_line, found)) or "Chưa có ai · nobody yet", as_json)


@app.command()
def add(
    name: Name,
    roles: Roles,
    called: Annotated[str, typer.Option(metavar="TEXT", help="The person's own name.")],
    ask_password: Asks = False,
    reason: Why = None,
    as_json: AsJson = False,
) -> None:
    """Add somebody; the first password is theirs to change when they sign in."""
    grants, password = _grants(roles), _asked(ask_password)
    by = By(named_operator(), reason)
    made = _run(lambda pool: use.add_person(pool, name, called, grants, by, password=password))
    _show(made, shown=not ask_password, as_json=as_json)


@app.command()
def roles(name: Name, roles: Roles, reason: Why = None) -> None:
    """Give somebody these roles and no others; they have to sign in again."""
    grants = _grants(roles)
    _run(lambda pool: use.set_roles(pool, name, grants, By(named_operator(), reason)))
    typer.echo(f"{name}: {', '.join(map(str, grants))}")


@app.command()
def disable(name: Name, reason: Why = None) -> None:
    """Switch somebody off: they are signed out everywhere within two seconds."""
    _run(lambda pool: use.disable_person(pool, name, By(named_operator(), reason)))
    typer.echo(f"{name}: đã khóa · off")


@app.command()
def enable(name: Name, reason: Why = None) -> None:
    """Let somebody who was switched off sign in again."""
    _run(lambda pool: use.enable_person(pool, name, By(named_operator(), reason)))
    typer.echo(f"{name}: đã mở · on")


@app.command()
def unlock(name: Name, reason: Why = None) -> None:
    """Let somebody try again at once who has to wait after too many wrong passwords."""
    _run(lambda pool: use.unlock_person(pool, name, By(named_operator(), reason)))
    typer.echo(f"{name}: có thể đăng nhập · may try again")


@app.command("reset-factor")
def reset_factor(name: Name, reason: Why = None) -> None:
    """Take somebody's second factor off, when it is lost; they set up another one."""
    _run(lambda pool: remove_factor(pool, name, By(named_operator(), reason)))
    typer.echo(f"{name}: đã gỡ lớp xác thực thứ hai · second factor removed")


@app.command("reset-password")
def reset_password(
    name: Name, ask_password: Asks = False, reason: Why = None, as_json: AsJson = False
) -> None:
    """Make another first password; who is signed in as them is signed out."""
    password, by = _asked(ask_password), By(named_operator(), reason)
    made = _run(lambda pool: use.reset_password(pool, name, by, password=password))
    _show(made, shown=not ask_password, as_json=as_json)


@app.command("bind")
def bind_(
    name: Name,
    subject: Annotated[str, typer.Option(metavar="SUB", help="The provider's subject (sub).")],
    follow_groups: Annotated[
        bool, typer.Option("--follow-groups", help="Roles are those of the provider's groups.")
    ] = False,
    reason: Why = None,
) -> None:
    """Say whom the identity provider (LIENTHONG_OIDC_ISSUER) means by a subject."""
    issuer, by = settings_of("person").oidc_issuer, By(named_operator(), reason)
    if issuer is None:
        raise refuse("person", "there is no identity provider: set LIENTHONG_OIDC_ISSUER")
    _run(lambda pool: bind(pool, name, issuer, subject, by, follows_groups=follow_groups))
    typer.echo(f"{name}: đã gắn · bound")


@app.command("unbind")
def unbind_(name: Name, reason: Why = None) -> None:
    """Let the identity provider vouch for somebody no more; they are signed out."""
    _run(lambda pool: unbind(pool, name, By(named_operator(), reason)))
    typer.echo(f"{name}: đã gỡ · unbound")


def _grants(written: list[str]) -> list[Grant]:
    try:
        return [read_grant(one) for one in written]
    except NotAGrant as error:
        raise refuse("person", str(error)) from None


def _asked(asks: bool) -> str | None:
    if not asks:
        return None
    word: str = typer.prompt("Mật khẩu · password", hide_input=True, confirmation_prompt=True)
    return word


def _show(made: use.NewPerson, *, shown: bool, as_json: bool) -> None:
    document = {"name": made.name} | ({"password": made.password} if shown else {})
    lines = made.name + (f"\n  password: {made.password}" if shown else "")
    _print(document, lines, as_json)


def _line(one: dict[str, Any]) -> str:
    off = "  (off)" if one["disabled_at"] else ""
    off += "" if one["follows_groups"] is None else "  (provider)"
    return f"{one['name']:<20} {one['display_name']}  [{', '.join(one['roles'])}]{off}"


def _print(document: Any, lines: str, as_json: bool) -> None:
    written = orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() if as_json else lines
    typer.echo(written)


def _run(ask: Any) -> Any:
    async def asking(pool: Pool) -> Any:
        return await ask(pool)

    return ask_pool("person", asking, use.PersonRefused)
