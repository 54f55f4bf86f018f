"""Bodies and documents behind their own right, for a reason, on record before they are shown."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from gateway.people.rights import Role
from tests.integration.api.running import COMMUNE, Api, submission
from tests.integration.console.visiting import sign_in
from tests.integration.documents.papers import hand_in, paper

ELSEWHERE = "H31.102"
NAME = "Trần Thị Bí Mật"
PAPER = paper(1_000)
WHY = {"why": "complaint", "words": "Phiếu hỗ trợ 345"}


@pytest.fixture
async def transfer(api: Api) -> str:
    """A dossier with an applicant and a document that the gateway keeps."""
    caller = await api.sign_in()
    await hand_in(api, caller, PAPER)
    document = PAPER.reference(name="Tờ khai Bí Mật.pdf")
    answer = await api.send(submission(data__documents=[document]), caller)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["transfer"])


def at(transfer: str, what: str = "content") -> str:
    return f"/console/transfers/{transfer}/{what}"


async def trail(api: Api) -> list[tuple[Any, ...]]:
    return await api.rows(
        "SELECT actor, subject, reason FROM audit WHERE act = 'dossier.shown' ORDER BY id"
    )


async def test_it_is_shown_once_for_a_reason_that_is_on_record(api: Api, transfer: str) -> None:
    supervisor = await sign_in(api, f"supervisor@{COMMUNE}")

    asked = await supervisor.get(at(transfer))
    without = await supervisor.post(at(transfer), why="complaint", words=" ")
    unexplained = await trail(api)
    shown = await supervisor.post(at(transfer), **WHY)

    assert NAME not in asked.text
    assert without.status_code == 422
    assert NAME not in without.text
    assert unexplained == []
    assert NAME in shown.text
    assert "Tờ khai Bí Mật.pdf" in shown.text
    assert "Người nộp" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert await trail(api) == [
        (f"operator:person:{supervisor.name}", transfer, "complaint: Phiếu hỗ trợ 345")
    ]


async def test_a_document_is_fetched_under_the_same_right_and_on_record(
    api: Api, transfer: str
) -> None:
    supervisor, digest = await sign_in(api, "supervisor"), PAPER.digest
    other = str((await api.submit(await api.sign_in()))["transfer"])

    unexplained = await supervisor.post(at(transfer, f"documents/{digest}"))
    fetched = await supervisor.post(at(transfer, f"documents/{digest}"), **WHY)
    of_another = await supervisor.post(at(other, f"documents/{digest}"), **WHY)

    assert unexplained.status_code == 422
    assert (fetched.status_code, fetched.content) == (200, PAPER.content)
    assert fetched.headers["cache-control"] == "no-store"
    assert "Bí Mật" not in str(fetched.headers)
    assert of_another.status_code == 404
    found = await api.rows(
        "SELECT actor, reason, served FROM document_accesses WHERE act = 'shown'"
    )
    assert found == [
        (f"operator:person:{supervisor.name}", "complaint: Phiếu hỗ trợ 345", len(PAPER.content))
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
async def test_no_other_role_reads_and_the_page_says_what_it_takes(
    api: Api, transfer: str, role: str
) -> None:
    visit = await sign_in(api, role)

    page = await visit.get(f"/console/transfers/{transfer}")
    refused = await visit.post(at(transfer), **WHY)

    assert "Cần quyền xem nội dung" in page.text
    assert at(transfer) not in page.text
    assert (refused.status_code, NAME in refused.text) == (403, False)
    assert await trail(api) == []


async def test_beyond_the_scope_of_the_right_there_is_nothing(api: Api, transfer: str) -> None:
    watching = await sign_in(api, "viewer", f"supervisor@{ELSEWHERE}")
    digest = PAPER.digest

    page = await watching.get(f"/console/transfers/{transfer}")

    assert "Cần quyền xem nội dung" in page.text
    for path in ("content", f"documents/{digest}", "letter"):
        answer = await watching.post(at(transfer, path), **WHY)
        assert answer.status_code == 404, path
        assert NAME not in answer.text
    assert await trail(api) == []


async def test_what_was_purged_says_so(api: Api, transfer: str) -> None:
    supervisor = await sign_in(api, "supervisor")
    await api.rows("UPDATE payloads SET body = NULL, purged_at = '2026-03-02T02:00:00Z'")

    shown = await supervisor.post(at(transfer), **WHY)

    assert "Nội dung đã được xóa ngày 02/03/2026" in shown.text
    assert NAME not in shown.text


@pytest.mark.parametrize("scope", [COMMUNE, ELSEWHERE])
async def test_notes_are_kept_by_whoever_may_act_there(api: Api, transfer: str, scope: str) -> None:
    turn = "UPDATE hops SET agency = %s WHERE transfer_id = %s AND step = 'civil-status'"
    document = "UPDATE hops SET document = (replace(document::text, %s, %s))::json"
    await api.rows(turn, scope, UUID(transfer))
    await api.rows(document + " WHERE step = 'civil-status'", f'"{COMMUNE}"', f'"{scope}"')
    operator, viewer = await sign_in(api, f"operator@{scope}"), await sign_in(api, "viewer")

    page = (await operator.get(f"/console/transfers/{transfer}")).text
    [path] = set(re.findall(r'"(/console/stuck/notes[^"]+)"', page))
    [item] = parse_qs(urlsplit(path).query)["item"]
    added = await operator.post("/console/stuck/notes", item=item, note="hẹn chiều nay")
    read = await operator.get(path)
    again = await operator.get(f"/console/transfers/{transfer}")

    assert added.status_code == 303, added.text
    assert "hẹn chiều nay" in read.text
    assert f"/console/transfers/{transfer}" in read.text
    assert "hẹn chiều nay" not in again.text
    assert "/console/stuck/notes" not in (await viewer.get(f"/console/transfers/{transfer}")).text


async def test_what_can_be_done_now_leads_into_the_order(api: Api, transfer: str) -> None:
    operator = await sign_in(api, f"operator@{COMMUNE}")

    page = (await operator.get(f"/console/transfers/{transfer}")).text
    item = f"{transfer}|civil-status|1|||"
    order = await operator.post("/console/stuck/order", act="redirect", item=item, query="")

    assert f'value="{item}"' in page
    assert 'value="redirect"' in page
    assert 'value="release_refusal"' not in page
    assert order.status_code == 200
    assert "Trên 1 lượt đã chọn" in order.text


async def test_a_letter_is_drafted_and_issued_once(api: Api, transfer: str) -> None:
    operator = await sign_in(api, f"operator@{COMMUNE}")
    [(due,)] = await api.rows("SELECT deadline_at FROM transfers WHERE id = %s", UUID(transfer))
    assert due is not None
    order = {"until": "2026-04-20T17:00", "reason": "Cơ quan công an đề nghị"}

    before = await operator.get(f"/console/transfers/{transfer}")
    draft = await operator.get(at(transfer, "letter"))
    unclear = await operator.post(at(transfer, "letter"), until="soon", reason="x")
    issued = await operator.post(at(transfer, "letter"), **order)
    again = await operator.post(at(transfer, "letter"), **order)
    read = await operator.get(at(transfer, "letter"))
    page = await operator.get(f"/console/transfers/{transfer}")

    assert draft.status_code == 200
    assert "Dự kiến xong" in before.text
    assert unclear.status_code == 422
    assert issued.status_code == 303, issued.text
    assert again.status_code == 422
    assert "Đã phát hành" in read.text
    assert "hẹn trả lại ngày 20/04/2026" in page.text
    assert "Bí Mật" not in read.text
