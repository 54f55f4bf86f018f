"""Users: administrators add and change people within their scope; each act says why."""

import re

import httpx

from gateway.people.signing_in import Opened
from tests.integration.api.running import Api
from tests.integration.console.visiting import Visit, sign_in


async def id_of(api: Api, name: str) -> str:
    [(found,)] = await api.rows("SELECT id FROM people WHERE name = %s", name)
    return str(found)


async def add(visit: Visit, **fields: str) -> httpx.Response:
    given = {
        "called": "Nguyễn Thị Lan",
        "name": "lan.nguyen",
        "role": "operator",
        "scope": "H31.101",
        "reason": "nhân sự mới",
    }
    return await visit.post("/console/people/new", **{**given, **fields})


async def test_somebody_is_added_and_their_first_password_is_shown_once(api: Api) -> None:
    administrator = await sign_in(api, "administrator", name="quan.tri")

    shown = await add(administrator)
    [password] = re.findall(r"<code>([a-z0-9-]+)</code>", shown.text)
    opened = await api.state.doors.sign_in("lan.nguyen", password, "192.0.2.7")
    listed = await administrator.get("/console/people")
    [entry] = await api.rows(
        "SELECT actor, reason, after FROM audit WHERE act = 'person.added' AND subject = %s",
        "lan.nguyen",
    )

    assert shown.status_code == 200
    assert isinstance(opened, Opened)
    assert password not in listed.text
    assert "Nguyễn Thị Lan" in listed.text
    assert entry == (
        "operator:person:quan.tri",
        "nhân sự mới",
        {"roles": ["operator@H31.101"]},
    )


async def test_what_is_missing_is_said_and_nothing_is_added(api: Api) -> None:
    administrator = await sign_in(api, "administrator")

    answers = [
        await add(administrator, reason=" "),
        await add(administrator, role=""),
        await add(administrator, scope="H99.999"),
        await add(administrator, name="Lan!"),
    ]

    assert [one.status_code for one in answers] == [422] * 4
    assert "Hãy ghi lý do." in answers[0].text
    assert "Danh bạ không có" in answers[2].text
    assert await api.rows("SELECT 1 FROM people WHERE name LIKE %s", "lan%") == []


async def test_an_administrator_of_one_place_knows_nobody_of_another(api: Api) -> None:
    local = await sign_in(api, "administrator@H31.101")
    await sign_in(api, "operator@H31.101", name="o.day")
    await sign_in(api, "operator@H31.102", name="noi.khac")
    there = f"/console/people/{await id_of(api, 'noi.khac')}"

    listed = await local.get("/console/people")
    hidden = [
        (await local.get(there)).status_code,
        (await local.post(f"{there}/disable", reason="thử")).status_code,
        (await local.post(f"{there}/password", reason="thử")).status_code,
    ]
    beyond = await add(local, scope="")

    assert "o.day" in listed.text
    assert "noi.khac" not in listed.text
    assert hidden == [404] * 3
    assert beyond.status_code == 422
    assert "vượt ngoài phạm vi" in beyond.text


async def test_a_long_list_is_read_page_by_page_and_found_by_a_part_of_a_name(api: Api) -> None:
    local = await sign_in(api, "administrator@H31.101")
    await api.rows(
        "INSERT INTO people (id, name, display_name, must_change) SELECT md5(n::text)::uuid,"
        " 'can.bo.' || n, 'Cán bộ số ' || n, true FROM generate_series(100, 159) n RETURNING id"
    )
    await sign_in(api, "operator@H31.102", name="can.bo.khac")

    first = await local.get("/console/people")
    [following] = re.findall(r'href="(/console/people\?after=[^"]+)"', first.text)
    second = await local.get(following)
    found = await local.post("/console/people/find", text="SỐ 15")
    everything = await local.post("/console/people/find", text="%")
    hidden = await local.post("/console/people/find", text="khac")

    named = [re.findall(r"can\.bo\.(\w+)", one.text) for one in (first, second)]
    assert sorted(named[0] + named[1]) == [str(number) for number in range(100, 160)]
    assert [len(one) > 0 for one in named] == [True, True]
    assert re.findall(r"can\.bo\.(\w+)", found.text) == [str(n) for n in range(150, 160)]
    assert "can.bo." not in everything.text
    assert "can.bo." not in hidden.text


async def test_nobody_changes_what_they_are_themselves(api: Api) -> None:
    administrator = await sign_in(api, "administrator", name="quan.tri")
    own = f"/console/people/{await id_of(api, 'quan.tri')}"

    more = await administrator.post(f"{own}/roles", role="supervisor", reason="thử")

    assert more.status_code == 422
    assert (await administrator.get(own)).status_code == 200
    assert await api.rows("SELECT role FROM person_roles") == [("administrator",)]


async def test_roles_are_changed_and_an_account_is_switched_off_and_on(api: Api) -> None:
    administrator = await sign_in(api, "administrator")
    visitor = await sign_in(api, "viewer", "operator@H31.101", name="lan.nguyen")
    person = f"/console/people/{await id_of(api, 'lan.nguyen')}"

    changed = await administrator.post(
        f"{person}/roles", keep="viewer", role="auditor", scope="", reason="chuyển việc"
    )
    off = await administrator.post(f"{person}/disable", reason="nghỉ việc")
    shown = await administrator.get(person)
    on = await administrator.post(f"{person}/enable", reason="đi làm lại")
    api.state.sessions.forget()

    assert [one.status_code for one in (changed, off, on)] == [303] * 3
    assert "Đã khóa" in shown.text
    assert (await visitor.get("/console/account")).status_code == 303
    roles = await api.rows(
        "SELECT role, scope FROM person_roles r JOIN people p"
        " ON p.id = r.person_id WHERE p.name = 'lan.nguyen' ORDER BY role"
    )
    assert roles == [("auditor", None), ("viewer", None)]
    assert (await administrator.post(f"{person}/nothing", reason="x")).status_code == 404


async def test_the_bar_shows_what_somebody_may_open_and_no_more(api: Api) -> None:
    operator, administrator = await sign_in(api, "operator"), await sign_in(api, "administrator")

    bars = [(await one.get("/console/account")).text for one in (operator, administrator)]

    assert ['href="/console"' in bar for bar in bars] == [True, True]
    assert ["/console/people" in bar for bar in bars] == [False, True]
    assert ["/console/approvals" in bar for bar in bars] == [False, True]
