"""`make bench-documents`: a large document over a link that is cut again and again.

A real gateway process receives it through a proxy that resets every connection at points spread
over the whole, and serves it again through the same proxy, cut as often. Both ways the sender goes
on where it is told to. What counts: the sha-256 of what was fetched, how many bytes had to be sent
twice, and the gateway's memory at its peak. The last line on stdout is JSON; exit code 1 if the
document did not arrive intact or memory was not bounded.
"""

import argparse
import asyncio
import hashlib
import random
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import uvloop

from bench.gateway_process import GatewayProcess, gateway_on
from bench.processes import forget_peak
from bench.stage import Stage, set_stage
from gateway.identity.clients import Clients
from gateway.store.pool import open_pool
from tests.stage.proxy import Proxy, proxy_to

MOST_GROWTH_MB: Final = 100.0
"""What the gateway may grow by at its peak, however large the document is."""
_MEGABYTE: Final = 1024 * 1024
_TUS: Final = {"Tus-Resumable": "1.0.0"}
_AGAIN: Final = (httpx.TransportError, httpx.StreamError)


@dataclass(frozen=True, slots=True)
class Large:
    """Content of any size that is made when it is read: random bytes, each megabyte its own."""

    size: int
    block: bytes = field(default_factory=lambda: random.Random(190).randbytes(_MEGABYTE))

    def read(self, first: int, past: int) -> bytes:
        no, start = divmod(first, _MEGABYTE)
        mark = (b"%PDF-" if no == 0 else b"") + no.to_bytes(16, "big")
        whole = mark + self.block[len(mark) :]
        return whole[start : min(_MEGABYTE, start + past - first)]

    def digest(self) -> str:
        found, at = hashlib.sha256(), 0
        while at < self.size:
            piece = self.read(at, self.size)
            found.update(piece)
            at += len(piece)
        return found.hexdigest()


@dataclass(slots=True)
class Link:
    """A link that is cut once at each of some offsets."""

    proxy: Proxy
    cut_at: list[int]
    cuts: int = 0
    carried: int = 0

    def carry(self, offset: int, piece: bytes) -> None:
        self.carried += len(piece)
        if self.cut_at and offset >= self.cut_at[0]:
            self.cut_at.pop(0)
            self.cuts += 1
            self.proxy.cut_all()


async def upload(http: httpx.AsyncClient, large: Large, digest: str, link: Link) -> None:
    """Hand the document in; go on from where HEAD says after each cut."""
    told = {"sha256": digest, "media_type": "application/pdf"}
    metadata = ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in told.items())
    declared = await http.post(
        "/v1/documents/uploads",
        headers={**_TUS, "Upload-Length": str(large.size), "Upload-Metadata": metadata},
    )
    declared.raise_for_status()
    where, offset = declared.headers["Location"], int(declared.headers["Upload-Offset"])
    while offset < large.size:
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(large.size - offset),
            "Upload-Offset": str(offset),
        }
        try:
            sent = await http.patch(where, content=_pieces(large, offset, link), headers=headers)
            if sent.status_code != 423:
                sent.raise_for_status()
        except _AGAIN:
            pass
        offset = await _asked(http, where)


async def download(http: httpx.AsyncClient, large: Large, digest: str, link: Link) -> str:
    """Fetch it; go on with a range after each cut. Return the digest of what came."""
    found, at = hashlib.sha256(), 0
    while at < large.size:
        ranged = {"Range": f"bytes={at}-", "If-Range": f'"{digest}"'}
        try:
            async with http.stream("GET", f"/v1/documents/{digest}", headers=ranged) as answer:
                answer.raise_for_status()
                async for piece in answer.aiter_raw():
                    found.update(piece)
                    at += len(piece)
                    link.carry(at, piece)
        except _AGAIN:
            continue
    return found.hexdigest()


async def _asked(http: httpx.AsyncClient, where: str) -> int:
    while True:
        try:
            stands = await http.head(where, headers=_TUS)
            stands.raise_for_status()
            return int(stands.headers["Upload-Offset"])
        except _AGAIN:
            continue


async def _pieces(large: Large, offset: int, link: Link) -> AsyncIterator[bytes]:
    while offset < large.size:
        piece = large.read(offset, large.size)
        offset += len(piece)
        link.carry(offset, piece)
        yield piece


async def _token(stage: Stage, http: httpx.AsyncClient) -> str:
    agency = stage.communes[0].code
    async with open_pool(stage.database_url, size=2) as pool:
        made = await Clients(pool).register("bench-documents", agency=agency)
    answer = await http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.secret),
    )
    return str(answer.raise_for_status().json()["access_token"])


async def measure(megabytes: int, cuts: int, folder: Path) -> dict[str, Any]:
    """Run both ways once."""
    large = Large(megabytes * _MEGABYTE)
    digest = await asyncio.to_thread(large.digest)
    settings = {
        "LIENTHONG_DOCUMENTS_FOLDER": str(folder),
        "LIENTHONG_DOCUMENTS_RESERVE_MEGABYTES": "0",
        "LIENTHONG_DOCUMENT_MEGABYTES": str(megabytes),
    }
    async with set_stage(1) as stage:
        with gateway_on(stage, **settings) as gateway:
            async with proxy_to(gateway.http) as proxy:
                return await _through(proxy, gateway, stage, large, digest, cuts)


async def _through(
    proxy: Proxy, gateway: GatewayProcess, stage: Stage, large: Large, digest: str, cuts: int
) -> dict[str, Any]:
    spread = [large.size * (no + 1) // (cuts + 1) for no in range(cuts)]
    limits = httpx.Timeout(60.0)
    async with httpx.AsyncClient(base_url=proxy.url_of(gateway.http), timeout=limits) as http:
        http.headers["Authorization"] = f"Bearer {await _token(stage, http)}"
        forget_peak(gateway.pid)
        idle = gateway.memory_mb["now"]
        up, down = Link(proxy, list(spread)), Link(proxy, list(spread))
        began = time.monotonic()
        await upload(http, large, digest, up)
        uploaded = time.monotonic()
        found = await download(http, large, digest, down)
        ended = time.monotonic()
    peak = gateway.memory_mb["peak"]
    return {
        "megabytes": large.size // _MEGABYTE,
        "cuts_up": up.cuts,
        "cuts_down": down.cuts,
        "upload_seconds": round(uploaded - began, 2),
        "download_seconds": round(ended - uploaded, 2),
        "resent_megabytes": round((up.carried - large.size) / _MEGABYTE, 2),
        "idle_mb": round(idle, 1),
        "peak_mb": round(peak, 1),
        "growth_mb": round(peak - idle, 1),
        "intact": found == digest,
        "bounded": peak - idle <= MOST_GROWTH_MB,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    told = argparse.ArgumentParser(prog="make bench-documents", description=__doc__)
    told.add_argument("--megabytes", type=int, default=2048)
    told.add_argument("--cuts", type=int, default=10, help="each way")
    chosen = told.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="lienthong-documents-") as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        found = runner.run(measure(chosen.megabytes, chosen.cuts, Path(folder)))
    print(orjson.dumps(found).decode())
    holds = found["intact"] and found["bounded"]
    return 0 if holds and found["cuts_up"] == found["cuts_down"] == chosen.cuts else 1


if __name__ == "__main__":
    sys.exit(main())
