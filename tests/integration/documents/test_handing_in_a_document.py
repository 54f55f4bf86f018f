"""Uploads (tus 1.0.0): declared, received in pieces, verified, kept sealed."""

import asyncio
import base64
from hashlib import sha1, sha256
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.api.running import Api, running
from tests.integration.documents.papers import (
    PIECE,
    TUS,
    UPLOADS,
    Paper,
    declare,
    fetch,
    files_in,
    hand_in,
    metadata,
    paper,
    send,
)


async def test_what_is_handed_in_in_pieces_of_any_size_is_fetched_whole(api: Api) -> None:
    commune, one = await api.sign_in(), paper(300_001)
    declared = await declare(api, commune, one)
    upload, offset = declared.headers["Location"], 0

    for size in (1, 65_535, 3, 131_072, 100_000, 3_390):
        answer = await send(api, commune, upload, offset, one.content[offset : offset + size])
        offset += size
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(offset))
    fetched = await fetch(api, commune, one)

    assert declared.status_code == 201
    assert declared.json()["complete"] is False
    assert declared.json()["document"] == one.url
    assert fetched.status_code == 200
    assert fetched.content == one.content
    assert fetched.headers["content-type"] == "application/pdf"


async def test_what_lies_on_the_disk_is_sealed_and_nothing_is_left_beside_it(
    api: Api, folder: Path
) -> None:
    one = Paper(b"%PDF-1.7 " + "Trần Thị Bí Mật ".encode() * 9000)

    await hand_in(api, await api.sign_in(), one)

    [kept] = files_in(folder)
    assert kept.parent.parent == folder / "kept"
    assert "Bí Mật".encode() not in kept.read_bytes()
    assert b"%PDF" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


async def test_the_first_piece_may_come_with_the_declaration(api: Api) -> None:
    commune, one = await api.sign_in(), paper(70_000)
    headers = {
        **PIECE,
        "Upload-Length": "70000",
        "Upload-Metadata": metadata(one.digest, filename="Giấy tờ của bà X.pdf"),
        **commune,
    }

    answer = await api.http.post(UPLOADS, content=one.content, headers=headers)

    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == "70000"
    assert answer.json()["complete"] is True
    assert (await fetch(api, commune, one)).content == one.content


