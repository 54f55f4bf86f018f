"""Reorganisation preview: drafted, looked at; nothing moves without a second person."""

from datetime import datetime
from uuid import UUID

import httpx
import pytest

from gateway.operations.reform_plans import find_draft
from routing.reform import Plan
from tests.integration.api.running import VN, Api
from tests.integration.console.visiting import Visit, sign_in
from tests.integration.reform.eve import BASIS, CARE, COMMUNE, REFORM, Eve

PAGE = "/console/reorganisation"
EVE = datetime(2025, 6, 30, 8, 30, tzinfo=VN)
AMBIGUOUS = """# title: Phương án thử
# effective: 2025-07-01
# legal_basis: NQ 202/2025/QH15
# otherwise: person
agency\trole\tunit\tto\tlegal_basis
H54.20.11\tone-stop.commune\t\tH31.201\t
"""


@pytest.fixture
def eve(api: Api) -> Eve:
    api.clock.move(seconds=(EVE - api.clock.now()).total_seconds())
    return Eve(api)


async def drafted(visit: Visit, **fields: str) -> httpx.Response:
    given = fields or {"effective": "2025-07-01", "legal_basis": BASIS}
    return await visit.post(PAGE, **given)


async def shown(api: Api, visit: Visit, here: str) -> str:
    """Return the page of a plan once it has been read to the end."""
    await visit.get(here)
    plan = await find_draft(api.gateway.services.pool, here.rpartition("/")[2])
    assert isinstance(plan, Plan)
    forecast = api.state.services.forecaster.of(plan, api.state.services.rulebook)
    assert forecast.task is not None
    await forecast.task
    return (await visit.get(here)).text


async def agency_of(api: Api, transfer: UUID) -> str:
    [(agency,)] = await api.rows("SELECT originator FROM transfers WHERE id = %s", transfer)
    return str(agency)


async def test_a_draft_shows_what_closes_what_moves_and_changes_nothing(api: Api, eve: Eve) -> None:
    transfer = await eve.submits(procedure=CARE)
    supervisor = await sign_in(api, "supervisor")

    answer = await drafted(supervisor)
    text = await shown(api, supervisor, answer.headers["location"])
    listed = (await supervisor.get(PAGE)).text

    assert answer.status_code == 303
    assert ">556<" in text  # agencies of Thái Bình and of Hưng Yên's districts
    assert "Đây chỉ là xem trước" in text
    assert "Chưa đến ngày 01/07/2025" in text
    assert "Công an tỉnh Hưng Yên" in text
    assert "Theo danh bạ cơ quan" in listed
    assert await agency_of(api, transfer) == COMMUNE
    assert await api.rows("SELECT 1 FROM operator_acts") == []


async def test_what_waits_for_a_person_is_named(api: Api, eve: Eve) -> None:
    supervisor = await sign_in(api, "supervisor")
    await eve.submits(procedure=CARE)

    answer = await drafted(
        supervisor, document=AMBIGUOUS.replace("one-stop.commune", "police.local")
    )
    text = await shown(api, supervisor, answer.headers["location"])

    assert "Phương án thử" in text
    assert "Không phần việc nào phải chờ" not in text
    assert f"{COMMUNE}-250630" in text


async def test_nothing_moves_before_a_second_person_approved(api: Api, eve: Eve) -> None:
    transfer = await eve.submits(procedure=CARE)
    lan, ha = await sign_in(api, "supervisor"), await sign_in(api, "supervisor")
    here = (await drafted(lan)).headers["location"]
    await shown(api, lan, here)

    early = await lan.post(f"{here}/order", reason="Sắp xếp đơn vị hành chính")
    eve.the_day_comes(hours=8)
    nameless = await lan.post(f"{here}/order", reason=" ")
    ordered = await lan.post(f"{here}/order", reason="Sắp xếp đơn vị hành chính")
    states = await api.rows("SELECT DISTINCT state FROM operator_acts WHERE act = 'reorganise'")
    proposals = await api.rows("SELECT id FROM proposals WHERE kind = 'reorganise'")
    own = await lan.post(f"/console/approvals/{proposals[0][0]}/approve", reason="tự duyệt")

    assert early.headers["location"] == nameless.headers["location"] == here
    assert ordered.headers["location"] == "/console/approvals"
    assert states == [("held",)]
    assert own.status_code == 303
    assert await agency_of(api, transfer) == COMMUNE
    assert await api.rows("SELECT DISTINCT state FROM operator_acts") == [("held",)]
    assert "Sắp xếp đơn vị hành chính" in (await ha.get("/console/approvals")).text


async def test_a_plan_that_is_wrong_is_refused_with_its_lines_and_stays_in_the_form(
    api: Api, eve: Eve
) -> None:
    supervisor = await sign_in(api, "supervisor")

    faulty = await drafted(supervisor, document=AMBIGUOUS.replace("H31.201", "nobody"))
    nothing = await drafted(supervisor, effective="2025-07-01", legal_basis=" ")
    missing = await supervisor.get(f"{PAGE}/{'0' * 64}")
    contradicted = await drafted(supervisor, document=AMBIGUOUS.replace("H54.20.11", "H31.101"))
    text = await shown(api, supervisor, contradicted.headers["location"])

    assert faulty.status_code == nothing.status_code == 422
    assert "line 6" in faulty.text
    assert "Phương án thử" in faulty.text
    assert missing.status_code == 404
    assert "Không xem trước được phương án này" in text
    assert "H31.101 does not close" in text


async def test_whoever_answers_for_one_district_plans_nothing(api: Api, eve: Eve) -> None:
    local = await sign_in(api, "supervisor@H31.101")

    bar = (await local.get("/console/account")).text
    refused = [
        (await local.get(PAGE)).status_code,
        (await drafted(local)).status_code,
        (await local.get(f"{PAGE}/{'0' * 64}")).status_code,
    ]

    assert refused == [403] * 3
    assert PAGE not in bar
    assert api.clock.now() < REFORM
