"""Approvals: a second person approves what cannot be undone, and it is carried out for both."""

from gateway.joining import members
from gateway.operations.audit import By
from gateway.people.four_eyes import Irrevocable, propose
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
