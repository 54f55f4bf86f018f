"""The screen of what is stuck: seen within one's reach, acted on as it was frozen."""

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

from gateway.operations.acts import MOST_ITEMS
from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import Visit, sign_in

ELSEWHERE = "H31.102"
REASON = "Hệ thống của xã đã hoạt động lại"


async def _undelivered(api: Api, count: int = 3) -> list[str]:
    """Submit dossiers that nobody can be handed; the last is at another commune."""
    caller = await api.sign_in()
    made = [str((await api.submit(caller))["transfer"]) for _ in range(count)]
    api.clock.move(minutes=11)
    await api.keep_time()
    await api.rows("UPDATE hops SET agency = %s WHERE transfer_id = %s", ELSEWHERE, made[-1])
    return made


async def _codes(api: Api, transfers: list[str]) -> set[str]:
    rows = await api.rows(
        "SELECT code FROM transfers WHERE id = ANY(%s)", [UUID(one) for one in transfers]
    )
    return {code for (code,) in rows}


def _shown(page: str) -> set[str]:
    return set(re.findall(r"H31\.101-\d{6}-\d{4,}", page))


def _item(transfer: str) -> str:
    return f"{transfer}|civil-status|1|||"


async def _acted(visit: Visit, answer: Any) -> UUID:
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def test_it_shows_causes_groups_and_items_to_who_may_see_them(api: Api) -> None:
    made = await _undelivered(api)
    everywhere, there = await sign_in(api, "operator"), await sign_in(api, f"viewer@{ELSEWHERE}")

    seen = await everywhere.get("/console/stuck?cause=undelivered")
    by_viewer = await there.get("/console/stuck?cause=undelivered")
    narrowed = await everywhere.get(f"/console/stuck?cause=undelivered&agency={ELSEWHERE}")

    assert (seen.status_code, by_viewer.status_code) == (200, 200)
    assert _shown(seen.text) == await _codes(api, made)
    assert _shown(by_viewer.text) == _shown(narrowed.text) == await _codes(api, made[-1:])
    assert "Chưa bàn giao được trong thời hạn" in seen.text
    assert "/console/stuck/order?act=retry" in seen.text
    assert "/console/stuck/order" not in by_viewer.text
    assert "Bí Mật" not in seen.text


async def test_a_group_is_retried_in_three_steps(api: Api) -> None:
    made = await _undelivered(api)
    operator = await sign_in(api, "operator")
    page = await operator.get("/console/stuck?cause=undelivered")
    [link] = {
        one.replace("&amp;", "&")
        for one in re.findall(r'href="(/console/stuck/order\?[^"]+)"', page.text)
        if COMMUNE in one
    }

    form = await operator.get(link)
    [query] = re.findall(r'name="query" value="([^"]+)"', form.text)
    frozen = await operator.post(
        "/console/stuck/acts",
        act="retry",
        query=query.replace("&amp;", "&"),
        whole="1",
        reason=REASON,
    )
    act = await _acted(operator, frozen)
    shown = await operator.get(f"/console/acts/{act}")
    started = await operator.post(f"/console/acts/{act}/resume")
    await api.state.runner.run(act, seconds=5)
    done = await operator.get(f"/console/acts/{act}?outcome=done")
    table = await operator.get(f"/console/acts/{act}/items.csv")

    assert "Trên tất cả 2 lượt" in form.text
    assert "Danh sách đã chốt, chưa thực hiện" in shown.text
    assert _shown(shown.text) == await _codes(api, made[:2])
    assert started.status_code == 303
    assert _shown(done.text) == await _codes(api, made[:2])
    assert _shown(table.text) == await _codes(api, made[:2])
    assert "Đã gửi lại" in table.text
    assert table.text.startswith("\ufeff")
    assert ";" in table.text.partition("\n")[0]  # as Excel in Vietnamese parts columns
    assert await api.rows("SELECT state, reason, actor FROM operator_acts") == [
        ("done", REASON, f"operator:person:{operator.name}")
    ]


