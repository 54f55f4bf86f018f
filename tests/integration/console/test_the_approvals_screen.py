"""Approvals: a second person approves what cannot be undone, and it is carried out for both."""

import re
from dataclasses import replace
from uuid import UUID

import pytest

from gateway.joining import members
from gateway.joining.states import JoiningRefused
from gateway.operations.acts import Order, Target, control, freeze, release
from gateway.operations.audit import PERSON, By
from gateway.operations.second_person import ARCHIVED_ALONE
from gateway.people.four_eyes import Irrevocable, propose
from routing.lifecycle.model import Act
from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import Visit, sign_in

ALL = "/console/approvals"


async def proposed_by(api: Api, visit: Visit, subject: str) -> str:
    who = await api.state.sessions.present(visit.token)
    assert who is not None
    kind, pool = Irrevocable.REMOVE_AGENCY, api.gateway.services.pool
    made = await propose(pool, who, kind, subject, "sáp nhập đơn vị", agencies=[subject])
    return f"{ALL}/{made}"


async def register(api: Api) -> None:
    services = api.gateway.services
    await members.register(
        services.pool,
        COMMUNE,
        By("operator:cli:test"),
        contact=None,
        directory=services.rulebook.directory,
        now=services.clock.now(),
    )


async def test_an_agency_is_removed_by_two_persons_and_never_by_one(api: Api) -> None:
    await register(api)
    first, second = (
        await sign_in(api, "supervisor", "administrator"),
        await sign_in(api, "supervisor"),
    )
    proposal = await proposed_by(api, first, COMMUNE)

    await first.post(f"{proposal}/approve", reason="tự duyệt")
    before = await api.rows("SELECT state FROM members")
    shown = await second.get(ALL)
    await second.post(f"{proposal}/approve", reason=" ")
    unreasoned = await api.rows("SELECT state FROM members")
    approved = await second.post(f"{proposal}/approve", reason="đã có quyết định")
    after = await api.rows("SELECT state FROM members")
    [entry] = await api.rows("SELECT actor, reason FROM audit WHERE act = 'agency.removed'")

    assert "Đưa cơ quan ra khỏi hệ thống" in shown.text
    assert (before, unreasoned, after) == ([("registered",)], [("registered",)], [("removed",)])
    assert approved.headers["location"] == ALL
    assert entry[0] == f"operator:person:{second.name}"
    assert first.name in entry[1]


async def test_what_was_refused_taken_back_or_is_no_more_possible_changes_nothing(api: Api) -> None:
    await register(api)
    first, second = await sign_in(api, "supervisor"), await sign_in(api, "supervisor")
    refused = await proposed_by(api, first, COMMUNE)
    await second.post(f"{refused}/refuse", reason="chưa có quyết định")
    taken_back = await proposed_by(api, first, COMMUNE)
    await first.post(f"{taken_back}/withdraw")
    late = await second.post(f"{taken_back}/approve", reason="duyệt")
    impossible = await proposed_by(api, first, "H31.102")
    undone = await second.post(f"{impossible}/approve", reason="duyệt")
    cookie = undone.headers["set-cookie"].split(";")[0]
    told = await second.get(ALL, Cookie=f"{next(iter(second.cookies))}={second.token}; {cookie}")

    assert late.status_code == undone.status_code == 303
    assert "không thực hiện được nữa" in told.text
    assert await api.rows("SELECT state FROM members") == [("registered",)]


async def test_who_may_not_approve_sees_nothing_and_decides_nothing(api: Api) -> None:
    await register(api)
    proposal = await proposed_by(api, await sign_in(api, "supervisor"), COMMUNE)
    operator, elsewhere = await sign_in(api, "operator"), await sign_in(api, "supervisor@H31.102")

    seen = [(await one.get(ALL)).text for one in (operator, elsewhere)]
    forbidden = await operator.post(f"{proposal}/approve", reason="duyệt")
    await elsewhere.post(f"{proposal}/approve", reason="duyệt")

    assert [COMMUNE in text for text in seen] == [False, False]
    assert forbidden.status_code == 403
    assert await api.rows("SELECT state FROM members") == [("registered",)]


