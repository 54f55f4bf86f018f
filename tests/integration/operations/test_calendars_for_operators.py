"""Operators see the calendar's end come, and work with calendars over HTTP."""

from gateway.operations.alarms import list_alarms
from tests.integration.api.running import Api
from tests.integration.operations.test_calendars import NEW, WEDNESDAY_OFF, approved
from tests.integration.operations.test_moving_deadlines import LAND
from tests.unit.legaltime.agency_files import next_year


async def test_an_alarm_is_raised_before_the_calendar_ends_and_cleared_by_a_new_version(
    api: Api,
) -> None:
    lookout, pool = api.gateway.services.lookout, api.gateway.services.pool
    await lookout.look()
    assert await list_alarms(pool) == []

    api.clock.move(days=240)
    await lookout.look()
    [alarm] = await list_alarms(pool)
    await lookout.look()
    [unchanged] = await list_alarms(pool)
    metrics = (await api.http.get("/metrics")).text
    await approved(api, next_year())
    await lookout.look()

    assert (alarm["kind"], alarm["subject"]) == ("calendar-missing-soon", "vn")
    assert alarm["detail"]["known_until"] == "2027-02-03"
    assert alarm["detail"]["days_left"] == 98
    assert unchanged["count"] == 1
    assert "lienthong_calendar_known_days 98.0" in metrics
    assert await list_alarms(pool) == []


async def test_operators_import_approve_compare_and_apply_over_http(api: Api) -> None:
    receipt = await api.submit(await api.sign_in(), **LAND)
    operator = await api.sign_in(None, "operator")
    calendars = "/v1/operations/calendars"

    made = await api.http.post(calendars, json={"document": WEDNESDAY_OFF}, headers=operator)
    moves = await api.http.get(f"{calendars}/{NEW}/moves", headers=operator)
    early = await api.http.post(
        f"{calendars}/{NEW}/apply", json={"reason": "thử", "all": True}, headers=operator
    )
    alone = await api.http.post(f"{calendars}/{NEW}/approve", headers=operator)
    other = await api.sign_in(None, "operator")
    done = await api.http.post(f"{calendars}/{NEW}/approve", headers=other)
    applied = await api.http.post(
        f"{calendars}/{NEW}/apply",
        json={"reason": "Hoán đổi ngày nghỉ", "transfers": [receipt["transfer"]]},
        headers=operator,
    )
    listed = (await api.http.get(calendars, headers=operator)).json()
    year = (await api.http.get(f"{calendars}/vn/days/2027", headers=operator)).json()

    assert (made.status_code, made.json()["state"]) == (201, "imported")
    assert (moves.json()["moves"], moves.json()["totals"]) == (2, 1)
    assert (early.status_code, early.json()["detail"]) == (
        422,
        f"'{NEW}' is not an approved version",
    )
    assert (alone.status_code, "somebody else approves" in alone.text) == (422, True)
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert applied.status_code == 202, applied.text
    assert [one["outcomes"] for one in applied.json()["acts"]] == [{"done": 2}]
    assert [one["state"] for one in listed["calendars"]] == ["packaged", "approved"]
    assert listed["reach"]["known_until"] == "2027-12-31"
    assert (year["calendar"], len(year["days"])) == (NEW, 365)


async def test_a_slip_in_a_file_is_one_line_over_http_too(api: Api) -> None:
    operator = await api.sign_in(None, "operator")

    answer = await api.http.post(
        "/v1/operations/calendars", json={"document": "name = 'vn'"}, headers=operator
    )
    agency = await api.http.get("/v1/operations/calendars", headers=await api.sign_in())

    assert (answer.status_code, answer.json()["detail"]) == (422, "version is missing")
    assert agency.status_code == 403