async def test_what_was_chosen_is_assigned_and_noted(api: Api) -> None:
    made = await _undelivered(api)
    operator = await sign_in(api, "operator")

    form = await operator.post(
        "/console/stuck/order", act="note", item=[_item(made[0])], query="cause=undelivered"
    )
    noted = await operator.post(
        "/console/stuck/acts",
        act="note",
        item=[_item(made[0])],
        query="cause=undelivered",
        note="Ông Bí Mật hẹn gọi lại",
    )
    page = await operator.get(f"/console/acts/{await _acted(operator, noted)}")

    assert "Trên 1 lượt đã chọn" in form.text
    assert "Bí Mật" not in page.text


async def test_nobody_acts_beyond_their_reach(api: Api) -> None:
    made = await _undelivered(api)
    there = await sign_in(api, f"operator@{ELSEWHERE}")
    viewer = await sign_in(api, "viewer")
    order = {"act": "archive", "reason": REASON, "query": "cause=undelivered"}

    theirs = await there.post("/console/stuck/acts", item=[_item(made[-1])], **order)
    for stolen in (
        _item(made[0]),
        f"{made[0]}|||||",
        f"{made[0]}|nowhere|1|||",
        f"{made[0]}|||||{ELSEWHERE}",
        f"|||{UUID(int=1)}||",
    ):
        refused = await there.post("/console/stuck/acts", item=[stolen], **order)
        assert refused.status_code == 422, stolen
    whole = await there.post("/console/stuck/acts", whole="1", **order)
    mine = await sign_in(api, "operator")
    act = await _acted(mine, await mine.post("/console/stuck/acts", whole="1", **order))

    await _acted(there, theirs)
    found = await api.rows("SELECT total FROM operator_acts ORDER BY id")
    assert found == [(1,), (1,), (3,)]
    assert whole.status_code == 303
    assert (await viewer.post("/console/stuck/acts", whole="1", **order)).status_code == 403
    for address in (f"/console/acts/{act}", f"/console/acts/{act}/items.csv"):
        assert (await there.get(address)).status_code == 404
        assert (await viewer.get(address)).status_code == 200
    assert (await there.post(f"/console/acts/{act}/resume")).status_code == 404


async def test_forms_say_what_is_missing_and_addresses_what_cannot_be(api: Api) -> None:
    made = await _undelivered(api)
    operator = await sign_in(api, "operator")
    item = {"item": [_item(made[0])], "query": "cause=undelivered"}

    for act, fields, told in (
        ("archive", {"reason": " "}, "Ghi lý do"),
        ("redirect", {"reason": REASON, "agency": "xã"}, "Ghi mã cơ quan"),
        ("extend", {"reason": REASON, "until": "soon", "legal_basis": "NĐ 61"}, "Ghi ngày và giờ"),
        ("pause", {"reason": REASON, "pause_reason": "payment"}, "Ghi căn cứ"),
        ("note", {"note": ""}, "Ghi từ 1"),
        ("assign", {"person": "a b"}, "Không phải tên đăng nhập"),
    ):
        answer = await operator.post("/console/stuck/acts", act=act, **item, **fields)
        assert answer.status_code == 422, act
        assert told in answer.text, act
    for query in ("text=Nguyễn", "cause=moon", "older=soon", "after=x&cause=poison"):
        assert (await operator.get(f"/console/stuck?{query}")).status_code == 400, query
    assert await api.rows("SELECT 1 FROM operator_acts") == []


async def test_views_are_kept_by_name_and_forgotten(api: Api) -> None:
    operator, other = await sign_in(api, "operator"), await sign_in(api, "operator")

    await operator.post(
        "/console/stuck/views", name="Xã của tôi", query="cause=overdue&agency=H31&below=1&older=1d"
    )
    seen = (await operator.get("/console/stuck")).text
    [id_] = re.findall(r"/console/stuck/views/([0-9a-f-]+)/drop", seen)
    await other.post(f"/console/stuck/views/{id_}/drop")
    still = (await operator.get("/console/stuck")).text
    await operator.post(f"/console/stuck/views/{id_}/drop")

    assert "Xã của tôi" in still
    assert "cause=overdue&amp;agency=H31&amp;below=1&amp;older=1d" in seen
    assert "Xã của tôi" not in (await operator.get("/console/stuck")).text


