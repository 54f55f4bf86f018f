"""Knowing a digest is not having a document: who is served, and what is on record of it."""

from tests.integration.api.running import Api
from tests.integration.documents.papers import declare, fetch, hand_in, paper, send


async def test_a_stranger_learns_nothing_from_a_digest(api: Api) -> None:
    commune, stranger = await api.sign_in(), await api.sign_in("H31.102")
    here, nowhere = paper(50_000, of="here"), paper(50_000, of="nowhere")
    await hand_in(api, commune, here)

    asked = [await fetch(api, stranger, one) for one in (here, nowhere)]
    declared = [await declare(api, stranger, one) for one in (here, nowhere)]

    assert [answer.status_code for answer in asked] == [404, 404]
    assert asked[0].json() == asked[1].json()
    assert [answer.headers["Upload-Offset"] for answer in declared] == ["0", "0"]
    assert [answer.json()["complete"] for answer in declared] == [False, False]


async def test_what_an_agency_handed_in_before_is_not_sent_again(api: Api) -> None:
    commune, one = await api.sign_in(), paper(50_000)
    await hand_in(api, commune, one)

    again = await declare(api, commune, one)

    assert again.headers["Upload-Offset"] == "50000"
    assert again.json()["complete"] is True


async def test_who_proves_to_have_every_byte_has_it_and_it_is_kept_once(api: Api) -> None:
    one = paper(50_000)
    await hand_in(api, await api.sign_in(), one)
    other = await api.sign_in("H31.102")

    upload = (await declare(api, other, one)).headers["Location"]
    sent = await send(api, other, upload, 0, one.content)

    assert sent.status_code == 204
    assert (await fetch(api, other, one)).content == one.content
    assert await api.rows("SELECT count(*) FROM documents") == [(1,)]
    assert await api.rows("SELECT count(*) FROM document_holders") == [(2,)]


async def test_a_range_is_served_as_it_was_asked_for(api: Api) -> None:
    commune, one = await api.sign_in(), paper(200_000)
    await hand_in(api, commune, one)
    etag = f'"{one.digest}"'

    middle = await fetch(api, commune, one, Range="bytes=65530-65545")
    end = await fetch(api, commune, one, Range="bytes=-5")
    rest = await fetch(api, commune, one, Range="bytes=199990-", **{"If-Range": etag})
    stale = await fetch(api, commune, one, Range="bytes=5-", **{"If-Range": '"older"'})
    beyond = await fetch(api, commune, one, Range="bytes=200000-")
    same = await fetch(api, commune, one, **{"If-None-Match": etag})

    assert (middle.status_code, middle.content) == (206, one.content[65530:65546])
    assert middle.headers["Content-Range"] == "bytes 65530-65545/200000"
    assert middle.headers["ETag"] == etag
    assert middle.headers["Repr-Digest"].startswith("sha-256=:")
    assert end.content == one.content[-5:]
    assert rest.content == one.content[-10:]
    assert (stale.status_code, stale.content) == (200, one.content)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */200000")
    assert (same.status_code, same.content) == (304, b"")


async def test_everything_that_is_served_is_on_record(api: Api) -> None:
    commune, one = await api.sign_in(), paper(200_000)
    await hand_in(api, commune, one)

    await fetch(api, commune, one, Range="bytes=0-99999")
    half = await api.rows("SELECT reached, fetched_at FROM document_fetches")
    await fetch(api, commune, one, Range="bytes=100000-")
    whole = await api.rows("SELECT reached, fetched_at IS NOT NULL FROM document_fetches")

    assert half == [(100_000, None)]
    assert whole == [(200_000, True)]
    record = await api.rows(
        "SELECT act, actor, agency, encode(sha256, 'hex'), first, past, served"
        " FROM document_accesses ORDER BY id"
    )
    assert record[0] == ("stored", "gateway", "H31.101", one.digest, None, None, None)
    assert [line[0] for line in record[1:]] == ["served", "served"]
    assert [line[4:] for line in record[1:]] == [(0, 100_000, 100_000), (100_000, 200_000, 100_000)]
    assert record[1][1].startswith("H31.101-")
