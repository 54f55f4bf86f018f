"""The words of tus 1.0.0 (https://tus.io): headers read and written, nothing decided.

Spoken are the core protocol, creation, creation-with-upload, checksum, expiration, termination.
"""

import base64
import binascii
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any, Final

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute

from gateway.api.problems import Refusal, refuse
from gateway.documents.receiving import PieceChecksum
from gateway.documents.uploads import Declaration, Upload
from schemas.problems import ProblemType

VERSION: Final = "1.0.0"
PIECE_MEDIA_TYPE: Final = "application/offset+octet-stream"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS: Final = ("sha1", "sha256")
MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,49}/[a-z0-9][a-z0-9!#$&^_.+-]{0,49}")

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SPOKEN = {"Tus-Resumable": VERSION}


class TusRoute(APIRoute):
    """A route whose every answer says which version is spoken."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def spoken(request: Request) -> Response:
            try:
                response = await handle(request)
            except Refusal as refusal:
                refusal.headers |= _SPOKEN
                raise
            response.headers.update(_SPOKEN)
            return response

        return spoken


async def speaks_tus(
    tus_resumable: Annotated[str | None, Header(description="1.0.0", examples=[VERSION])] = None,
) -> None:
    """Refuse who speaks another version, and name ours."""
    if tus_resumable != VERSION:
        raise refuse(
            ProblemType.UPLOAD_PROTOCOL,
            "the header Tus-Resumable must say 1.0.0",
            headers={"Tus-Version": VERSION},
        )


def declaration_of(agency: str, length: int, metadata: str) -> Declaration:
    """Read Upload-Length and Upload-Metadata: `sha256` in hexadecimal and `media_type`.

    tus clients call the type `filetype`; that is read too. Every other key, a file's name among
    them, is passed over and kept nowhere.
    """
    told = _pairs(metadata)
    digest = told.get("sha256", "").lower()
    if _DIGEST.fullmatch(digest) is None:
        raise refuse(
            ProblemType.BAD_QUERY,
            "Upload-Metadata must have sha256: 64 hexadecimal digits, in base64",
        )
    media_type = told.get("media_type", told.get("filetype", "")).lower()
    if MEDIA_TYPE.fullmatch(media_type) is None:
        raise refuse(
            ProblemType.BAD_QUERY, "Upload-Metadata must have media_type: a media type, in base64"
        )
    return Declaration(agency, bytes.fromhex(digest), length, media_type)


def checksum_of(header: str | None) -> PieceChecksum | None:
    """Read Upload-Checksum."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise refuse(ProblemType.BAD_QUERY, f"Upload-Checksum is one of {', '.join(ALGORITHMS)}")
    try:
        expected = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise refuse(ProblemType.BAD_QUERY, "Upload-Checksum is an algorithm and base64") from None
    return PieceChecksum(algorithm, expected)


def standing(upload: Upload) -> dict[str, str]:
    """Say where an upload stands."""
    told = {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.declared.size),
        "Cache-Control": "no-store",
    }
    if upload.state == "open":
        told["Upload-Expires"] = http_date(upload.expires_at)
    return told


def offered(largest: int) -> Mapping[str, str]:
    """Say what is spoken, in answer to OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(largest),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def http_date(instant: datetime) -> str:
    """Write an instant as HTTP headers do (RFC 9110)."""
    return format_datetime(instant, usegmt=True)


def _pairs(metadata: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for part in metadata.split(","):
        name, _, encoded = part.strip().partition(" ")
        if name not in ("sha256", "media_type", "filetype"):
            continue
        try:
            told[name] = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            raise refuse(
                ProblemType.BAD_QUERY, f"Upload-Metadata: {name} is not base64 of ASCII"
            ) from None
    return told
