"""/v1/documents/{sha256}: fetch a document, or a range of it.

An agency is served what it handed in itself, and what a transfer refers to while that concerns it.
Whatever else is here is, to it, not here. Everything that is served is on record first.
"""

import asyncio
import base64
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.api.callers import Agency, AnyCaller
from gateway.api.documented import PROBLEMS
from gateway.api.problems import refuse
from gateway.api.state import ApiState, State
from gateway.documents.depository import Access, Content, Depository, find_content
from gateway.documents.serving import Span, begin, serve
from gateway.identity.streams import OpenStreams
from gateway.identity.tokens import Caller
from schemas.problems import ProblemType

router = APIRouter(prefix="/v1/documents", tags=["documents"])

Digest = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{64}$",
        description="The document's sha-256.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
_Line = Annotated[str | None, Header(max_length=1000)]
_RANGE: Final = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")
BYTES: Final[dict[str, Any]] = {
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The document.", **BYTES},
    206: {"description": "The range of it that was asked for.", **BYTES},
    304: {"description": "It is what you have."},
    **PROBLEMS(400, 401, 403, 404, 416, 422, 501, 503),
}


@router.get(
    "/{sha256}",
    summary="Fetch a document",
    operation_id="fetchDocument",
    response_class=Response,
    responses=_ANSWERS,
)
async def fetch(
    sha256: Digest,
    caller: AnyCaller,
    agency: Agency,
    state: State,
    range: _Line = None,
    if_range: _Line = None,
    if_none_match: _Line = None,
) -> Response:
    """Return its bytes; ETag and Repr-Digest (RFC 9530) are of the whole, also on a range."""
    depository = depository_of(state)
    content = await _open_content(depository, sha256, agency)
    headers = describe(content)
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    span = wanted_span(content, range, if_range)
    access = Access(
        "served",
        caller.client_id,
        content.sha256,
        depository.clock.now(),
        agency=agency,
        transfer=content.transfer,
        first=span.first,
        past=span.past,
    )
    return await stream(state, caller, content, access, span)


@router.head(
    "/{sha256}",
    summary="Ask about a document",
    operation_id="askDocument",
    response_class=Response,
    responses=_ANSWERS,
)
async def ask(sha256: Digest, agency: Agency, state: State) -> Response:
    """Return what GET would say of it, without its bytes."""
    content = await _open_content(depository_of(state), sha256, agency)
    headers = describe(content) | {"Content-Length": str(content.size)}
    return Response(status_code=200, headers=headers, media_type=content.media_type)


async def stream(
    state: ApiState, caller: Caller, content: Content, access: Access, span: Span
) -> StreamingResponse:
    """Put the access on record, then answer with the bytes as they are read."""
    depository = depository_of(state)
    await begin(depository, access)
    headers = describe(content) | {"Content-Length": str(span.past - span.first)}
    is_part = (span.first, span.past) != (0, content.size)
    if is_part:
        headers["Content-Range"] = f"bytes {span.first}-{span.past - 1}/{content.size}"
    return _Download(
        serve(depository, content, access, span),
        state.services.streams,
        caller,
        status_code=206 if is_part else 200,
        headers=headers,
        media_type=content.media_type,
    )


class _Download(StreamingResponse):
    """An answer that breaks off when its client is no longer good: the server cuts the line."""

    def __init__(
        self, pieces: AsyncGenerator[bytes], streams: OpenStreams, caller: Caller, **answer: Any
    ) -> None:
        super().__init__(pieces, **answer)
        self._pieces = pieces
        self._streams = streams
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with aclosing(self._pieces), asyncio.timeout(None) as going_on:
                with self._streams.of(self._caller, lambda: going_on.reschedule(loop.time())):
                    await super().__call__(scope, receive, send)
        except TimeoutError:
            if not going_on.expired():
                raise


def describe(content: Content) -> dict[str, str]:
    """Say what a content is, in headers; a file's name is not known here."""
    digest = base64.b64encode(content.sha256).decode()
    return {
        "ETag": f'"{content.sha256.hex()}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "attachment",
    }


def wanted_span(content: Content, range_: str | None, if_range: str | None) -> Span:
    """Read Range as RFC 9110 does: one range of bytes; what is no such range is passed over."""
    whole = Span(0, content.size)
    found = _RANGE.fullmatch(range_.strip()) if range_ is not None else None
    is_stale = if_range is not None and if_range.strip() != f'"{content.sha256.hex()}"'
    if found is None or is_stale or found[1] == found[2] == "":
        return whole
    first, last = found[1], found[2]
    if first == "":
        span = Span(max(0, content.size - int(last)), content.size)
    elif last != "" and int(last) < int(first):
        return whole
    else:
        past = content.size if last == "" else min(content.size, int(last) + 1)
        span = Span(int(first), past)
    if span.first >= span.past:
        raise refuse(
            ProblemType.RANGE_NOT_SATISFIABLE,
            f"the document has {content.size} bytes",
            headers={"Content-Range": f"bytes */{content.size}"},
        )
    return span


def depository_of(state: ApiState) -> Depository:
    """Return where documents are kept; refuse where none are."""
    depository = state.services.depository
    if depository is None:
        raise refuse(ProblemType.DOCUMENTS_OFF, "no folder for documents is configured")
    return depository


def readable(content: Content | None) -> Content:
    """Return a content that can be served; refuse what is not, or no longer, there."""
    match content:
        case Content(state="kept"):
            return content
        case Content(state="quarantined"):
            raise refuse(
                ProblemType.DOCUMENT_QUARANTINED,
                "it waits for the malware scanner",
                headers={"Retry-After": "10"},
            )
        case Content(state="infected"):
            raise refuse(ProblemType.DOCUMENT_INFECTED, "it was found to carry malware and removed")
    raise refuse(ProblemType.NOT_FOUND, "no document of yours has this digest")


async def _open_content(depository: Depository, sha256: str, agency: str) -> Content:
    content = await find_content(depository, bytes.fromhex(sha256), agency)
    return readable(content if content is not None and content.is_open else None)
