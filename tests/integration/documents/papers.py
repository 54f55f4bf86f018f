"""Documents as agencies hand them in and fetch them, over HTTP."""

import base64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from tests.integration.api.running import Api

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
UPLOADS = "/v1/documents/uploads"
PDF = "application/pdf"
Caller = dict[str, str]


@dataclass(frozen=True, slots=True)
class Paper:
    """Bytes and what is declared of them."""

    content: bytes
    media_type: str = PDF

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def url(self) -> str:
        return f"urn:lienthong:document:{self.digest}"

    def reference(self, **changes: Any) -> dict[str, Any]:
        """Refer to it as messages do."""
        return {
            "id": "doc-1",
            "name": "Giấy chứng sinh.pdf",
            "media_type": self.media_type,
            "size": len(self.content),
            "sha256": self.digest,
            "url": self.url,
            **changes,
        }


def paper(size: int = 200_000, *, of: str = "paper") -> Paper:
    """Make a PDF of so many bytes that is like no other."""
    seed = sha256(of.encode()).digest()
    return Paper((b"%PDF-1.7\n" + seed * (size // 32 + 1))[:size])


def metadata(digest: str, media_type: str = PDF, **more: str) -> str:
    pairs = {"sha256": digest, "media_type": media_type, **more}
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items()
    )


async def declare(api: Api, caller: Caller, one: Paper, **headers: str) -> httpx.Response:
    told = {
        **TUS,
        "Upload-Length": str(len(one.content)),
        "Upload-Metadata": metadata(one.digest, one.media_type),
        **caller,
        **headers,
    }
    return await api.http.post(UPLOADS, headers=told)


async def send(
    api: Api, caller: Caller, upload: str, offset: int, content: bytes, **headers: str
) -> httpx.Response:
    told = {**PIECE, "Upload-Offset": str(offset), **caller, **headers}
    return await api.http.patch(upload, content=content, headers=told)


async def hand_in(api: Api, caller: Caller, one: Paper) -> str:
    """Hand a document in and return its upload's address."""
    declared = await declare(api, caller, one)
    assert declared.status_code == 201, declared.text
    upload = declared.headers["Location"]
    if declared.headers["Upload-Offset"] != str(len(one.content)) or not one.content:
        sent = await send(api, caller, upload, 0, one.content)
        assert sent.status_code == 204, sent.text
    return str(upload)


async def fetch(api: Api, caller: Caller, one: Paper, **headers: str) -> httpx.Response:
    return await api.http.get(f"/v1/documents/{one.digest}", headers={**caller, **headers})


def files_in(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]
