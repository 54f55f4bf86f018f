"""A really full file system: uploads wait, what was received stays, messages go on."""

import os
import resource
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.api.running import Api, running, submission
from tests.integration.documents.papers import TUS, declare, fetch, files_in, hand_in, paper, send

SMALL = 3 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB of its own, where the machine lets us make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "lienthong-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a file system of its own")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
async def cramped(database_url: str, small_disk: Path) -> AsyncIterator[Api]:
    folder = small_disk / "documents"
    async with running(database_url, documents_folder=folder, documents_reserve_megabytes=0) as api:
        yield api


@contextmanager
def nothing_larger_than(size: int) -> Iterator[None]:
    """Have writes of this process beyond a size fail, as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_an_upload_that_fills_the_disk_waits_and_goes_on(
    cramped: Api, small_disk: Path
) -> None:
    commune, one = await cramped.sign_in(), paper(2_500_000)
    upload = (await declare(cramped, commune, one)).headers["Location"]
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_500_000))

    full = await send(cramped, commune, upload, 0, one.content)
    stands = await cramped.http.head(upload, headers={**TUS, **commune})
    received = int(stands.headers["Upload-Offset"])
    message = await cramped.send(submission(), commune)
    ballast.unlink()
    last = await send(cramped, commune, upload, received, one.content[received:])

    assert (full.status_code, full.headers["Retry-After"]) == (503, "60")
    assert full.json()["type"].endswith(":storage-full")
    assert full.json()["fault"] == "gateway"
    assert 0 < received < len(one.content)
    assert message.status_code == 202
    assert last.status_code == 204
    assert (await fetch(cramped, commune, one)).content == one.content


async def test_what_is_kept_is_not_hurt_by_a_full_disk(cramped: Api, small_disk: Path) -> None:
    commune = await cramped.sign_in()
    kept, other = paper(1_000_000, of="kept"), paper(1_500_000, of="other")
    await hand_in(cramped, commune, kept)
    upload = (await declare(cramped, commune, other)).headers["Location"]
    (small_disk / "ballast").write_bytes(bytes(1_500_000))

    refused = await send(cramped, commune, upload, 0, other.content)

    assert refused.status_code == 503
    assert (await fetch(cramped, commune, kept)).content == kept.content


async def test_a_document_that_would_not_fit_is_refused_before_it_is_sent(cramped: Api) -> None:
    answer = await declare(cramped, await cramped.sign_in(), paper(SMALL + 1))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert await cramped.rows("SELECT count(*) FROM document_uploads") == [(0,)]


async def test_a_write_that_fails_half_way_leaves_what_was_before(api: Api) -> None:
    commune, one = await api.sign_in(), paper(2_000_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await send(api, commune, upload, 0, one.content[:300_001])

    with nothing_larger_than(700_000):
        failed = await send(api, commune, upload, 300_001, one.content[300_001:])
    stands = await api.http.head(upload, headers={**TUS, **commune})
    last = await send(api, commune, upload, 300_001, one.content[300_001:])

    assert failed.status_code == 503
    assert stands.headers["Upload-Offset"] == "300001"
    assert last.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_an_agencys_room_is_counted_with_what_it_has_declared(
    database_url: str, folder: Path
) -> None:
    settings = {"documents_folder": folder, "documents_reserve_megabytes": 0}
    async with running(database_url, agency_megabytes=1, **settings) as api:
        commune, other = await api.sign_in(), await api.sign_in("H31.102")
        first, second = paper(600_000, of="first"), paper(600_000, of="second")

        await hand_in(api, commune, first)
        refused = await declare(api, commune, second)
        elsewhere = await declare(api, other, second)

    assert refused.status_code == 413
    assert refused.json()["type"].endswith(":quota-exceeded")
    assert elsewhere.status_code == 201
    assert len(files_in(folder)) == 1
