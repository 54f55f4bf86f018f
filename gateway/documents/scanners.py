"""Malware scanners: given a stream of bytes, they say clean or infected, or are not there.

A scanner that cannot say is away: nothing is ever taken for clean because nobody looked. Two ways
of asking: a daemon that speaks clamd's INSTREAM command, and a program that reads standard input
and ends with 0 (clean) or 1 (infected), as clamdscan does; any other end means away.
"""

import asyncio
import shlex
from collections.abc import AsyncIterator
from contextlib import suppress
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

WITHIN: Final = 60.0
"""Seconds for any single step: connecting, taking a piece, the verdict after the last one."""


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    AWAY = "away"


class Scanner(Protocol):
    """Something that looks at content; it never raises for its own troubles."""

    async def scan(self, content: AsyncIterator[bytes]) -> Verdict:
        """Return what it found."""
        ...


def scanner_of(setting: str) -> Scanner:
    """Read `clamd://host:port`, `clamd:///path/of/socket` or `command:program arguments`."""
    scheme, _, rest = setting.partition(":")
    if scheme == "command" and rest.strip():
        return ScannerProgram(*shlex.split(rest))
    parts = urlsplit(setting)
    if scheme == "clamd" and parts.hostname and parts.port:
        return ClamdScanner(host=parts.hostname, port=parts.port)
    if scheme == "clamd" and not parts.netloc and parts.path:
        return ClamdScanner(path=parts.path)
    raise ValueError("a scanner is clamd://host:port, clamd:///socket or command:program")


class ClamdScanner:
    """Speaks INSTREAM: pieces with their length before them, an empty one at the end."""

    def __init__(self, *, host: str = "", port: int = 0, path: str = "") -> None:
        self._host, self._port, self._path = host, port, path

    def __repr__(self) -> str:
        return f"<ClamdScanner {self._path or f'{self._host}:{self._port}'}>"

    async def scan(self, content: AsyncIterator[bytes]) -> Verdict:
        try:
            async with asyncio.timeout(WITHIN):
                reader, writer = await self._connect()
        except (OSError, TimeoutError):
            return Verdict.AWAY
        try:
            return await self._ask(reader, writer, content)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            return Verdict.AWAY
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path:
            return await asyncio.open_unix_connection(self._path)
        return await asyncio.open_connection(self._host, self._port)

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        content: AsyncIterator[bytes],
    ) -> Verdict:
        writer.write(b"zINSTREAM\0")
        async for piece in content:
            writer.write(len(piece).to_bytes(4, "big") + piece)
            async with asyncio.timeout(WITHIN):
                await writer.drain()
        writer.write(bytes(4))
        async with asyncio.timeout(WITHIN):
            await writer.drain()
            answer = (await reader.readuntil(b"\0")).rstrip(b"\0").strip()
        if answer == b"stream: OK":
            return Verdict.CLEAN
        return Verdict.INFECTED if answer.endswith(b" FOUND") else Verdict.AWAY


class ScannerProgram:
    """Runs a program per content."""

    def __init__(self, *command: str) -> None:
        self._command = command

    def __repr__(self) -> str:
        return f"<ScannerProgram {self._command[0]}>"

    async def scan(self, content: AsyncIterator[bytes]) -> Verdict:
        silent = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=silent, stderr=silent
            )
        except OSError:
            return Verdict.AWAY
        try:
            was_read = await self._feed(process, content)
            async with asyncio.timeout(WITHIN):
                ended = await process.wait()
        except TimeoutError:
            return Verdict.AWAY
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        match ended:
            case 0 if was_read:
                return Verdict.CLEAN
            case 1:
                return Verdict.INFECTED
        return Verdict.AWAY

    async def _feed(
        self, process: asyncio.subprocess.Process, content: AsyncIterator[bytes]
    ) -> bool:
        """Write everything; False if the program closed its side before it had seen it all."""
        assert process.stdin is not None
        try:
            async for piece in content:
                process.stdin.write(piece)
                async with asyncio.timeout(WITHIN):
                    await process.stdin.drain()
            process.stdin.close()
            await process.stdin.wait_closed()
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True
