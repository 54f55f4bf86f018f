"""A transfer's page: seen by whoever answers for an agency on its way, proved by its ledger."""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import sign_in

ELSEWHERE = "H31.102"
"""A commune that has nothing to do with it."""
SECRET = "Bí Mật"


@pytest.fixture
async def transfer(api: Api) -> str:
    """A dossier of the commune, whose first turn nobody has confirmed."""
    receipt = await api.submit(await api.sign_in())
    api.clock.move(hours=3)
    await api.keep_time()
    return str(receipt["transfer"])


def at(transfer: str) -> str:
    return f"/console/transfers/{transfer}"


async def code_of(api: Api, transfer: str) -> str:
    [(code,)] = await api.rows("SELECT code FROM transfers WHERE id = %s", UUID(transfer))
    return str(code)


async def test_it_shows_the_way_the_turns_and_the_evidence(api: Api, transfer: str) -> None:
    viewer = await sign_in(api, f"viewer@{COMMUNE}")

    page = (await viewer.get(at(transfer))).text

    assert await code_of(api, transfer) in page
    assert "Đăng ký khai sinh" in page
    assert "Sổ cái nguyên vẹn" in page
    assert "Hồ sơ được chuyển lên cổng liên thông" in page
    assert "<svg" in page
    assert " style=" not in page
    assert SECRET not in page
    [title] = re.findall(r"<title>([^<]+)</title>\n<link", page)
    assert await code_of(api, transfer) not in title


async def test_beyond_ones_reach_it_is_as_if_there_were_none(api: Api, transfer: str) -> None:
    there, here = await sign_in(api, f"supervisor@{ELSEWHERE}"), await sign_in(api, "viewer")
    code = await code_of(api, transfer)
    unknown = str(UUID(int=7))

    for path in ("", "?before=2", f"?sent_before={unknown}"):
        theirs, none = await there.get(at(transfer) + path), await there.get(at(unknown) + path)

        assert (theirs.status_code, none.status_code) == (404, 404)
        assert _bare(theirs.text) == _bare(none.text)
    assert (await there.get(f"/console/dossiers/{COMMUNE}/{code}")).status_code == 404
    assert code not in (await there.get("/console/dossiers")).text
    for asked in (code, code[:12], transfer):
        found = await there.get(f"/console/dossiers?q={asked}")
        assert found.status_code == 200
        assert "/console/transfers/" not in found.text
    assert (await here.get(at(transfer))).status_code == 200


async def test_to_who_sees_everything_no_scope_is_blamed(api: Api) -> None:
    nowhere = "/console/transfers/00000000-0000-7000-8000-000000000000"

    everywhere = await (await sign_in(api, "viewer")).get(nowhere)
    narrow = await (await sign_in(api, f"viewer@{COMMUNE}")).get(nowhere)

    assert (everywhere.status_code, narrow.status_code) == (404, 404)
    assert "ngoài phạm vi" in narrow.text
    assert "phạm vi" not in everywhere.text
    assert "tìm theo mã hồ sơ" in everywhere.text


async def test_a_turn_that_came_brings_it_within_reach_and_one_to_come_does_not(
    api: Api, transfer: str
) -> None:
    there = await sign_in(api, f"viewer@{ELSEWHERE}")
    change = "UPDATE hops SET agency = %s WHERE transfer_id = %s AND step = %s"

    await api.rows(change, ELSEWHERE, UUID(transfer), "residence")
    ahead = await there.get(at(transfer))
    await api.rows(change, ELSEWHERE, UUID(transfer), "civil-status")
    begun = await there.get(at(transfer))

    assert (ahead.status_code, begun.status_code) == (404, 200)


async def test_one_match_leads_straight_there(api: Api, transfer: str) -> None:
    viewer, code = await sign_in(api, "viewer"), await code_of(api, transfer)
    other = str((await api.submit(await api.sign_in()))["transfer"])

    for asked in (code, transfer):
        found = await viewer.get(f"/console/dossiers?q={asked}")
        assert (found.status_code, found.headers["location"]) == (303, at(transfer))
    by_code = await viewer.get(f"/console/dossiers/{COMMUNE}/{code}")
    several = await viewer.get(f"/console/dossiers?q={code[:-4]}")
    newest = await viewer.get("/console/dossiers")
    wrong = await viewer.get("/console/dossiers?q=Nguyễn Văn")

    assert by_code.headers["location"] == at(transfer)
    for page in (several, newest):
        assert at(transfer) in page.text
        assert at(other) in page.text
    assert wrong.status_code == 400
    assert "Nguyễn" not in wrong.text


async def test_a_ledger_that_was_touched_says_so(api: Api, transfer: str) -> None:
    viewer = await sign_in(api, "viewer")

    await api.rows(
        "UPDATE ledger SET body = body || ' ' WHERE transfer_id = %s AND seq = 2",
        UUID(transfer),
    )
    page = (await viewer.get(at(transfer))).text

    assert "Mục 2 không khớp chuỗi băm" in page
    assert "Sổ cái nguyên vẹn" not in page


async def test_long_evidence_is_paged(api: Api, transfer: str) -> None:
    viewer = await sign_in(api, "viewer")
    await _much_happens(api, transfer, 100)

    first = (await viewer.get(at(transfer))).text
    [following] = set(re.findall(r"\?before=(\d+)#evidence", first))
    second = (await viewer.get(f"{at(transfer)}?before={following}")).text

    assert _entries(first)[0] > _entries(first)[-1] > _entries(second)[0]
    assert len(_entries(first)) == 40


async def _much_happens(api: Api, transfer: str, count: int) -> None:
    """Have an operator pause and resume the first turn again and again."""
    caller, code = await api.sign_in(), await code_of(api, transfer)
    for number in range(count // 2):
        for kind, data in (
            ("hop.paused", {"reason": "confirmation", "legal_basis": "NĐ 301/2026/NĐ-CP"}),
            ("hop.resumed", {"reason": "confirmation"}),
        ):
            api.clock.move(seconds=1)
            said = await api.send(_said(transfer, code, kind, number, data), caller)
            assert said.status_code == 202, said.text


def _said(transfer: str, code: str, kind: str, number: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": f"urn:lienthong:agency:{COMMUNE}",
        "type": f"vn.lienthong.{kind}.v1",
        "subject": code,
        "time": "2026-03-02T11:30:00+07:00",
        "data": {"transfer": transfer, "step": "civil-status", "round": 1, **data},
    }


def _entries(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<dd class="code id">(\d+) · ', page)]


def _bare(page: str) -> str:
    """Return a page without what differs by its address."""
    return re.sub(r'value="/console/transfers/[^"]*"', "", page)
