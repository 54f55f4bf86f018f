"""Say what a mapping does before a partner sees it: what is told and heard, how sure, and samples.

Pure. A sample is the published example of a kind of message, written as the partner would get it;
where the example lacks what a rule needs, its place is told instead.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.dialects.applying import Unfit, holds, read_in, write_out
from connectors.dialects.dialect import TO_AGENCIES, Dialect
from connectors.dialects.model import Call, Hear, Shown
from connectors.dialects.paths import put
from schemas.kinds import Kind
from schemas.registry import REGISTRY

SURE: Final = ("sourced", "secondary", "observed")
"""Certainties that rest on something outside; the others are to be compared with the partner."""
_HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class Sample:
    """One call as the partner gets it; or, in `lacks`, what the example has not got for it."""

    call: str
    kind: str
    path: str
    document: Mapping[str, Any] = field(default_factory=dict)
    lacks: str | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """One thing that nobody but us says."""

    place: str
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be known of a mapping that can be read."""

    told: tuple[str, ...]
    silent: tuple[str, ...]
    heard: tuple[str, ...]
    lossy: tuple[str, ...]
    """Our states that are written as a code which is read back as another one."""
    certainties: Mapping[str, int]
    unsure: tuple[Unsure, ...]
    samples: tuple[Sample, ...]


def check_dialect(dialect: Dialect, options: Mapping[str, str]) -> Checked:
    """Look at a whole mapping; `options` are an endpoint's, for the rules that read them."""
    stated = list(_stated(dialect))
    told = {kind for call in dialect.mapping.call for kind in call.on}
    posts = dialect.mapping.hear.posts if dialect.mapping.hear else []
    return Checked(
        told=tuple(sorted(told)),
        silent=tuple(sorted(kind for kind in TO_AGENCIES if dialect.is_silent(kind))),
        heard=tuple(sorted({post.kind for post in posts if post.kind is not None})),
        lossy=tuple(
            f"{row.state} is written {row.code}, which is read as {back.state}"
            for row in dialect.statuses
            if row.direction == "out" and (back := dialect.statuses.state_of(row.code))
        ),
        certainties=dict(Counter(one.certainty for one in stated)),
        unsure=tuple(one for one in stated if one.certainty not in SURE),
        samples=tuple(_samples(dialect, options)),
    )


def read_sample(post: Mapping[str, Any], operation: str | None, dialect: Dialect) -> dict[str, Any]:
    """Read a partner's post as the message it is; raise Unfit. Nobody's secret is asked for."""
    hearing = dialect.mapping.hear
    for said in hearing.posts if hearing else ():
        if said.operation in (None, operation) and holds(said.when, post):
            return _message(said, post, dialect)
    raise Unfit("unknown-operation", "/", "no such post is in this dialect")


def _message(said: Hear, post: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    return {"post": said.name, "kind": said.kind, "data": read_in(said.fields, post, dialect)}


def _stated(dialect: Dialect) -> Iterator[Unsure]:
    """Everything that the mapping says with a source."""
    mapping = dialect.mapping
    yield Unsure("the mapping", mapping.certainty, mapping.source)
    for code, one in mapping.codes.items():
        yield Unsure(f"code {code}", one.certainty, one.source)
    for name, table in mapping.tables.items():
        yield Unsure(f"table {name}", table.certainty, table.source)
    for row in dialect.statuses:
        yield Unsure(f"status {row.code}", row.certainty, row.source)


def _samples(dialect: Dialect, options: Mapping[str, str]) -> Iterator[Sample]:
    for call in dialect.mapping.call:
        for kind in call.on:
            yield _sample(call, kind, _root(kind, options), dialect)


def _root(kind: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Return the example of a kind that says most: rules find more in it."""
    examples = REGISTRY.model_for(Kind(kind).type).model_json_schema()["examples"]
    data = max(examples, key=len)
    code = data.get("dossier", {}).get("code", "H31.182-260302-0001")
    return {
        "id": "019cacf4-0940-7000-8000-00000000000a",
        "source": "urn:lienthong:gateway",
        "type": Kind(kind).type,
        "subject": code,
        "time": "2026-03-02T01:00:00Z",
        "data": data,
        "options": options,
        "asked": {"found": False},
    }


def _sample(call: Call, kind: str, root: Mapping[str, Any], dialect: Dialect) -> Sample:
    if not holds(call.when, root):
        return Sample(
            call.name, kind, call.path, lacks="its condition does not hold in the example"
        )
    try:
        document = write_out(call.fields, root, dialect)
    except Unfit as unfit:
        return Sample(call.name, kind, call.path, lacks=f"{unfit.place} {unfit.says}")
    for shown in (_proof(dialect), call.key):
        if shown is not None and shown.place == "body":
            put(shown.name, _HIDDEN if shown is not call.key else root["id"], document)
    return Sample(call.name, kind, call.path, document)


def _proof(dialect: Dialect) -> Shown | None:
    return dialect.mapping.authentication.shown
