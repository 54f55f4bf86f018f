"""The same figures over HTTP and on the command line, as JSON, CSV and a spreadsheet."""

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from gateway.cli import main
from gateway.identity.clients import Clients
from gateway.reports.making import ReportName
from tests.integration.reports.month import COMMUNES, FEW, month_of
from tests.stage.inside import QUICK, Inside

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
REPORTS = "/v1/operations/reports"


async def operator(inside: Inside) -> dict[str, str]:
    made = await Clients(inside.gateway.services.pool, QUICK).register("boss", roles=("operator",))
    answer = await inside.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made.client_id, made.secret),
    )
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def test_over_http(database_url: str) -> None:
    async with month_of(database_url, FEW) as inside:
        headers = await operator(inside)

        async def asked(name: str, **more: str) -> Any:
            return await inside.http.get(
                f"{REPORTS}/{name}", params={**MARCH, **more}, headers=headers
            )

        whole = (await asked("bieu-06")).json()
        kinds = [row["kind"] for row in whole["rows"]]
        assert kinds == ["group"] + ["line"] * len(COMMUNES) + ["total"]
        assert whole["rows"][0]["unit"] == "UBND cấp xã"
        assert whole["rows"][-1]["received"] == FEW.received
        assert [column["number"] for column in whole["columns"]] == [str(n) for n in range(1, 14)]
        assert not whole["books"]["behind"]

        one = (await asked("bieu-06", agency=COMMUNES[0][0])).json()
        assert 0 < one["rows"][-1]["received"] < FEW.received
        assert (await asked("bieu-06", level="province")).json()["rows"][-1]["received"] == 0

        fields = (await asked("ii-06a", level="commune")).json()["rows"]
        assert [row["field"] for row in fields] == ["Chứng thực", "Bảo trợ xã hội", "Tổng cộng"]
        of_land = (await asked("ii-06a", level="commune", field="land")).json()["rows"]
        assert of_land[-1]["received"] == 0
        centre = (await asked("ii-06a")).json()["rows"]
        assert [row["received"] for row in centre] == [0]  # all of them came to communes

        april = {"from": "2026-04-01", "to": "2026-04-30"}
        later = (await asked("bieu-06", **april)).json()["rows"][-1]
        assert later["carried_over"] == later["received"] == later["open"] == FEW.open
        assert later["open_overdue"] == FEW.overdue

        judged = (await asked("on-time")).json()["rows"][-1]
        assert judged["judged"] == FEW.received
        withdrawn_late = 1  # copies are due the same day; the forms count what goes back apart
        assert judged["ended_late"] == FEW.late + withdrawn_late
        assert judged["open_late"] == FEW.overdue

        times = (await asked("agency-time")).json()["rows"][-1]
        assert (times["turns"], times["late"]) == (FEW.settled, FEW.late)
        steps = (await asked("agency-time", agency=COMMUNES[1][0])).json()["rows"]
        assert steps[0]["step"] == "UBND xã rà soát, quyết định"

        for name in ReportName:
            table = (await asked(name, format="csv")).content.decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(table)))
            assert len({len(row) for row in rows}) == 1
            assert rows[-1][1] == "Tổng cộng"

        sheet = await asked("bieu-06", format="xlsx")
        assert (
            'filename="bieu-06_2026-03-01_2026-03-31.xlsx"' in sheet.headers["content-disposition"]
        )
        page = openpyxl.load_workbook(io.BytesIO(sheet.content)).active
        assert page is not None
        last = next(row for row in page.iter_rows(values_only=True) if row[1] == "Tổng cộng")
        total = [whole["rows"][-1][column["key"]] for column in whole["columns"]]
        assert list(last) == total

        for bad in ({"agency": "H00"}, {"level": "moon"}, {"field": "moon"}, {"to": "2025-01-01"}):
            refused = await asked("bieu-06", **bad)
            assert refused.status_code == 400, bad
        stranger = await inside.caller()
        refused = await inside.http.get(
            f"{REPORTS}/bieu-06", params=MARCH, headers=stranger.authorization
        )
        assert refused.status_code == 403


def run(line: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> tuple[int, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["lienthong", *line])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), capsysbinary.readouterr().out


async def test_on_the_command_line(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    async with month_of(database_url, FEW):
        pass
    capsysbinary.readouterr()
    monkeypatch.setenv("LIENTHONG_DATABASE_URL", database_url)
    march = ["--from", "2026-03-01", "--to", "2026-03-31"]

    def told(*line: str) -> tuple[int, bytes]:
        return run(["report", *line], capsysbinary)

    code, out = await asyncio.to_thread(told, "outcomes", *march, "--json")
    assert code == 0
    total = orjson.loads(out)["rows"][-1]
    assert (total["received"], total["returned"]) == (FEW.received, FEW.returned)

    code, out = await asyncio.to_thread(told, "bieu-06", *march)
    text = out.decode()
    assert code == 0
    assert "Biểu 06/VPCP/KSTT" in text
    assert "Tổng cộng" in text
    assert "đã ghi hết các sự kiện" in text

    file = tmp_path / "bieu.xlsx"
    code, _ = await asyncio.to_thread(
        told, "bieu-06", *march, "--format", "xlsx", "--out", str(file)
    )
    assert code == 0
    assert openpyxl.load_workbook(file).sheetnames == ["bieu-06"]

    assert (await asyncio.to_thread(told, "check")) == (0, b"0 difference(s)\n")
    assert (await asyncio.to_thread(told, "check", "--rebuild"))[0] == 0
    assert (await asyncio.to_thread(told, "bieu-06", *march, "--agency", "H00"))[0] == 2