def alone(api: Api) -> None:
    """Let nobody archive two by themselves; settings are frozen for everybody but this test."""
    object.__setattr__(api.gateway.services.settings, "archived_alone", 1)


async def _archived(api: Api, visit: Visit, count: int) -> str:
    """Freeze archiving so many dossiers; return the act's id."""
    caller = await api.sign_in()
    made = [str((await api.submit(caller))["transfer"]) for _ in range(count)]
    frozen = await visit.post(
        "/console/stuck/acts",
        act="archive",
        item=[f"{one}|civil-status|1|||" for one in made],
        query="cause=undelivered",
        reason="đã giải quyết ngoài hệ thống",
    )
    assert frozen.status_code == 303, frozen.text
    return str(frozen.headers["location"]).rpartition("/")[2]


async def _state(api: Api, act: str) -> str:
    await api.state.runner.run(UUID(act), seconds=5)
    await api.state.runner.round()
    [(state,)] = await api.rows("SELECT state FROM operator_acts WHERE id = %s", UUID(act))
    return str(state)


async def test_archiving_many_is_started_by_a_second_person_and_by_nothing_else(api: Api) -> None:
    alone(api)
    first, second = await sign_in(api, "operator"), await sign_in(api, "supervisor")
    elsewhere = await sign_in(api, "supervisor@H31.102")
    act = await _archived(api, first, 2)
    program = await api.sign_in(None, "operator")

    by_resume = await first.post(f"/console/acts/{act}/resume")
    by_program = await api.http.post(f"/v1/operations/acts/{act}/resume", headers=program)
    at_terminal = await control(api.gateway.services.pool, UUID(act), "resume")
    unapproved = await release(api.gateway.services.pool, UUID(act))
    still = await _state(api, act)
    await first.post(f"/console/acts/{act}/propose")
    waiting = await first.get(f"/console/acts/{act}")
    by_themselves = await first.post(f"/console/acts/{act}/resume")
    hidden = await elsewhere.get(f"/console/acts/{act}")
    still_waiting = await _state(api, act)
    [link] = re.findall(r'action="(/console/approvals/[^"]+)/refuse"', (await second.get(ALL)).text)
    seen = await second.get(f"/console/acts/{act}")
    approved = await second.post(f"{link}/approve", reason="đã kiểm tra danh sách")
    done = await _state(api, act)

    assert (by_program.status_code, at_terminal, unapproved) == (409, False, False)
    assert (by_resume.status_code, by_themselves.status_code) == (303, 303)
    assert (still, still_waiting) == ("held", "held")
    assert "chờ người khác phê duyệt" in waiting.text
    assert (hidden.status_code, seen.status_code) == (404, 200)
    assert approved.headers["location"] == f"/console/acts/{act}"
    assert done == "done"
    assert "đã kiểm tra danh sách" in (await first.get(f"/console/acts/{act}")).text
    assert not await release(api.gateway.services.pool, UUID(act)), "an approval is used once"


async def test_who_decides_sees_what_it_is_and_how_many_wait(api: Api) -> None:
    alone(api)
    first, second = await sign_in(api, "operator"), await sign_in(api, "supervisor")
    act = await _archived(api, first, 2)
    await first.post(f"/console/acts/{act}/propose")
    codes = [code for (code,) in await api.rows("SELECT code FROM transfers")]

    card = (await second.get(ALL)).text
    others = (await first.get(ALL)).text

    assert re.search("Đưa vào lưu: 2 lượt.*· 1 cơ quan", card)
    assert [code for code in codes if code not in card] == []
    assert f"Trần Văn Thử ({first.name})" in card
    assert card.index(f"/console/acts/{act}") < card.index("/refuse")
    assert "1 đề nghị chờ bạn quyết định" in card
    assert "chờ bạn quyết định" not in others


