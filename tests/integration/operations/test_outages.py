"""A declared outage reaches the clocks that it concerns, whoever hears of it first."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.outage import app
from gateway.duties.incident_watch import IncidentWatch
from gateway.duties.librarian import Librarian
from gateway.duties.outage_sweeper import OutageSweeper
from gateway.operations.alarm_kinds import AlarmKind
from gateway.operations.alarms import list_alarms
from gateway.rulebook import load_rulebook
from tests.integration.api.running import COMMUNE, MONDAY, VN, Api, running

WHY = {"legal_basis": "NĐ 99/2022 Điều 16.3", "reason": "Mất kết nối đường truyền"}
RULEBOOK = load_rulebook("thai-binh-hung-yen", "vn")
URL = "/v1/operations/outages"


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN).astimezone(UTC)


async def submitted(api: Api) -> tuple[str, str]:
    """Return a fresh transfer and the agency whose turn its first hop is."""
    receipt = await api.submit(await api.sign_in())
    [first] = [one for one in receipt["itinerary"] if one["state"] == "dispatching"]
    return receipt["transfer"], first["agency"]


async def settle(api: Api, *others: Api) -> None:
    """Have every pass made and every timer handled that is due by now."""
    sweeper = OutageSweeper(api.gateway.services.pool, api.clock)
    waiting = (
        "SELECT 1 FROM outage_sweeps WHERE done_at IS NULL AND due_at <= %s AND not_before <= now()"
    )
    while await api.rows(waiting, api.clock.now()):
        await sweeper.sweep()
    await api.keep_time()


async def hop_of(api: Api, transfer: str) -> dict[str, Any]:
    operator = await api.sign_in(None, "operator")
    shown = await api.http.get(f"/v1/operations/transfers/{transfer}", headers=operator)
    hops: list[dict[str, Any]] = shown.json()["hops"]
    [hop] = [one for one in hops if one["state"] in ("dispatching", "delivered", "received")]
    return hop


async def test_the_clocks_of_its_hops_stand_and_go_on(api: Api) -> None:
    transfer, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    before = await hop_of(api, transfer)
    api.clock.move(minutes=5)

    declared = await api.http.post(URL, json={"agency": agency, **WHY}, headers=operator)
    await settle(api)
    held = await hop_of(api, transfer)

    assert declared.status_code == 201, declared.text
    assert declared.json()["state"] == "open"
    assert declared.json()["warnings"] == []
    assert held["state"] == before["state"] == "dispatching"
    assert held["deliver_by"] is None
    assert held["clock"]["held_since"] == "2026-03-02T01:35:00Z"

    api.clock.move(hours=1)
    outage = declared.json()["outage"]
    ended = await api.http.post(f"{URL}/{outage}/end", json={}, headers=operator)
    await settle(api)
    after = await hop_of(api, transfer)

    assert ended.json()["state"] == "over"
    assert after["deliver_by"] == "2026-03-02T02:39:50Z"  # 08:39:50 in Vietnam, and an hour
    assert after["clock"]["held_since"] is None
    listed = await api.http.get(URL, params={"over": "true"}, headers=operator)
    assert [one["outage"] for one in listed.json()["outages"]] == [outage]


async def test_one_declared_by_mistake_gives_back_what_it_held(api: Api) -> None:
    transfer, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    before = await hop_of(api, transfer)
    declared = await api.http.post(URL, json={"agency": agency, **WHY}, headers=operator)
    await settle(api)
    api.clock.move(minutes=1)

    withdrawn = await api.http.post(f"{URL}/{declared.json()['outage']}/withdraw", headers=operator)
    await settle(api)

    assert withdrawn.json()["state"] == "withdrawn"
    after = await hop_of(api, transfer)
    assert after["deliver_by"] == before["deliver_by"]
    assert after["clock"]["pauses"] == []


async def test_every_process_decides_by_what_is_declared_at_once(
    api: Api, database_url: str
) -> None:
    """No duty has run, and the other process remembers that there is no outage."""
    _, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    async with running(database_url) as other:
        await submitted(other)

        await api.http.post(URL, json={"agency": agency, **WHY}, headers=operator)
        transfer, _ = await submitted(other)

        assert (await hop_of(other, transfer))["clock"]["held_since"] is not None


async def test_an_outage_of_ours_holds_everything_and_lets_claims_count(api: Api) -> None:
    transfer, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    hop = await hop_of(api, transfer)
    api.clock.move(hours=5)
    began = vn("2026-03-02T08:33")

    await api.http.post(
        URL,
        json={"gateway": True, "starts_at": began.isoformat(), **WHY},
        headers=operator,
    )
    queued = {
        "specversion": "1.0",
        "id": "queued-during-the-outage",
        "source": f"urn:lienthong:agency:{agency}",
        "type": "vn.lienthong.hop.received.v1",
        "time": "2026-03-02T09:00:00+07:00",
        "data": {"transfer": transfer, "step": hop["step"], "round": 1},
    }
    taken = await api.send(queued, await api.sign_in(agency))

    assert taken.status_code == 202, taken.text
    after = await hop_of(api, transfer)
    assert after["received_at"] == "2026-03-02T02:00:00Z"
    [(body,)] = await api.rows(
        "SELECT body FROM ledger WHERE transfer_id = %s AND act = 'hop.received'", transfer
    )
    facts = json.loads(body)["facts"]
    assert facts["counts"] == "claimed"
    assert facts["recorded_at"] == "2026-03-02T06:30:00Z"


async def test_a_system_that_the_agencies_below_share_holds_their_hops(api: Api) -> None:
    transfer, agency = await submitted(api)
    above = RULEBOOK.directory.agency(agency, MONDAY)
    assert above is not None
    assert above.parent is not None
    operator = await api.sign_in(None, "operator")
    asked = {"agency": above.parent, **WHY}

    alone = await api.http.post(URL, json=asked, headers=operator)
    await settle(api)
    assert alone.json()["covers"] == 1
    assert (await hop_of(api, transfer))["clock"]["held_since"] is None

    api.clock.move(minutes=1)
    await api.http.post(f"{URL}/{alone.json()['outage']}/end", json={}, headers=operator)
    shared = await api.http.post(URL, json={**asked, "below": True}, headers=operator)
    await settle(api)
    assert shared.json()["covers"] > 1
    assert (await hop_of(api, transfer))["clock"]["held_since"] == "2026-03-02T01:31:00Z"
    listed = await api.http.get(URL, params={"agency": agency}, headers=operator)
    assert [one["outage"] for one in listed.json()["outages"]] == [shared.json()["outage"]]


async def test_what_cannot_be_is_refused_and_says_why(api: Api) -> None:
    _, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    agencys = await api.sign_in()

    async def tried(**asked: Any) -> tuple[int, str]:
        answer = await api.http.post(URL, json={**WHY, **asked}, headers=operator)
        return answer.status_code, answer.json().get("detail", "")

    first = await api.http.post(URL, json={"agency": agency, **WHY}, headers=operator)
    again = await tried(agency=agency)
    assert again[0] == 409
    assert first.json()["outage"] in again[1]
    assert (await tried(agency="H99.99"))[0] == 422
    assert (await tried(agency=COMMUNE, kind="planned"))[0] == 422
    assert (await tried(agency=COMMUNE, starts_at="2026-03-03T08:00:00+07:00"))[0] == 422
    assert (await tried(agency=COMMUNE, gateway=True))[0] == 422
    nobody = "00000000-0000-7000-8000-000000000001"
    unknown = await api.http.post(f"{URL}/{nobody}/end", json={}, headers=operator)
    assert unknown.status_code == 404
    forbidden = await api.http.post(URL, json={"gateway": True, **WHY}, headers=agencys)
    assert forbidden.status_code == 403


async def test_a_planned_outage_announced_too_late_counts_and_says_by_which_article(
    api: Api,
) -> None:
    operator = await api.sign_in(None, "operator")
    planned = {"agency": COMMUNE, "kind": "planned", **WHY}

    late = await api.http.post(
        URL,
        json={
            **planned,
            "starts_at": "2026-03-07T08:00+07:00",
            "ends_at": "2026-03-07T18:00+07:00",
        },
        headers=operator,
    )
    early = await api.http.post(
        URL,
        json={
            **planned,
            "starts_at": "2026-03-14T08:00+07:00",
            "ends_at": "2026-03-14T18:00+07:00",
        },
        headers=operator,
    )

    assert late.json()["state"] == "announced"
    [warning] = late.json()["warnings"]
    assert "NĐ 224/2026" in warning
    assert early.json()["warnings"] == []


async def test_a_planned_outage_begins_and_ends_by_itself(api: Api) -> None:
    transfer, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    span = {"starts_at": "2026-03-02T08:32+07:00", "ends_at": "2026-03-02T09:02+07:00"}
    await api.http.post(
        URL, json={"agency": agency, "kind": "planned", **span, **WHY}, headers=operator
    )
    await settle(api)
    assert (await hop_of(api, transfer))["clock"]["held_since"] is None

    api.clock.move(minutes=3)
    await settle(api)
    assert (await hop_of(api, transfer))["clock"]["held_since"] is not None

    api.clock.move(minutes=30)
    await settle(api)
    after = await hop_of(api, transfer)
    assert after["clock"]["held_since"] is None
    assert after["deliver_by"] == "2026-03-02T02:09:50Z"


async def test_an_incident_of_more_than_a_day_is_seen(api: Api) -> None:
    _, agency = await submitted(api)
    operator = await api.sign_in(None, "operator")
    await api.http.post(URL, json={"agency": agency, **WHY}, headers=operator)

    api.clock.move(hours=24)
    [at_a_day] = (await api.http.get(URL, headers=operator)).json()["outages"]
    api.clock.move(minutes=1)
    [after] = (await api.http.get(URL, headers=operator)).json()["outages"]

    assert (at_a_day["late"], after["late"]) == (False, True)

    watch = IncidentWatch(
        api.gateway.services.pool, api.clock, Librarian(RULEBOOK, api.gateway.services.pool)
    )
    await watch.look()
    [alarm] = await list_alarms(api.gateway.services.pool, kind=AlarmKind.INCIDENT_LASTS)
    assert (alarm["subject"], alarm["detail"]["hours"]) == (agency, 24)

    await api.http.post(f"{URL}/{after['outage']}/end", json={}, headers=operator)
    await watch.look()
    assert await list_alarms(api.gateway.services.pool, kind=AlarmKind.INCIDENT_LASTS) == []


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a thread: it has an event loop of its own."""
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)

    async def run(*arguments: str) -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))

    return run