async def test_an_interrupted_upload_goes_on_where_head_says(api: Api) -> None:
    commune, one = await api.sign_in(), paper(200_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await send(api, commune, upload, 0, one.content[:99_999])

    asked = await api.http.head(upload, headers={**TUS, **commune})
    wrong = await send(api, commune, upload, 0, one.content)
    again = await declare(api, commune, one)
    last = await send(api, commune, upload, 99_999, one.content[99_999:])

    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("99999", "200000")
    assert asked.headers["Cache-Control"] == "no-store"
    assert asked.headers["Upload-Expires"].endswith("GMT")
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "99999")
    assert again.headers["Location"] == upload
    assert last.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_a_piece_with_a_checksum_counts_whole_or_not_at_all(api: Api) -> None:
    commune, one = await api.sign_in(), paper(150_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    start, rest = one.content[:70_001], one.content[70_001:]
    good = f"sha256 {base64.b64encode(sha256(start).digest()).decode()}"
    of_rest = f"sha1 {base64.b64encode(sha1(rest).digest()).decode()}"

    first = await send(api, commune, upload, 0, start, **{"Upload-Checksum": good})
    broken = await send(
        api, commune, upload, 70_001, b"x" + rest[1:], **{"Upload-Checksum": of_rest}
    )
    unknown = await send(api, commune, upload, 70_001, rest, **{"Upload-Checksum": "crc32 AAAA"})
    stands = await api.http.head(upload, headers={**TUS, **commune})
    last = await send(api, commune, upload, 70_001, rest, **{"Upload-Checksum": of_rest})

    assert [first.status_code, broken.status_code, unknown.status_code] == [204, 460, 400]
    assert broken.json()["type"].endswith(":checksum-mismatch")
    assert stands.headers["Upload-Offset"] == "70001"
    assert last.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_content_that_is_not_what_was_declared_is_not_kept(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper(80_000)
    upload = (await declare(api, commune, one)).headers["Location"]

    answer = await send(api, commune, upload, 0, one.content[:-1] + b"!")
    asked = await api.http.head(upload, headers={**TUS, **commune})

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":digest-mismatch")
    assert asked.status_code == 409
    assert files_in(folder) == []
    assert (await fetch(api, commune, one)).status_code == 404


@pytest.mark.parametrize(
    ("media_type", "content", "status"),
    [
        ("application/pdf", b"MZ\x90\x00 not a pdf", 415),
        ("image/png", b"\x89PNG\r\n\x1a\n rest", 204),
        ("image/png", b"%PDF-1.7", 415),
        ("application/xml", b"<?xml version='1.0'?><a/>", 204),
        ("application/zip", b"PK\x05\x06" + bytes(18), 204),
    ],
)
async def test_a_file_whose_first_bytes_contradict_its_type_is_refused(
    api: Api, media_type: str, content: bytes, status: int
) -> None:
    commune, one = await api.sign_in(), Paper(content, media_type)
    upload = (await declare(api, commune, one)).headers["Location"]

    answer = await send(api, commune, upload, 0, content)

    assert answer.status_code == status


async def test_a_type_that_is_not_taken_is_refused_when_it_is_declared(api: Api) -> None:
    program = Paper(b"MZ", "application/x-msdownload")

    answer = await declare(api, await api.sign_in(), program)

    assert answer.status_code == 415
    assert answer.json()["type"].endswith(":document-type-refused")


async def test_more_bytes_than_declared_are_refused_and_the_declared_ones_stay(api: Api) -> None:
    commune, one = await api.sign_in(), paper(1000)
    upload = (await declare(api, commune, one)).headers["Location"]

    answer = await send(api, commune, upload, 0, one.content + b"more")
    asked = await api.http.head(upload, headers={**TUS, **commune})

    assert answer.status_code == 413
    assert asked.headers["Upload-Offset"] == "1000"
    assert (await fetch(api, commune, one)).content == one.content


async def test_nothing_is_no_document_of_any_type_that_is_taken(api: Api) -> None:
    answer = await declare(api, await api.sign_in(), Paper(b"", "application/xml"))

    assert answer.status_code == 415


async def test_an_upload_that_is_given_up_leaves_nothing(api: Api, folder: Path) -> None:
    commune, one = await api.sign_in(), paper(100_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    await send(api, commune, upload, 0, one.content[:50_000])

    ended = await api.http.delete(upload, headers={**TUS, **commune})
    after = await send(api, commune, upload, 50_000, one.content[50_000:])
    anew = await declare(api, commune, one)

    assert ended.status_code == 204
    assert after.status_code == 410
    assert files_in(folder) == []
    assert anew.headers["Location"] != upload


async def test_who_cannot_send_patch_sends_post(api: Api) -> None:
    commune, one = await api.sign_in(), paper(10_000)
    upload = (await declare(api, commune, one)).headers["Location"]
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH", **commune}

    answer = await api.http.post(upload, content=one.content, headers=headers)

    assert answer.status_code == 204
    assert (await fetch(api, commune, one)).content == one.content


async def test_another_version_of_the_protocol_is_told_ours(api: Api) -> None:
    commune = await api.sign_in()

    without = await api.http.head(f"{UPLOADS}/{uuid4()}", headers=commune)
    offered = await api.http.options(UPLOADS, headers=commune)

    assert (without.status_code, without.headers["Tus-Version"]) == (412, "1.0.0")
    assert offered.status_code == 204
    assert offered.headers["Tus-Resumable"] == "1.0.0"
    assert offered.headers["Tus-Max-Size"] == str(2048 * 1024 * 1024)
    assert "checksum" in offered.headers["Tus-Extension"]


async def test_an_upload_is_its_agencys_own(api: Api) -> None:
    one = paper(10_000)
    upload = (await declare(api, await api.sign_in(), one)).headers["Location"]
    stranger = await api.sign_in("H31.102")

    answers = [
        await api.http.head(upload, headers={**TUS, **stranger}),
        await send(api, stranger, upload, 0, one.content),
        await api.http.delete(upload, headers={**TUS, **stranger}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_gateway_without_a_folder_keeps_no_documents(database_url: str) -> None:
    from tests.integration.api.running import running

    async with running(database_url) as api:
        commune, one = await api.sign_in(), paper(10)

        answers = [await declare(api, commune, one), await fetch(api, commune, one)]

    assert [answer.status_code for answer in answers] == [501, 501]
    assert answers[0].json()["type"].endswith(":documents-off")


async def test_declaring_many_at_once_gets_no_more_than_the_quota(
    database_url: str, folder: Path
) -> None:
    quota = {"agency_megabytes": 1, "document_megabytes": 1}
    async with running(
        database_url, documents_folder=folder, documents_reserve_megabytes=0, **quota
    ) as api:
        commune = await api.sign_in()
        papers = [paper(700_000, of=str(number)) for number in range(8)]

        answers = await asyncio.gather(*(declare(api, commune, one) for one in papers))

        assert sorted(one.status_code for one in answers) == [201, *[413] * 7]


async def test_so_many_uploads_of_an_agency_are_under_way_and_no_more(
    database_url: str, folder: Path
) -> None:
    settings = {"documents_folder": folder, "documents_reserve_megabytes": 0, "open_uploads": 2}
    async with running(database_url, **settings) as api:
        commune, neighbour = await api.sign_in(), await api.sign_in("H31.102")
        papers = [paper(50_000, of=f"paper {number}") for number in range(3)]
        uploads = [await declare(api, commune, one) for one in papers[:2]]

        third = await declare(api, commune, papers[2])
        same = await declare(api, commune, papers[0])
        of_another = await declare(api, neighbour, papers[2])
        await send(api, commune, uploads[1].headers["Location"], 0, papers[1].content)
        then = await declare(api, commune, papers[2])

    assert third.json()["type"].endswith(":quota-exceeded")
    assert "2 uploads of yours are under way" in third.json()["detail"]
    assert same.headers["Location"] == uploads[0].headers["Location"]
    assert (of_another.status_code, then.status_code) == (201, 201)


async def test_what_came_in_and_went_out_is_in_the_metrics(api: Api) -> None:
    commune, one = await api.sign_in(), paper(150_000)
    await hand_in(api, commune, one)
    await fetch(api, commune, one, Range="bytes=0-49999")

    lines = (await api.http.get("/metrics")).text.splitlines()

    told = dict(line.rsplit(" ", 1) for line in lines if line.startswith("lienthong_document"))
    assert float(told["lienthong_documents_received_bytes"]) == 150_000
    assert float(told["lienthong_documents_served_bytes"]) == 50_000
    assert float(told["lienthong_document_uploads"]) == 0
