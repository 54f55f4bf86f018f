"""Read a mapping file strictly: a dialect, or every fault in it with its place."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from connectors.dialects.applying import text_of
from connectors.dialects.codes import codes_of
from connectors.dialects.dates import FORMATS, ISO, is_format
from connectors.dialects.dialect import NEEDLESS, TO_AGENCIES, Dialect, Words
from connectors.dialects.model import Mapping, Rule
from connectors.dialects.paths import has_path, item_model
from connectors.dialects.statuses import StatusTable, read_statuses
from schemas.kinds import FROM_AGENCIES, Kind
from schemas.registry import REGISTRY

_ENVELOPE: Final = frozenset({"id", "subject", "time", "type", "source"})
_OURS: Final = ("options", "asked")
_FROM_AGENCIES: Final = frozenset(kind.value for kind in FROM_AGENCIES)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where in the file, and what."""

    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


class NotADialect(ValueError):
    """A mapping that cannot be used; `faults` are all that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def read_dialect(text: str, open_file: Callable[[str], str]) -> Dialect:
    """Read a mapping; `open_file` gives the text of a file beside it. Raise NotADialect."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotADialect([Fault("file", str(error))]) from None
    try:
        mapping = Mapping.model_validate(document)
    except ValidationError as error:
        raise NotADialect([_fault(one) for one in error.errors(include_url=False)]) from None
    statuses, faults = _statuses(mapping, open_file)
    faults += list(_faults_of(mapping, statuses))
    if faults:
        raise NotADialect(faults)
    return Dialect(
        name=mapping.dialect,
        mapping=mapping,
        zone=ZoneInfo(mapping.zone),
        statuses=statuses,
        tables={name: _words(table.rows) for name, table in mapping.tables.items()},
        codes=codes_of(mapping.dialect, mapping.codes),
    )


def _fault(error: Any) -> Fault:
    place = ".".join(str(part) for part in error["loc"]) or "file"
    return Fault(place, str(error["msg"]))


def _statuses(mapping: Mapping, open_file: Callable[[str], str]) -> tuple[StatusTable, list[Fault]]:
    if mapping.statuses is None:
        return StatusTable(()), []
    name = mapping.statuses.file
    try:
        table, faults = read_statuses(open_file(name))
    except OSError:
        return StatusTable(()), [Fault("statuses.file", "there is no such file beside it")]
    return table, [Fault(f"{name} {place}", says) for place, says in faults]


def _words(rows: dict[str, Any]) -> Words:
    written = [text_of(value) for value in rows.values()]
    back = {text_of(v): ours for ours, v in rows.items() if written.count(text_of(v)) == 1}
    return Words(rows, back)