BASIS = ["--legal-basis", WHY["legal_basis"], "--reason", WHY["reason"]]


async def test_the_command_declares_ends_lists_and_withdraws(api: Api, command: Any) -> None:
    since = ["--from", MONDAY.isoformat()]
    declared = await command("declare", "--agency", COMMUNE, *since, *BASIS, "--json")
    assert declared.exit_code == 0, declared.stderr
    outage = json.loads(declared.stdout)["outage"]
    assert "NĐ 99/2022" in declared.stderr  # the command's clock is long after that day

    again = await command("declare", "--agency", COMMUNE, *since, *BASIS)
    assert again.exit_code == 2
    assert again.stderr.count("\n") == 1
    assert outage in again.stderr

    listed = await command("list")
    assert outage in listed.stdout
    assert "open for longer than an incident may last" in listed.stdout

    ended = await command("end", outage, "--at", "2026-03-02T10:00+07:00", "--json")
    assert json.loads(ended.stdout)["ends_at"] == "2026-03-02T03:00:00Z"
    assert json.loads((await command("list", "--json")).stdout) == []

    withdrawn = await command("withdraw", outage, "--json")
    assert json.loads(withdrawn.stdout)["state"] == "withdrawn"


@pytest.mark.parametrize(
    "line",
    [
        ["declare", *BASIS],
        ["declare", "--gateway", "--agency", COMMUNE, *BASIS],
        ["declare", "--gateway", "--below", *BASIS],
        ["declare", "--gateway", "--from", "yesterday", *BASIS],
        ["declare", "--gateway", "--from", "2026-03-02T08:00", *BASIS],
        ["declare", "--agency", "H99.99", *BASIS],
        ["declare", "--gateway", "--planned", *BASIS],
        ["end", "x"],
        ["end", "00000000-0000-7000-8000-000000000001"],
    ],
)
async def test_bad_input_is_one_line_and_exit_code_2(
    api: Api, command: Any, line: list[str]
) -> None:
    refused = await command(*line)

    assert refused.exit_code == 2
    assert refused.stderr.startswith("lienthong outage: ")
    assert refused.stderr.count("\n") == 1
