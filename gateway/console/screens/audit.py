"""Audit (Nhật ký): who did what, when, about whom and why, and what stood before and after.

The list has no free text: a reason is read at its entry, and taken away only with the export, which
is itself an entry. Who sees the audit of some agencies sees what concerns one of them, and of the
rest not that it is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.console.formats import ZONE, Formats
from gateway.console.forms import read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.visitors import HOME, allowed
from gateway.operations.audit import PERSON, By, View
from gateway.operations.trail import (
    KINDS,
    MOST_EXPORTED,
    ON_DOSSIERS,
    SHOWN_DOCUMENT,
    TrailQuestion,
    export_trail,
    find_entry,
    read_trail,
)
from gateway.people.rights import Ability, may, may_everywhere, reach
from gateway.people.signed_in import SignedIn
from gateway.reports.spreadsheets import write_rows
from schemas.identifiers import is_agency_code
from schemas.problems import ProblemType

AUDIT: Final = HOME + "/audit"

router = APIRouter(prefix=AUDIT)

Reading = Annotated[SignedIn, allowed(Ability.SEE_AUDIT)]

PER_PAGE: Final = 50
COLUMNS: Final = ("at", "actor", "act", "about", "why", "before", "after")
_LONGEST: Final = 80
_CLIENT: Final = "operator:"
_FROM_CLI: Final = "operator:cli:"


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the filter as they were written, and what they come to."""

    fields: Mapping[str, str]
    question: TrailQuestion
    is_understood: bool = True

    def address(self, **more: str) -> str:
        query = urlencode({**{k: v for k, v in self.fields.items() if v}, **more})
        return f"{AUDIT}?{query}" if query else AUDIT


@router.get("")
async def show(
    request: Request, page: Page, who: Reading, state: State, before: UUID | None = None
) -> Response:
    """Show the newest entries, or those before one."""
    asked = _asked(dict(request.query_params), who)
    entries: list[View] = []
    if asked.is_understood:
        entries = await read_trail(
            state.services.pool, asked.question, before=before, limit=PER_PAGE + 1
        )
    following = entries[PER_PAGE - 1]["id"] if len(entries) > PER_PAGE else None
    return page.show(
        "audit.html",
        title="audit.title",
        screen="audit",
        status=200 if asked.is_understood else 400,
        asked=asked,
        kinds=[
            (kind, page.words(f"audit.kind.{kind}"), [(one, said_act(page, one)) for one in acts])
            for kind, acts in KINDS.items()
        ],
        rows=[_row(one, page, who, state) for one in entries[:PER_PAGE]],
        following=None if following is None else asked.address(before=str(following)),
        first=None if before is None else asked.address(),
        most=MOST_EXPORTED,
        everywhere=may_everywhere(who, Ability.SEE_AUDIT),
    )


@router.post("/export")
async def export(request: Request, page: Page, who: Reading, state: State) -> Response:
    """Return what the filter finds as CSV, with reasons; that it was taken away is an entry."""
    form = await read_form(request)
    asked = _asked({name: form.one(name) for name in _FIELDS}, who)
    if not asked.is_understood:
        raise refuse(ProblemType.BAD_QUERY, "query: the filter cannot be read")
    by = By(who.actor, " ".join(form.one("reason").split())[:500] or None)
    entries = await export_trail(state.services.pool, asked.question, by)
    formats = Formats(page.language)
    rows = [
        (
            formats.instant(one["at"]),
            said_actor(page, one["actor"]),
            said_act(page, one["act"]),
            one["subject"],
            one["reason"],
            _as_json(one["before"]),
            _as_json(one["after"]),
        )
        for one in entries
    ]
    headings = [page.words(f"audit.column.{name}") for name in COLUMNS]
    headers = {
        "Content-Disposition": 'attachment; filename="nhat-ky.csv"',
        "Cache-Control": "no-store",
    }
    body = write_rows(headings, rows, language=page.language)
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{entry}")
async def show_one(entry: UUID, page: Page, who: Reading, state: State) -> Response:
    """Show one entry whole: its reason, what changed, what it led to."""
    found = await find_entry(state.services.pool, entry, reach(who, Ability.SEE_AUDIT))
    if found is None:
        raise refuse(ProblemType.NOT_FOUND, "no entry has this id")
    row = _row(found, page, who, state)
    return page.show(
        "audit_entry.html",
        title="audit.entry",
        screen="audit",
        trail=[Crumb(page.words("audit.title"), AUDIT)],
        entry=found,
        row=row,
        changes=changes_of(page, found["before"] or {}, found["after"] or {}),
        agencies=[
            (code, _agency(state, code)) for code in found["agencies"] if code != found["subject"]
        ],
        is_act=found["act"].startswith(ON_DOSSIERS),
    )


# What is asked


_FIELDS: Final = ("by", "act", "about", "from", "to")


