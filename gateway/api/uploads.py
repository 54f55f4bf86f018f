"""/v1/documents/uploads: hand in a document, in one go or in pieces (tus 1.0.0).

Declare sha-256, size and media type first; what is here already need not be sent. Whatever breaks,
HEAD says from where to go on. The last piece is answered when the whole was verified.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from gateway.api import tus
from gateway.api.answers import as_json
from gateway.api.callers import Agency, AnyCaller, no_longer_good
from gateway.api.documented import PROBLEMS
from gateway.api.documents import depository_of
from gateway.api.problems import Refusal, refuse
from gateway.api.state import ApiState, State
from gateway.documents.depository import Depository
from gateway.documents.finishing import finish
from gateway.documents.receiving import Ended, PieceChecksum, receive
from gateway.documents.rules import SCHEME
from gateway.documents.uploads import (
    NotTaken,
    Taken,
    Upload,
    checkpoint,
    declare,
    end,
    find_upload,
    take,
)
from gateway.documents.writers import Writing
from gateway.identity.tokens import Caller
from schemas.problems import ProblemType, problem

router = APIRouter(
    prefix="/v1/documents/uploads",
    tags=["documents"],
    route_class=tus.TusRoute,
)
_TUS = [Depends(tus.speaks_tus)]
_BUSY: Final = {"Retry-After": "2"}
_FULL: Final = {"Retry-After": "60"}
_PIECE: Final[dict[str, Any]] = {
    "requestBody": {
        "content": {tus.PIECE_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
    }
}
_FAULTS: Final = (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 460, 501, 503)

_Length = Annotated[int, Header(ge=0, le=2**53 - 1, description="The document's size in bytes.")]
_Offset = Annotated[int, Header(ge=0, le=2**53 - 1, description="From where this piece goes on.")]
_Checksum = Annotated[
    str | None,
    Header(max_length=200, description="`sha256` or `sha1`, a space, base64: of this piece alone."),
]
_Metadata = Annotated[
    str,
    Header(
        max_length=4096,
        description="`sha256 <base64 of 64 hexadecimal digits>,media_type <base64>`.",
    ),
]


class UploadShape(BaseModel):
    """Where an upload stands."""

    upload: UUID
    document: str = Field(
        description="What messages give as the document's `url` once it is complete.",
        examples=[SCHEME + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    received: int
    size: int
    complete: bool
    expires_at: datetime | None


@router.options(
    "",
    summary="Ask which tus is spoken",
    operation_id="describeUploads",
    status_code=204,
    response_class=Response,
    responses=PROBLEMS(401, 501, 503),
)
async def describe(_caller: AnyCaller, state: State) -> Response:
    """Return the version, the extensions and the largest size, as headers."""
    return Response(status_code=204, headers=tus.offered(depository_of(state).rules.largest))


@router.post(
    "",
    summary="Declare a document",
    operation_id="declareUpload",
    dependencies=_TUS,
    status_code=201,
    responses={201: {"model": UploadShape}, **PROBLEMS(*_FAULTS)},
    openapi_extra=_PIECE,
)
async def post(
    request: Request,
    caller: AnyCaller,
    agency: Agency,
    state: State,
    upload_length: _Length,
    upload_metadata: _Metadata,
    upload_checksum: _Checksum = None,
) -> Response:
    """Open an upload; `Location` is where its pieces go. The first piece may come along.

    Declaring again what is under way returns the same upload. If `Upload-Offset` is the length at
    once, the document is here already and nothing has to be sent.
    """
    depository = depository_of(state)
    said = tus.declaration_of(agency, upload_length, upload_metadata)
    checksum = tus.checksum_of(upload_checksum)
    declared = await declare(depository, said)
    if isinstance(declared, NotTaken):
        raise _problem_of(declared)
    upload = declared
    if _media(request) == tus.PIECE_MEDIA_TYPE and upload.state == "open" and not upload.received:
        upload = await _receive(request, state, caller, upload, checksum)
    elif upload.state == "open" and upload.is_whole:
        upload = await _finish(depository, upload)
    headers = {"Location": f"{router.prefix}/{upload.id}", **tus.standing(upload)}
    response = as_json(_view(upload), status=201)
    response.headers.update(headers)
    return response


@router.head(
    "/{upload}",
    summary="Ask how far an upload got",
    operation_id="askUpload",
    dependencies=_TUS,
    response_class=Response,
    responses=PROBLEMS(*_FAULTS),
)
async def head(upload: UUID, agency: Agency, state: State) -> Response:
    """Return Upload-Offset. A connection that still seems to be sending it is ended."""
    depository = depository_of(state)
    found = await _settled(depository, upload, agency)
    if found.state == "open" and found.is_whole:
        found = await _finish(depository, found)
    return Response(status_code=200, headers=tus.standing(found))


@router.patch(
    "/{upload}",
    summary="Send a piece",
    operation_id="sendPiece",
    dependencies=_TUS,
    status_code=204,
    response_class=Response,
    responses=PROBLEMS(*_FAULTS),
    openapi_extra=_PIECE,
)
async def patch(
    request: Request,
    upload: UUID,
    caller: AnyCaller,
    agency: Agency,
    state: State,
    upload_offset: _Offset,
    upload_checksum: _Checksum = None,
) -> Response:
    """Write a piece where the upload ended. The last one is answered when the whole is verified."""
    depository = depository_of(state)
    if _media(request) != tus.PIECE_MEDIA_TYPE:
        raise refuse(
            ProblemType.UNSUPPORTED_MEDIA_TYPE, f"a piece is declared {tus.PIECE_MEDIA_TYPE}"
        )
    checksum = tus.checksum_of(upload_checksum)
    found = await _settled(depository, upload, agency)
    if upload_offset != found.received:
        raise refuse(
            ProblemType.UPLOAD_CONFLICT,
            f"{found.received} bytes were received; Upload-Offset must say so",
            headers={"Upload-Offset": str(found.received)},
        )
    if found.state == "open":
        found = await _receive(request, state, caller, found, checksum)
    return Response(status_code=204, headers=tus.standing(found))


@router.post(
    "/{upload}",
    summary="Send a piece where PATCH does not get through",
    operation_id="sendPieceByPost",
    dependencies=_TUS,
    status_code=204,
    response_class=Response,
    responses=PROBLEMS(*_FAULTS, 405),
    openapi_extra=_PIECE,
)
async def post_piece(
    request: Request,
    upload: UUID,
    caller: AnyCaller,
    agency: Agency,
    state: State,
    x_http_method_override: Annotated[str, Header(description="PATCH or DELETE.", max_length=10)],
    upload_offset: _Offset = 0,
    upload_checksum: _Checksum = None,
) -> Response:
    """Do what PATCH or DELETE do, named by X-HTTP-Method-Override."""
    match x_http_method_override:
        case "PATCH":
            return await patch(
                request, upload, caller, agency, state, upload_offset, upload_checksum
            )
        case "DELETE":
            return await delete(upload, agency, state)
    raise refuse(ProblemType.METHOD_NOT_ALLOWED, "X-HTTP-Method-Override is PATCH or DELETE")


@router.delete(
    "/{upload}",
    summary="Give an upload up",
    operation_id="endUpload",
    dependencies=_TUS,
    status_code=204,
    response_class=Response,
    responses=PROBLEMS(*_FAULTS),
)
async def delete(upload: UUID, agency: Agency, state: State) -> Response:
    """End an upload that is under way and drop what was received. What is complete stays."""
    depository = depository_of(state)
    found = await _settled(depository, upload, agency)
    if found.state != "open":
        raise refuse(ProblemType.UPLOAD_CONFLICT, "it is complete, and stays")
    taken = await _take(depository, found)
    await end(depository, found, "ended", writer_no=taken.writer_no)
    return Response(status_code=204)


async def _receive(
    request: Request,
    state: ApiState,
    caller: Caller,
    upload: Upload,
    checksum: PieceChecksum | None,
) -> Upload:
    """Take a piece in. If its client is no longer good before its end, what came so far stays."""
    depository = depository_of(state)
    with (
        depository.writers.at(upload.id) as writing,
        state.services.streams.of(caller, writing.interrupt) as piece,
    ):
        taken = await _take(depository, upload)
        try:
            return await _receive_as(request, depository, taken, writing, checksum)
        except Refusal:
            if piece.is_over:
                raise no_longer_good(state, {"Connection": "close"}) from None
            raise


async def _receive_as(
    request: Request,
    depository: Depository,
    taken: Taken,
    writing: Writing,
    checksum: PieceChecksum | None,
) -> Upload:
    received = await receive(depository, taken, _pieces(request), writing, checksum)
    match received.ended:
        case Ended.WRONG_CHECKSUM:
            raise refuse(ProblemType.CHECKSUM_MISMATCH, "the piece is not what its checksum says")
        case Ended.TOO_MUCH:
            raise refuse(
                ProblemType.DOCUMENT_TOO_LARGE,
                "more bytes came than were declared",
                headers={"Connection": "close"},
            )
        case Ended.DISK_FULL | Ended.DAMAGED:
            told = f"{received.received} bytes are safe; there is no room for more now"
            raise refuse(ProblemType.STORAGE_FULL, told, headers=_FULL | {"Connection": "close"})
        case Ended.LOST:
            raise refuse(ProblemType.UPLOAD_BUSY, "another connection took over", headers=_BUSY)
        case Ended.CUT:
            late = problem(
                ProblemType.UNAVAILABLE, "the piece did not come to its end", fault="network"
            )
            raise Refusal(late, headers={"Connection": "close"})
        case Ended.ALL_TAKEN:
            found = await _found(depository, taken.upload.id, taken.upload.declared.agency)
            return await _finish(depository, found) if found.is_whole else found


async def _finish(depository: Depository, upload: Upload) -> Upload:
    """Verify and keep what has come whole; one caller at a time."""
    taken = await _take(depository, upload)
    try:
        finished = await finish(depository, taken)
    except OSError:
        await checkpoint(depository, taken, upload.received, leaves=True)
        raise refuse(
            ProblemType.STORAGE_FULL, "it could not be stored now; nothing is lost", headers=_FULL
        ) from None
    match finished:
        case None:
            raise refuse(ProblemType.UPLOAD_BUSY, "another connection took over", headers=_BUSY)
        case NotTaken():
            raise _problem_of(finished)
        case Upload():
            return finished


async def _take(depository: Depository, upload: Upload) -> Taken:
    taken = await take(depository, upload)
    if taken is None:
        raise refuse(ProblemType.UPLOAD_BUSY, "another connection is sending it", headers=_BUSY)
    return taken


async def _settled(depository: Depository, upload: UUID, agency: str) -> Upload:
    """Return an upload that nobody in this process is writing any more."""
    await _found(depository, upload, agency)
    await depository.writers.settle(upload)
    return await _found(depository, upload, agency)


async def _found(depository: Depository, upload: UUID, agency: str) -> Upload:
    found = await find_upload(depository, upload, agency)
    if found is None:
        raise refuse(ProblemType.NOT_FOUND, "no upload of yours has this id")
    if found.problem is not None:
        raise _problem_of(NotTaken(ProblemType(found.problem), "it ended with this when verified"))
    is_late = found.state == "open" and found.expires_at <= depository.clock.now()
    if is_late or found.state not in ("open", "complete"):
        raise refuse(ProblemType.UPLOAD_ENDED, "it was given up, or has waited for too long")
    return found


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect as error:
        raise ConnectionResetError from error


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _problem_of(fault: NotTaken) -> Refusal:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return refuse(fault.slug, fault.detail, headers=headers)


def _view(upload: Upload) -> dict[str, Any]:
    return {
        "upload": upload.id,
        "document": SCHEME + upload.declared.sha256.hex(),
        "received": upload.received,
        "size": upload.declared.size,
        "complete": upload.state == "complete",
        "expires_at": upload.expires_at if upload.state == "open" else None,
    }