async def test_an_order_is_found_again_by_whom_it_concerns(api: Api) -> None:
    alone(api)
    first, second = await sign_in(api, "operator"), await sign_in(api, "supervisor")
    near, elsewhere = (
        await sign_in(api, f"operator@{COMMUNE}"),
        await sign_in(api, "operator@H31.102"),
    )
    act = await _archived(api, first, 2)
    before = (await first.get("/console/acts")).text
    await first.post(f"/console/acts/{act}/propose")
    [(proposal,)] = await api.rows("SELECT id FROM proposals")
    await second.post(f"{ALL}/{proposal}/refuse", reason="còn đang xử lý")

    seen = [(await one.get("/console/acts")).text for one in (first, near, elsewhere)]
    opened = [
        (await one.get(f"/console/acts/{act}")).status_code for one in (first, near, elsewhere)
    ]

    assert "Chưa đề nghị phê duyệt" in before
    assert ["Bị từ chối phê duyệt" in one for one in seen] == [True, True, False]
    assert opened == [200, 200, 404]


@pytest.mark.parametrize("end", ["refused", "withdrawn", "expired"])
async def test_what_was_not_approved_is_cancelled(api: Api, end: str) -> None:
    alone(api)
    first, second = await sign_in(api, "operator"), await sign_in(api, "supervisor")
    act = await _archived(api, first, 2)
    await first.post(f"/console/acts/{act}/propose")
    [(proposal,)] = await api.rows("SELECT id FROM proposals")

    if end == "refused":
        await second.post(f"{ALL}/{proposal}/refuse", reason="còn đang xử lý")
    elif end == "withdrawn":
        await first.post(f"{ALL}/{proposal}/withdraw")
    else:
        await api.rows("UPDATE proposals SET expires_at = now()")
        await api.state.runner.round()

    late = await second.post(f"{ALL}/{proposal}/approve", reason="duyệt")
    page = await first.get(f"/console/acts/{act}")
    assert late.headers["location"] == ALL
    assert await _state(api, act) == "cancelled"
    assert await api.rows("SELECT state FROM proposals") == [(end,)]
    assert "không có gì được thực hiện" in page.text
    assert (f"proposal.{end}",) in await api.rows("SELECT act FROM audit")


async def test_a_few_are_archived_alone_and_many_by_a_program_as_before(api: Api) -> None:
    first = await sign_in(api, "operator")
    act = await _archived(api, first, 2)
    services = api.gateway.services
    order = Order(Act.ARCHIVE, "operator:ops", "dọn dẹp")
    targets = [Target(agency=f"H31.{n}") for n in range(ARCHIVED_ALONE + 1)]

    started = await first.post(f"/console/acts/{act}/resume")
    by_program = await freeze(services.pool, order, targets, question={}, dry_run=True)
    by_person = await freeze(
        services.pool, replace(order, actor=f"{PERSON}lan"), targets, question={}, dry_run=False
    )

    assert started.status_code == 303
    assert await _state(api, act) == "done"
    assert (by_program.held, by_person.held) == (False, True)


async def test_what_was_approved_and_could_not_be_done_is_told_to_both(api: Api) -> None:
    await register(api)
    first = await sign_in(api, "supervisor", "administrator")
    second = await sign_in(api, "supervisor")
    impossible = await proposed_by(api, first, "H31.102")

    await second.post(f"{impossible}/approve", reason="duyệt")
    seen = [(await one.get(ALL)).text for one in (first, second)]

    assert ["Đã phê duyệt, không thực hiện được" in text for text in seen] == [True, True]
    assert (f"operator:person:{second.name}",) in await api.rows(
        "SELECT actor FROM audit WHERE act = 'proposal.failed'"
    )


async def test_an_approval_that_failed_is_good_for_nothing_later(api: Api) -> None:
    first, second = await sign_in(api, "supervisor"), await sign_in(api, "supervisor")
    impossible = await proposed_by(api, first, COMMUNE)
    await second.post(f"{impossible}/approve", reason="duyệt")
    await register(api)

    with pytest.raises(JoiningRefused, match="second person"):
        await members.remove(
            api.gateway.services.pool, COMMUNE, By(f"{PERSON}{first.name}", "một mình")
        )

    assert await api.rows("SELECT state FROM members") == [("registered",)]
