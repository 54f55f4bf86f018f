"""Boards: who has the address sees how an office's dossiers stand, and nobody anything else."""

from datetime import timedelta

import pytest

from gateway.ids import new_id
from gateway.operations.audit import By
from gateway.operations.boards import make_board, tail_of
from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import sign_in

BY = By("operator:cli:test", "sảnh mới")
BOARDS = "/console/boards"


async def dark(api: Api) -> None:
    """Have the board looked up again, as five seconds do by themselves."""
    api.app.state.console.state.wall._kept.clear()


async def write_ended(api: Api, number: int, state: str, **ago: float) -> None:
    now = api.clock.now()
    await api.rows(
        "INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,"
        " submitted_at, ended_at, itinerary_no, document, seq, head_hash)"
        " VALUES (%s, %s, %s, %s, %s, '2.000987', 'v1', %s, %s, 1, '{}', 1, '')",
        *(new_id(), COMMUNE, f"{COMMUNE}-260227-{number:04d}", COMMUNE, state, now),
        now - timedelta(**ago),
    )


async def test_a_hall_sees_ends_of_codes_standings_and_dates_and_nothing_personal(
    api: Api,
) -> None:
    receipt = await api.submit(await api.sign_in())
    for number, (state, days) in enumerate(
        [("completed", 1), ("refused", 2), ("withdrawn", 1), ("completed", 8)], start=11
    ):
        await write_ended(api, number, state, days=days)
    path = (await make_board(api.gateway.services.pool, COMMUNE, BY)).path

    page = await api.http.get(path)
    rows = await api.http.get(path + "/rows")

    [(code,)] = await api.rows("SELECT code FROM transfers WHERE id = %s", receipt["transfer"])
    shown = [part.partition("<")[0] for part in rows.text.split('"board-code">')[1:]]
    assert shown[:2] == ["0227-0011", "0227-0012"]
    assert len(shown) == 3
    assert shown[2] == tail_of(code)
    assert code not in page.text
    assert "Nguyễn" not in page.text
    assert "Mời nhận kết quả" in rows.text
    assert page.headers["cache-control"] == rows.headers["cache-control"] == "no-store"
    assert rows.headers["x-edition"] in page.text


async def test_who_has_no_address_finds_nothing(api: Api) -> None:
    pool = api.gateway.services.pool
    path = (await make_board(pool, COMMUNE, BY)).path
    token = path.rpartition("/")[2]
    [(kept,)] = await api.rows("SELECT to_jsonb(b)::text FROM boards b")

    tried = [
        f"/bang/{COMMUNE}",
        f"/bang/{COMMUNE}/{token[:-1]}x",
        f"/bang/H31.102/{token}",
        f"/bang/{COMMUNE}/{'x' * 200}",
        f"/bang/{COMMUNE}%00/{token}",
    ]
    answers = [(await api.http.get(one)).status_code for one in tried]

    assert answers == [404] * 5
    assert token not in kept
    assert (await api.http.get(path)).status_code == 200


async def test_a_supervisor_puts_up_and_takes_down_within_their_scope_alone(api: Api) -> None:
    ours, theirs = await sign_in(api, "supervisor@H31.101"), await sign_in(api, "supervisor@H31")
    operator = await sign_in(api, "operator")
    made = await ours.post(BOARDS, agency="h31.101", reason="sảnh mới")
    beyond = await ours.post(BOARDS, agency="H31.102", reason="sảnh bên")
    unsaid = await ours.post(BOARDS, agency="H31.101", reason=" ")
    other = await theirs.post(BOARDS, agency="H31.102", reason="sảnh bên")
    path = made.text.partition('href="http://gateway/bang/')[2].partition('"')[0]
    boards = dict(await api.rows("SELECT agency, id FROM boards"))

    seen = (await ours.get(BOARDS)).text
    foreign = await ours.post(f"{BOARDS}/{boards['H31.102']}/revoke", reason="thử")
    revoked = await ours.post(f"{BOARDS}/{boards['H31.101']}/revoke", reason="đổi màn hình")
    await dark(api)

    assert [one.status_code for one in (made, beyond, unsaid, other)] == [200, 422, 422, 200]
    assert "H31.102" not in seen
    assert (foreign.status_code, revoked.status_code) == (404, 303)
    assert (await api.http.get(f"/bang/{path}")).status_code == 404
    assert (await operator.get(BOARDS)).status_code == 403
    trail = await api.rows(
        "SELECT act, subject, reason FROM audit WHERE act LIKE 'board.%%' ORDER BY id"
    )
    assert trail == [
        ("board.made", "H31.101", "sảnh mới"),
        ("board.made", "H31.102", "sảnh bên"),
        ("board.revoked", "H31.101", "đổi màn hình"),
    ]


@pytest.mark.parametrize(
    ("code", "tail"),
    [
        ("H31.101-260302-0001", "0302-0001"),
        ("H31.101-260302-12345", "302-12345"),
        ("000.00.01.H31-260302-0001", "0302-0001"),
        ("A1B2", "1B2"),
        ("X", ""),
    ],
)
def test_never_the_whole_code_is_shown(code: str, tail: str) -> None:
    assert tail_of(code) == tail
