"""Read a request's body while it streams in, never holding more than is allowed."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request

from gateway.api.problems import Refusal
from schemas.problems import ProblemType, problem

WITHIN_SECONDS = 30.0
MOST_HASHED = 16 * 1024 * 1024
"""What is too large is hashed up to here; past it the connection is not worth listening to."""


@dataclass(frozen=True, slots=True)
class Oversized:
    """A body that was not kept: how many bytes were read, their digest, whether that was all."""

    size: int
    digest: bytes
    is_whole: bool


async def read_body(request: Request, most: int) -> bytes | Oversized:
    """Return the body; one over `most` bytes is only counted and hashed as it passes by."""
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            return await _read(request, most)
    except TimeoutError:
        late = problem(
            ProblemType.UNAVAILABLE,
            f"the body did not arrive within {WITHIN_SECONDS:g} s",
            fault="network",
        )
        raise Refusal(late, headers={"Connection": "close"}) from None


async def _read(request: Request, most: int) -> bytes | Oversized:
    chunks: list[bytes] = []
    size, digest = 0, None
    async for chunk in request.stream():
        size += len(chunk)
        if digest is not None:
            digest.update(chunk)
        elif size > most:
            digest = sha256(b"".join(chunks))
            digest.update(chunk)
            chunks.clear()
        else:
            chunks.append(chunk)
        if size > max(most, MOST_HASHED):
            assert digest is not None
            return Oversized(size, digest.digest(), is_whole=False)
    if digest is not None:
        return Oversized(size, digest.digest(), is_whole=True)
    return b"".join(chunks)
