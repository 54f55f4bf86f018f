"""What a mapping file may say, and nothing else: strict, frozen, unknown names refused."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from schemas.wire import StrictModel

Scalar = bool | int | str
Certainty = Literal["sourced", "secondary", "observed", "ours", "unverified"]
Direction = Literal["in", "out", "both"]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$")]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*$")]
UrlPath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9/._~{}-]*$")]
Header = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]


class _Part(StrictModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class When(_Part):
    """A condition on one value; several are all to hold."""

    path: Path
    equals: Scalar | None = None
    among: list[Scalar] | None = Field(None, alias="in")
    present: bool | None = None


class Rule(_Part):
    """Writes one member of a document: from a path, a constant, or one item per item of a list.

    A value that is missing is a fault unless `optional`; one longer than `max` always is.
    """

    to: Path
    source: Path | None = Field(None, alias="from")
    value: Scalar | None = None
    each: Path | None = None
    fields: list["Rule"] = Field(default_factory=list)
    table: Name | None = None
    status: bool = False
    date: str | None = None
    as_: Literal["text", "integer", "boolean"] | None = Field(None, alias="as")
    max: Annotated[int, Field(ge=1)] | None = None
    optional: bool = False
    when: list[When] = Field(default_factory=list)


class Table(_Part):
    """Our words and the partner's, one row each; read from left to right, and back if `unique`."""

    rows: dict[str, Scalar]
    source: str
    certainty: Certainty


class StatusFile(_Part):
    """The table of the partner's statuses: a file beside the mapping."""

    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*\.tsv$")]


class Code(_Part):
    """What one code in the partner's answers comes to."""

    means: Literal[
        "done", "already", "there", "permanent", "transient", "unknown", "missing", "login"
    ]
    says: str
    source: str
    certainty: Certainty


class Shown(_Part):
    """Where a secret or a session is shown: in a header, or in a member of the body."""

    place: Literal["header", "body"] = Field(alias="in")
    name: Name


class Authentication(_Part):
    """How we prove who we are. Names of secrets are members of the endpoint's `secret`."""

    way: Literal["none", "secret", "session", "oauth2-client-credentials", "oauth2-password"]
    path: UrlPath | None = None
    shown: Shown | None = None
    secret: Name | None = None
    secrets: dict[Name, Name] = Field(default_factory=dict)
    """Session: member of the login's body → name of the secret that is put there."""
    token: Path | None = None
    """Session: where in the login's answer the session stands."""
    scope: str | None = None


class Call(_Part):
    """One request for one kind of message; several that fit are made in the file's order."""

    name: Name
    on: list[str]
    when: list[When] = Field(default_factory=list)
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    path: UrlPath
    headers: dict[Header, Scalar] = Field(default_factory=dict)
    key: Shown | None = None
    """Where the delivery's id goes, for a partner that knows ids."""
    repeatable: bool = False
    """Whether this one call may be made twice where the dialect's others may not: after a lost
    answer it is made again, and what follows it is made for the first time."""
    fields: list[Rule]


class Ask(_Part):
    """The question what the partner has of a dossier.

    With `first` it is put before every call, and `asked.found` tells the rules what came of it.
    `same` says what has to stand in the answer if the message has been taken; where it does not,
    it has not. A status in `keep` is never overwritten: the partner knows more than we do.
    """

    on: list[str]
    method: Literal["GET", "POST"] = "POST"
    path: UrlPath
    fields: list[Rule] = Field(default_factory=list)
    first: bool = False
    same: list[Rule] = Field(default_factory=list)
    shows_status: Path | None = None
    none: Path | None = None
    """Where an empty list says that the partner has not got the dossier."""
    keep: list[str] = Field(default_factory=list)


class Hear(_Part):
    """One kind of post of the partner, and the message of ours that it is.

    `operation` is the last part of the address it posts to. Without an `id` of its own a post is
    told from others by its content.
    """

    name: Name
    operation: Name | None = None
    when: list[When] = Field(default_factory=list)
    kind: str | None
    id: list[Path] = Field(default_factory=list)
    subject: Path | None = None
    claimed: Path | None = None
    claimed_date: str | None = None
    code: Path | None = None
    text: Path | None = None
    fields: list[Rule] = Field(default_factory=list)


class Hearing(_Part):
    """How the partner proves who it is, what it is answered, and what it may post."""

    way: Literal["secret", "bearer"]
    shown: Shown | None = None
    largest: Annotated[int, Field(ge=1, le=16 * 1024 * 1024)] = 262_144
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    """The HTTP status of every answer, for a partner that reads only the body's code."""
    code: Name
    text: Name
    answers: dict[Literal["taken", "again", "refused", "unread", "stranger", "later"], Scalar]
    posts: list[Hear]


class Mapping(_Part):
    """A whole mapping file."""

    dialect: Name
    title: str
    zone: str
    source: str
    certainty: Certainty
    repeatable: bool
    """Whether the same call twice has one effect there."""
    silent: list[str]
    """Kinds that this partner is not told; every kind to agencies is here or has a call."""
    silent_otherwise: list[str] = Field(default_factory=list)
    """Kinds that it is told only if a call fits; of the others one that fits none is refused."""
    authentication: Authentication
    code: Path | None = None
    """Where in an answer the partner's code stands; without it the HTTP status decides."""
    codes: dict[str, Code] = Field(default_factory=dict)
    tables: dict[Name, Table] = Field(default_factory=dict)
    statuses: StatusFile | None = None
    call: list[Call] = Field(default_factory=list)
    ask: Ask | None = None
    hear: Hearing | None = None