def _faults_of(mapping: Mapping, statuses: StatusTable) -> Iterator[Fault]:
    try:
        ZoneInfo(mapping.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Fault("zone", "there is no such time zone")
    yield from _kinds(mapping)
    yield from _authentication(mapping)
    for call in mapping.call:
        place = f"call {call.name}"
        yield from _event_rules(place, call.fields, call.on, mapping, statuses)
        yield from _event_paths(place, _slots(call.path), call.on)
        yield from _event_paths(place, [one.path for one in call.when], call.on)
    if mapping.ask is not None:
        yield from _event_rules("ask", mapping.ask.fields, mapping.ask.on, mapping, statuses)
        yield from _event_rules("ask same", mapping.ask.same, mapping.ask.on, mapping, statuses)
        yield from _event_paths("ask", _slots(mapping.ask.path), mapping.ask.on)
        yield from _known("ask keep", mapping.ask.keep, {one.code for one in statuses})
    yield from _heard(mapping, statuses)


def _kinds(mapping: Mapping) -> Iterator[Fault]:
    called = {kind for call in mapping.call for kind in call.on}
    for kind in sorted(TO_AGENCIES - NEEDLESS - called - set(mapping.silent)):
        yield Fault("silent", f"{kind} has no call, and is not among what is not told either")
    yield from _known("silent", mapping.silent, TO_AGENCIES)
    yield from _known("call on", called, TO_AGENCIES)
    yield from _known("silent_otherwise", mapping.silent_otherwise, called)
    for kind in sorted(called & set(mapping.silent)):
        yield Fault("silent", f"{kind} has a call")


def _known(place: str, names: Any, known: Any) -> Iterator[Fault]:
    for name in sorted(set(names) - set(known)):
        yield Fault(place, f"{name} is not known")


def _authentication(mapping: Mapping) -> Iterator[Fault]:
    said = mapping.authentication
    needs = {
        "secret": ("shown", "secret"),
        "session": ("path", "shown", "secrets", "token"),
        "oauth2-client-credentials": ("path",),
        "oauth2-password": ("path",),
    }
    for name in needs.get(said.way, ()):
        if not getattr(said, name):
            yield Fault(f"authentication.{name}", f"{said.way} needs it")
    if mapping.ask is not None and mapping.ask.method == "GET":
        if said.shown is not None and said.shown.place == "body":
            yield Fault("ask.method", "GET has no body to show a secret or a session in")
        if mapping.ask.fields:
            yield Fault("ask.fields", "GET has no body")
    for code in (code for code, one in mapping.codes.items() if one.means == "there"):
        if mapping.ask is None or not mapping.ask.same:
            yield Fault(
                f"codes.{code}", "`there` needs a question that says whether it is the same"
            )
    hearing = mapping.hear
    if hearing is not None and hearing.way == "secret" and hearing.shown is None:
        yield Fault("hear.shown", "say where the partner shows its secret")


def _slots(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _event_rules(
    place: str, rules: Sequence[Rule], kinds: Sequence[str], mapping: Mapping, table: StatusTable
) -> Iterator[Fault]:
    """Check rules that read our events: every path must exist in each kind that is named."""
    yield from _rules(place, rules, mapping, table)
    for rule in rules:
        paths = [rule.source, rule.each, *(one.path for one in rule.when)]
        yield from _event_paths(f"{place} {rule.to}", [one for one in paths if one], kinds)
        if rule.each and rule.each.startswith("data."):
            way = rule.each.split(".")[1:]
            known = [kind for kind in kinds if kind in TO_AGENCIES]
            items = [one for kind in known for one in item_model(_model(kind), way)]
            for inner in rule.fields:
                if inner.source and items and not _any_has(items, inner.source):
                    yield Fault(f"{place} {rule.to}.{inner.to}", f"items have no {inner.source}")


def _any_has(models: Sequence[Any], path: str) -> bool:
    return any(has_path(one, path.split(".")) for one in models)


def _event_paths(place: str, paths: Sequence[str], kinds: Sequence[str]) -> Iterator[Fault]:
    for path in paths:
        first, *rest = path.split(".")
        if first in _OURS and rest:
            continue
        if first in _ENVELOPE and not rest:
            continue
        if first != "data":
            yield Fault(place, f"{path} is no path into an event")
            continue
        for kind in kinds:
            if kind in TO_AGENCIES and not has_path(_model(kind), rest):
                yield Fault(place, f"{kind} has no {path}")


def _model(kind: str) -> Any:
    return REGISTRY.model_for(Kind(kind).type)


def _rules(
    place: str, rules: Sequence[Rule], mapping: Mapping, table: StatusTable
) -> Iterator[Fault]:
    for rule in rules:
        here = f"{place} {rule.to}"
        sources = sum(one is not None for one in (rule.source, rule.value, rule.each))
        if sources != 1:
            yield Fault(here, "comes from exactly one of `from`, `value` and `each`")
        if bool(rule.fields) is not (rule.each is not None):
            yield Fault(here, "`each` and `fields` go together")
        if sum((rule.table is not None, rule.status, rule.date is not None)) > 1:
            yield Fault(here, "is only one of `table`, `status` and `date`")
        if rule.table is not None and rule.table not in mapping.tables:
            yield Fault(here, f"there is no table {rule.table}")
        if rule.date is not None and not is_format(rule.date):
            yield Fault(here, f"a date is one of {', '.join((*FORMATS, ISO))}")
        if rule.status and not list(table):
            yield Fault(here, "there is no table of statuses")
        yield from _rules(here, rule.fields, mapping, table)


def _heard(mapping: Mapping, table: StatusTable) -> Iterator[Fault]:
    for post in mapping.hear.posts if mapping.hear else ():
        place = f"hear {post.name}"
        yield from _rules(place, post.fields, mapping, table)
        if post.kind is None:
            continue
        yield from _known(place, [post.kind], _FROM_AGENCIES)
        for rule in post.fields:
            if post.kind in _FROM_AGENCIES and not has_path(_model(post.kind), rule.to.split(".")):
                yield Fault(f"{place} {rule.to}", f"{post.kind} has no such field")
            if rule.table in mapping.tables:
                words = _words(mapping.tables[rule.table].rows)
                if len(words.back) != len(words.words):
                    yield Fault(f"{place} {rule.to}", f"table {rule.table} cannot be read back")
        if post.claimed is not None and not is_format(post.claimed_date or ""):
            yield Fault(f"{place} claimed_date", f"is one of {', '.join((*FORMATS, ISO))}")
