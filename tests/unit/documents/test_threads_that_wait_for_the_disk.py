"""Work in a thread is waited for, however often and by whomever its waiter is cancelled."""

import asyncio
import threading

import pytest

from gateway.documents.threads import disk_threads, to_the_end


async def test_who_is_cancelled_again_and_again_still_waits_for_its_thread() -> None:
    disk, go, begun, ended = disk_threads(), threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        go.wait(10)
        ended.append(True)

    waiting = asyncio.create_task(to_the_end(disk, work))
    await asyncio.to_thread(begun.wait, 10)
    for _ in range(5):
        waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
    go.set()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True]


async def test_what_it_raises_is_raised() -> None:
    def fails() -> None:
        raise OSError(28, "no space")

    with pytest.raises(OSError, match="no space"):
        await to_the_end(disk_threads(), fails)
