"""/v1/operations/documents: what became of a content, who had it, and, with a reason, itself.

The reason travels in the body and is kept with the access; nothing of it is part of an address.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.answers import as_json
from gateway.api.callers import Agency, Operator
from gateway.api.documented import PROBLEMS
from gateway.api.documents import BYTES, Digest, depository_of, readable, stream
from gateway.api.problems import refuse
from gateway.api.state import State
from gateway.documents.depository import Access, find_content
from gateway.documents.serving import Span
from gateway.operations.transfer_view import find_transfer
from gateway.store.sql import statement
from schemas.problems import ProblemType
from schemas.wire import LINE_PATTERN

router = APIRouter(prefix="/v1", tags=["documents"])

_NEWEST: Final = UUID(int=2**128 - 1)
ContentState = Literal["quarantined", "kept", "infected", "purging", "purged"]


class AccessShape(BaseModel):
    """One line of the audit; served is null while it goes on, or if our own end cut it short."""

    id: UUID
    at: datetime
    act: Literal["stored", "served", "shown", "infected", "purged"]
    actor: str
    agency: str | None
    transfer: UUID | None
    reason: str | None
    first: int | None
    past: int | None
    served: int | None


class ContentShape(BaseModel):
    """A content as operators see it: never its bytes, never a file's name."""

    sha256: str
    size: int
    media_type: str
    state: ContentState
    stored_at: datetime
    judged_at: datetime | None
    purged_at: datetime | None
    holders: list[str]
    transfers: list[UUID]
    accesses: list[AccessShape]
    next: UUID | None


class ViewOrder(BaseModel):
    """Why an operator has to see it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=3,
        max_length=500,
        pattern=LINE_PATTERN,
        description="Kept with the access. No personal data.",
        examples=["Đối chiếu theo đề nghị của đơn vị"],
    )


class TransferDocument(BaseModel):
    """A content that a transfer refers to; `held`: you handed it in, or were served all of it."""

    sha256: str
    size: int
    media_type: str
    state: ContentState
    since: datetime
    held: bool


class TransferDocuments(BaseModel):
    """What a transfer refers to of what is in the gateway's keeping."""

    documents: list[TransferDocument]


@router.get(
    "/transfers/{transfer}/documents",
    summary="List a transfer's documents",
    operation_id="listTransferDocuments",
    responses={200: {"model": TransferDocuments}, **PROBLEMS(400, 401, 403, 404, 501, 503)},
)
async def list_transfer_documents(transfer: UUID, agency: Agency, state: State) -> Response:
    """Return the documents in the gateway's keeping, and which of them you have already."""
    depository = depository_of(state)
    found = await find_transfer(depository.pool, transfer, agency)
    if found is None or not found.concerns:
        raise refuse(ProblemType.NOT_FOUND, "no transfer of yours has this id")
    async with depository.pool.connection() as connection:
        listed = await connection.execute(
            statement("list_transfer_documents"), {"transfer": transfer, "agency": agency}
        )
        rows = await listed.fetchall()
    names = TransferDocument.model_fields
    told = [dict(zip(names, (bytes(row[0]).hex(), *row[1:]), strict=True)) for row in rows]
    return as_json({"documents": told})


@router.get(
    "/operations/documents/{sha256}",
    summary="See what became of a document, and who had it",
    operation_id="inspectDocument",
    tags=["operations"],
    responses={200: {"model": ContentShape}, **PROBLEMS(400, 401, 403, 404, 501, 503)},
)
async def inspect(
    sha256: Digest,
    _operator: Operator,
    state: State,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """Return a content's state and its audit, newest first; also of what was purged."""
    depository = depository_of(state)
    asked: dict[str, Any] = {
        "sha256": bytes.fromhex(sha256),
        "before": before or _NEWEST,
        "limit": limit,
    }
    async with depository.pool.connection() as connection:
        shown = await (await connection.execute(statement("show_document"), asked)).fetchone()
        if shown is None:
            raise refuse(ProblemType.NOT_FOUND, "no document had this digest here")
        listed = await connection.execute(statement("list_document_accesses"), asked)
        accesses = await listed.fetchall()
    names = list(AccessShape.model_fields)
    told = [dict(zip(names, row, strict=True)) for row in accesses]
    facts = dict(zip(list(ContentShape.model_fields)[1:9], shown, strict=True))
    following = told[-1]["id"] if len(told) == limit else None
    return as_json({"sha256": sha256, **facts, "accesses": told, "next": following})


@router.post(
    "/operations/documents/{sha256}/content",
    summary="Look into a document, for a reason",
    operation_id="viewDocument",
    tags=["operations"],
    response_class=Response,
    responses={
        200: {"description": "The document.", **BYTES},
        **PROBLEMS(400, 401, 403, 404, 422, 501, 503),
    },
)
async def view(sha256: Digest, ordered: ViewOrder, operator: Operator, state: State) -> Response:
    """Return a content's bytes; who saw it when and why is on record before they leave."""
    depository = depository_of(state)
    content = readable(await find_content(depository, bytes.fromhex(sha256), None))
    access = Access(
        "shown",
        f"operator:{operator.client_id}",
        content.sha256,
        depository.clock.now(),
        reason=ordered.reason,
        first=0,
        past=content.size,
    )
    return await stream(state, operator, content, access, Span(0, content.size))
