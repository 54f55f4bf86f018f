"""The files that pages load: ours, and the scripts that set-up fetched, each under its digest.

An address names what it holds, so a browser keeps it for a year and asks again only for what has
changed. Everything is read once, when the gateway starts; nothing outside the folder is served.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Self, cast

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter(prefix="/console/assets")

_MEDIA: Final = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its address below the folder, and its bytes as they are and compressed."""

    name: str
    address: str
    media: str
    body: bytes
    zipped: bytes

    def __repr__(self) -> str:
        return f"<Asset {self.address}, {len(self.body)} bytes>"


class Shelf:
    """Every file that there is, by name (`console.css`, `npm/htmx.js`) and by address."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        made = [_asset(name, body) for name, body in sorted(contents.items())]
        self._by_name = {one.name: one for one in made}
        self._by_address = {one.address: one for one in made}

    def __repr__(self) -> str:
        return f"<Shelf {len(self._by_name)} files>"

    @classmethod
    def stocked(cls) -> Self:
        """Return what lies in gateway/console/assets, and in its npm folder if set-up filled it."""
        ours = files("gateway.console").joinpath("assets")
        folders = {"": ours, "npm/": ours.joinpath("npm")}
        return cls(
            {
                prefix + one.name: one.read_bytes()
                for prefix, folder in folders.items()
                if folder.is_dir()
                for one in folder.iterdir()
                if one.name.rpartition(".")[2] in _MEDIA
            }
        )

    def url(self, name: str) -> str:
        """Return the address of a file; KeyError if there is none of that name."""
        return f"{router.prefix}/{self._by_name[name].address}"

    def has(self, name: str) -> bool:
        return name in self._by_name

    def scripts(self) -> list[str]:
        """Return the addresses of the scripts of every page; set-up without npm leaves ours."""
        wanted = ("npm/htmx.js", "npm/sse.js", "console.js")
        return [self.url(name) for name in wanted if name in self._by_name]

    def find(self, address: str) -> Asset | None:
        return self._by_address.get(address)


@router.get("/{address:path}")
async def get_asset(request: Request, address: str) -> Response:
    """Serve a file under its digest, compressed for whom can read it so."""
    found = cast(Shelf, request.app.state.shelf).find(address)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_A_YEAR, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.zipped, media_type=found.media, headers=headers)
    return Response(found.body, media_type=found.media, headers=headers)


def _asset(name: str, body: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    address = f"{stem}.{sha256(body).hexdigest()[:12]}.{ending}"
    return Asset(name, address, _MEDIA[ending], body, gzip.compress(body, mtime=0))
