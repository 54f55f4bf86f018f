"""``lienthong letter``: draft a letter of apology, issue it, list those that were issued.

Works on the database alone (LIENTHONG_DATABASE_URL). A draft writes nothing; issuing is a person's
declaration, once per dossier, and moves the promised date with it; nothing is ever sent. Bad input
is one line on stderr and exit code 2; a letter that may not be written ends with exit code 1.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from gateway.cli.asking import ask_offline, named_operator, read_id
from gateway.cli.configured import refuse
from gateway.letters.issued import list_letters
from gateway.letters.issuing import Declaration, issue_letter
from gateway.letters.reading import Shown, read_letter, shown_issued
from gateway.operations.offline import Offline
from routing.data.tables import VIETNAM
from routing.legaltime import CalendarUnknown, WorkCalendar
from routing.letters import NoLetter

app = typer.Typer(help="Letters of apology that move a promised date.", no_args_is_help=True)


class Language(StrEnum):
    VI = "vi"
    EN = "en"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, not text.")]
Until = Annotated[
    str | None, typer.Option(help="The new date, or an instant with its offset from UTC.")
]
PdfFile = Annotated[Path | None, typer.Option("--pdf", help="Write the letter to this file.")]
Lang = Annotated[Language, typer.Option("--lang", help="en is a courtesy translation.")]


@app.command()
def draft(
    transfer: str,
    until: Until = None,
    pdf: PdfFile = None,
    lang: Lang = Language.VI,
    as_json: AsJson = False,
) -> None:
    """Print what a letter would say now, or the one that was issued; nothing is written."""
    transfer_id = _id(transfer)

    async def ask(offline: Offline) -> tuple[Shown | NoLetter | None, bytes | None]:
        shown = await read_letter(
            offline.pool,
            offline.rulebook,
            transfer_id,
            now=offline.now,
            until=_until(until, offline.rulebook.calendar),
        )
        drawn = await shown.pdf(lang.value) if pdf and isinstance(shown, Shown) else None
        return shown, drawn

    answer, drawn = _run(ask)
    shown = _shown(answer)
    if pdf is not None:
        _write(pdf, drawn)
    if as_json:
        _print_json(shown.document(lang.value))
    elif pdf is None:
        typer.echo(shown.text(lang.value), nl=False)


@app.command()
def issue(
    transfer: str,
    until: Annotated[str, typer.Option(help="The new date, or an instant with its offset.")],
    reason: Annotated[str, typer.Option(help="Why, for people. Kept; no personal data.")],
    as_json: AsJson = False,
) -> None:
    """Declare the letter issued, and move the promised date with it; you send it yourself."""
    transfer_id, actor = _id(transfer), named_operator()
    if not reason.strip():
        raise _refuse("an act needs a reason")

    async def ask(offline: Offline) -> Any:
        new_date = _until(until, offline.rulebook.calendar)
        assert new_date is not None
        return await issue_letter(
            offline.pool,
            offline.rulebook,
            offline.runner,
            transfer_id,
            Declaration(actor, new_date, reason),
            now=offline.now,
        )

    answer = _run(ask)
    if answer is None or isinstance(answer, NoLetter):
        shown = _shown(answer)
    else:
        shown = shown_issued(answer)
    if as_json:
        _print_json(shown.document("vi"))
    else:
        typer.echo(shown.text("vi"), nl=False)
        typer.echo("Đã ban hành; chưa gửi cho ai · issued; sent to nobody", err=True)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List the letters that were issued, newest first."""
    found = _run(lambda offline: list_letters(offline.pool, limit=limit))
    if as_json:
        _print_json(found)
    elif not found:
        typer.echo("Chưa ban hành văn bản nào · no letter was issued")
    else:
        typer.echo("\n".join(_line(one) for one in found))


def _line(view: dict[str, Any]) -> str:
    cause = view["cause"]
    return (
        f"{view['dossier']['code']}  {_local(view['due_at'])} → {_local(view['new_date'])}"
        f"  {cause['kind']} {cause['step'] or ''} {cause['agency'] or ''}"
        f"  {_local(view['issued_at'])} {view['issued_by']}  {view['transfer']}"
    )


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _until(written: str | None, calendar: WorkCalendar) -> datetime | None:
    """Read an instant with its offset; a date alone means the close of that working day."""
    if written is None:
        return None
    try:
        if len(written) == len("2026-03-16"):
            return calendar.close_of_day(date.fromisoformat(written))
        instant = datetime.fromisoformat(written)
    except (ValueError, CalendarUnknown) as error:
        known = isinstance(error, CalendarUnknown) or "day off" in str(error)
        raise _refuse(str(error) if known else f"--until {written[:40]!r} is no date") from None
    if instant.tzinfo is None:
        raise _refuse("--until needs an offset from UTC, like 2026-03-16T17:30:00+07:00")
    return instant


def _shown(answer: Shown | NoLetter | None) -> Shown:
    if answer is None:
        raise _refuse("no transfer has this id")
    if isinstance(answer, NoLetter):
        typer.echo(f"lienthong letter: {answer.detail}", err=True)
        raise typer.Exit(1)
    return answer


def _write(path: Path, drawn: bytes | None) -> None:
    assert drawn is not None
    try:
        path.write_bytes(drawn)
    except OSError as error:
        raise _refuse(f"{path} cannot be written: {error.strerror}") from None


def _print_json(document: Any) -> None:
    typer.echo(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode())


def _run(ask: Callable[[Offline], Awaitable[Any]]) -> Any:
    return ask_offline("letter", ask)


def _id(written: str) -> UUID:
    return read_id("letter", written)


def _refuse(reason: str) -> typer.Exit:
    return refuse("letter", reason)