def _asked(given: Mapping[str, str], who: SignedIn) -> Asked:
    fields = {name: given.get(name, "").strip() for name in _FIELDS}
    seen = reach(who, Ability.SEE_AUDIT)
    act, by = fields["act"], fields["by"]
    acts: Sequence[str] | None = None
    if act:
        known = {one for those in KINDS.values() for one in those}
        acts = KINDS.get(act, (act,) if act in known else ())
    try:
        since, until = (
            datetime.combine(date.fromisoformat(fields[name]), time(0), ZONE) + more
            if fields[name]
            else None
            for name, more in (("from", timedelta()), ("to", timedelta(days=1)))
        )
    except (ValueError, OverflowError):
        return Asked(fields, TrailQuestion(reach=seen), is_understood=False)
    too_long = any(len(one) > _LONGEST or "\0" in one for one in fields.values())
    actor = None if not by else by if ":" in by else PERSON + by.lower()
    question = TrailQuestion(actor, acts, fields["about"] or None, since, until, seen)
    return Asked(fields, question, is_understood=not too_long and acts != ())


# What is said


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in words; `path` leads to what it is about, `outcome` to what came of an act."""

    id: UUID
    at: datetime
    actor: str
    act: str
    about: str
    path: str | None
    outcome: str | None
    total: int | None


def _row(entry: View, page: PageMaker, who: SignedIn, state: ApiState) -> Row:
    act, subject = entry["act"], entry["subject"]
    about, path, outcome, total = subject, None, None, None
    if is_agency_code(subject):
        about = f"{subject} · {_agency(state, subject)}"
        path = f"{HOME}/agencies/{subject}" if may(who, Ability.SEE_WORK, [subject]) else None
    if act in ("dossier.shown", SHOWN_DOCUMENT) and subject:
        about = page.words("audit.a-dossier")
        path = f"{HOME}/transfers/{subject}"
    if act.startswith("proposal.") and entry["after"]:
        about = page.words(f"approvals.kind.{entry['after']['kind']}")
    if act.startswith(ON_DOSSIERS):
        mine = entry["actor"] == who.actor
        outcome = (
            f"{HOME}/acts/{entry['id']}" if mine or may_everywhere(who, Ability.SEE_WORK) else None
        )
        total = entry["after"]["total"] if outcome else None
    return Row(
        entry["id"],
        entry["at"],
        said_actor(page, entry["actor"]),
        said_act(page, act),
        about,
        path,
        outcome,
        total,
    )


def said_act(page: PageMaker, act: str) -> str:
    """Return what was done in words; an act that has none yet by its own name."""
    if act.startswith(ON_DOSSIERS):
        name = f"act.name.{act.removeprefix(ON_DOSSIERS)}"
    else:
        name = f"audit.act.{act}"
    return page.words(name) if name in page.words else act


def said_actor(page: PageMaker, actor: str) -> str:
    """Return who did it: a person by their sign-in name, anything else by what it is."""
    if actor.startswith(PERSON):
        return actor.removeprefix(PERSON)
    if actor.startswith(_FROM_CLI):
        return page.words("audit.actor.cli", name=actor.removeprefix(_FROM_CLI))
    if actor.startswith(_CLIENT):
        return page.words("audit.actor.client", name=actor.removeprefix(_CLIENT))
    return page.words("audit.actor.gateway") if actor == "gateway" else actor


def changes_of(
    page: PageMaker, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, str, str, bool]]:
    """Return name, before, after and whether it changed, for all that an entry has kept."""
    before, after = _flat(before), _flat(after)
    names = [*before, *(one for one in after if one not in before)]
    return [
        (
            said_field(page, name),
            _in_words(page, name, before.get(name)),
            _in_words(page, name, after.get(name)),
            before.get(name) != after.get(name),
        )
        for name in names
    ]


def _flat(kept: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in kept.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat


def said_field(page: PageMaker, name: str) -> str:
    """Return what a kept value is called; one that has no word yet by its own name."""
    word = f"audit.field.{name}"
    return page.words(word) if word in page.words else name


def _in_words(page: PageMaker, name: str, value: Any) -> str:
    """Return a kept value in words where the catalogue has them, else as it was kept."""
    if name == "roles" and isinstance(value, list):
        return ", ".join(_role(page, str(one)) for one in value)
    word = f"audit.value.{name}.{value}"
    return page.words(word) if word in page.words else _written(value)


def _role(page: PageMaker, grant: str) -> str:
    role, at, scope = grant.partition("@")
    word = f"role.{role}"
    return (page.words(word) if word in page.words else role) + (f" ({scope})" if at else "")


def _written(value: Any) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return "✓" if value else "–"
        case str() | int() | float():
            return str(value)
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case _:
            return _as_json(value)


def _as_json(value: Any) -> str:
    return "" if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _agency(state: ApiState, code: str) -> str:
    history = state.services.rulebook.directory.history(code)
    return history[-1].name if history else code