async def test_progress_is_told_until_the_act_has_ended(api: Api) -> None:
    await _undelivered(api)
    operator = await sign_in(api, "operator")
    order = {"act": "archive", "reason": REASON, "query": "cause=undelivered", "whole": "1"}
    act = await _acted(operator, await operator.post("/console/stuck/acts", **order))
    await operator.post(f"/console/acts/{act}/resume")
    await api.state.runner.run(act, seconds=5)

    told = await operator.get(f"/console/acts/{act}/progress")

    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: progress" in told.text
    assert told.text.rstrip().endswith("event: ended\ndata:")
    assert MOST_ITEMS >= 3


async def test_turns_are_returned_on_a_legal_basis_and_the_ledger_says_by_whom(api: Api) -> None:
    made = await _undelivered(api)
    operator = await sign_in(api, "operator")
    given = {"act": "return", "item": [_item(made[0])], "query": "cause=undelivered"}

    form = await operator.post("/console/stuck/order", **given)
    without = await operator.post(
        "/console/stuck/acts",
        **given,
        return_to="sender",
        return_reason="incomplete",
        reason=REASON,
    )
    frozen = await operator.post(
        "/console/stuck/acts",
        **given,
        return_to="sender",
        return_reason="incomplete",
        legal_basis="NĐ 61/2018 Điều 17",
        reason=REASON,
    )
    act = await _acted(operator, frozen)
    await operator.post(f"/console/acts/{act}/resume")
    await api.state.runner.run(act, seconds=5)

    page = await operator.get(f"/console/acts/{act}")
    [(actor, reason, basis, facts)] = await api.rows(
        "SELECT actor, body::json ->> 'reason', body::json ->> 'legal_basis',"
        " body::json #>> '{facts,to_step}' FROM ledger WHERE act = %s",
        "hop.returned",
    )
    states = await api.rows(
        "SELECT step, round, state FROM hops WHERE transfer_id = %s AND step IN ('origin', %s)"
        " ORDER BY step, round",
        UUID(made[0]),
        "civil-status",
    )
    assert "Nơi đã chuyển tới bước này" in form.text
    assert (without.status_code, "Ghi căn cứ pháp lý" in without.text) == (422, True)
    assert (actor, reason, basis, facts) == (
        f"operator:person:{operator.name}",
        "incomplete",
        "NĐ 61/2018 Điều 17",
        "origin",
    )
    assert ("civil-status", 1, "returned") in states
    assert ("origin", 2, "dispatching") in states
    assert "Hồ sơ thiếu thành phần" in page.text


async def test_notes_are_read_and_written_by_who_may_act_within_reach(api: Api) -> None:
    made = await _undelivered(api)
    operator, viewer = await sign_in(api, "operator"), await sign_in(api, "viewer")
    elsewhere = await sign_in(api, f"operator@{ELSEWHERE}")
    notes = f"/console/stuck/notes?item={quote(_item(made[0]))}"

    empty = await operator.get(notes)
    kept = await operator.post("/console/stuck/notes", item=_item(made[0]), note="Bà Bí Mật hẹn 9h")
    blank = await operator.post("/console/stuck/notes", item=_item(made[0]), note=" ")
    beyond = await elsewhere.post("/console/stuck/notes", item=_item(made[0]), note="của tôi")
    shown = await operator.get(notes)
    listed = await operator.get("/console/stuck?cause=undelivered")

    assert "Chưa có ghi chú nào" in empty.text
    assert (kept.status_code, blank.status_code, beyond.status_code) == (303, 422, 404)
    assert "Bà Bí Mật hẹn 9h" in shown.text
    assert operator.name in shown.text
    assert ("1 ghi chú" in listed.text, "Bí Mật" in listed.text) == (True, False)
    assert [(await one.get(notes)).status_code for one in (viewer, elsewhere)] == [403, 404]
    assert await api.rows("SELECT act, actor FROM operator_acts") == [
        ("note", f"operator:person:{operator.name}")
    ]


async def test_nothing_chosen_is_never_everything(api: Api) -> None:
    await _undelivered(api)
    operator = await sign_in(api, "operator")
    order = {"act": "archive", "reason": REASON, "query": "cause=undelivered"}

    for whole in ({}, {"whole": "0"}):
        for path in ("/console/stuck/order", "/console/stuck/acts"):
            refused = await operator.post(path, **order, **whole)
            assert refused.status_code == 303, refused.text
            assert refused.headers["location"] == "/console/stuck?cause=undelivered"
            assert "lt_flash" in refused.headers["set-cookie"]
    assert await api.rows("SELECT FROM operator_acts") == []
