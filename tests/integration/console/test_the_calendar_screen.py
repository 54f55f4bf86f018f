"""Calendar: a missing year is shouted; what one imports another lets rule; moves are shown."""

from importlib.resources import files

import httpx

from tests.integration.api.running import COMMUNE, Api
from tests.integration.console.visiting import Visit, sign_in

PAGE = "/console/calendar"
NEWER = "vn@2026-11-25"
_VN = files("routing").joinpath("data", "calendars", "vn")
DOCUMENT = (
    _VN.joinpath("2026-11-22.toml")
    .read_text("utf-8")
    .replace('version = "2026-11-22"', 'version = "2026-11-25"')
    + """
[[day_off]]
date = 2026-03-04
kind = "local_day_off"
reason = "Ngày nghỉ thử"
source = "Quyết định thử"
certainty = "demo"
"""
)


async def bring_in(visit: Visit, document: str = DOCUMENT) -> httpx.Response:
    return await visit.post(f"{PAGE}/import", document=document)


async def test_a_year_that_nobody_decided_is_shouted(api: Api) -> None:
    viewer = await sign_in(api, "viewer@H31.101")

    calm = (await viewer.get(PAGE)).text
    api.clock.move(days=290)  # Tết 2027 is near, and not decided
    await api.state.services.lookout.look()
    loud = (await viewer.get(f"{PAGE}?year=2027")).text

    assert "CHƯA CÓ LỊCH" not in calm
    assert "CHƯA CÓ LỊCH LÀM VIỆC SAU NGÀY 03/02/2027" in loud
    assert "331 ngày của năm 2027 chưa có lịch" in loud
    assert "Hãy báo người phụ trách" in loud


async def test_what_one_person_imports_another_lets_rule(api: Api) -> None:
    lan, ha = await sign_in(api, "supervisor"), await sign_in(api, "supervisor")

    imported = await bring_in(lan)
    own = await lan.post(f"{PAGE}/approve", calendar=NEWER, reason="đã rà soát")
    without_reason = await ha.post(f"{PAGE}/approve", calendar=NEWER, reason=" ")
    waiting = (await ha.get(f"{PAGE}?calendar={NEWER}")).text
    approved = await ha.post(f"{PAGE}/approve", calendar=NEWER, reason="đã rà soát")
    entries = await api.rows(
        "SELECT act, actor, reason FROM audit WHERE subject = %s ORDER BY id", NEWER
    )

    assert imported.headers["location"] == f"{PAGE}?calendar={NEWER}"
    assert own.status_code == 422
    assert without_reason.status_code == approved.status_code == 303
    assert "Chờ phê duyệt" in waiting
    assert "Phê duyệt và áp dụng" in waiting
    assert api.state.services.rulebook.calendar.pin == NEWER
    assert [(act, actor) for act, actor, _ in entries] == [
        ("calendar.imported", f"operator:person:{lan.name}"),
        ("calendar.approved", f"operator:person:{ha.name}"),
    ]
    assert entries[1][2] == "đã rà soát"


async def test_a_file_that_is_wrong_is_refused_with_its_fault_and_stays_in_the_form(
    api: Api,
) -> None:
    supervisor = await sign_in(api, "supervisor")

    answer = await bring_in(supervisor, DOCUMENT.replace("2026-03-04", "2099-03-04"))

    assert answer.status_code == 422
    assert "Không nhận được lịch này" in answer.text
    assert "2099-03-04" in answer.text
    assert await api.rows("SELECT 1 FROM calendar_versions") == []


async def test_tables_are_nobodys_of_one_district(api: Api) -> None:
    local = await sign_in(api, "supervisor@H31.101")

    shown = (await local.get(PAGE)).text
    refused = [
        (await bring_in(local)).status_code,
        (await local.post(f"{PAGE}/approve", calendar=NEWER, reason="thử")).status_code,
    ]

    assert "Nhập lịch mới" not in shown
    assert refused == [403, 403]


async def test_what_a_version_would_move_is_shown_to_whoever_answers_for_it(api: Api) -> None:
    supervisor = await sign_in(api, "supervisor")
    here, elsewhere = await sign_in(api, f"viewer@{COMMUNE}"), await sign_in(api, "viewer@H31.102")
    caller = await api.sign_in()
    await api.submit(caller)
    await bring_in(supervisor)

    shown = [(await one.get(f"{PAGE}/moves?calendar={NEWER}")).text for one in (here, elsewhere)]
    [(transfer,)] = await api.rows("SELECT id FROM transfers")
    dossier = await here.get(f"/console/transfers/{transfer}")
    unknown = await here.get(f"{PAGE}/moves?calendar=vn@2020-01-01")

    assert "Hạn theo lịch này" in shown[0]
    assert "muộn hơn" in shown[0]
    assert f"/console/transfers/{transfer}" in shown[0]
    assert dossier.status_code == 200
    assert "Không hạn nào thay đổi" in shown[1]
    assert unknown.status_code == 404


async def test_an_address_that_means_nothing_is_not_there(api: Api) -> None:
    viewer = await sign_in(api, "viewer")

    found = [
        (await viewer.get(f"{PAGE}?{query}")).status_code
        for query in ("calendar=vn@1999-01-01", "calendar=../etc", "year=0", "year=%D9%A2")
    ]

    assert found == [404, 404, 200, 200]
