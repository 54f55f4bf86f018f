"""Reports over HTTP: the figures of the books, as a page and as files, no further than one sees."""

import csv
import io
import re

import pytest

from gateway.duties.bookkeeper import Bookkeeper
from gateway.reports.making import ReportName
from routing.units.search import folded
from tests.browser.report_scenes import write_books
from tests.browser.scenes import write_afternoon
from tests.integration.api.running import Api
from tests.integration.console.visiting import sign_in

HERE, THERE = "H31.101", "H31.102"
REPORTS = "/console/reports"


@pytest.fixture
async def api_with_books(api: Api) -> Api:
    services = api.gateway.services
    async with services.pool.connection() as connection:
        await write_books(connection, services.rulebook, services.clock.now())
    return api


def name_of(api: Api, code: str) -> str:
    return api.gateway.services.rulebook.directory.history(code)[-1].name


async def test_a_scope_narrows_pages_and_files_alike(api_with_books: Api) -> None:
    api = api_with_books
    whole, here = await sign_in(api, "viewer"), await sign_in(api, f"viewer@{HERE}")

    for report in ReportName:
        for place in ("", "/csv"):
            path = f"{REPORTS}/{report}{place}?period=2025"
            everything, narrowed = [(await one.get(path)).text for one in (whole, here)]
            if report is not ReportName.II_06A:  # whose lines are fields
                assert name_of(api, THERE) in everything
                assert name_of(api, HERE) in narrowed
            assert name_of(api, THERE) not in narrowed
            assert everything != narrowed


async def test_another_districts_agency_is_one_that_does_not_exist(api_with_books: Api) -> None:
    here = await sign_in(api_with_books, f"viewer@{HERE}")

    for report in ReportName:
        for place in ("", "/csv", "/xlsx"):
            answers = [
                await here.get(f"{REPORTS}/{report}{place}?agency={code}&{more}")
                for code in (THERE, "H31.999999")
                for more in ("", "below=1")
            ]
            assert {one.status_code for one in answers} == {400}
            assert len({one.text.replace(THERE, "H31.999999") for one in answers[::2]}) == 1


async def test_a_file_says_what_the_page_says(api_with_books: Api) -> None:
    viewer = await sign_in(api_with_books, "viewer")
    asked = f"{REPORTS}/bieu-06%s?period=2025-Q4&agency={HERE}"

    page = (await viewer.get(asked % "")).text
    answer = await viewer.get(asked % "/csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["(1) TT", "(2) Đơn vị", "(3) Tiếp nhận: Tổng"]
    [line] = [row for row in rows if row[1] == name_of(api_with_books, HERE)]
    for cell in line[2:]:
        assert f'<td class="number">{cell}</td>' in page
    assert "bieu-06_2025-10-01_2025-12-31.csv" in answer.headers["content-disposition"]
    assert (await viewer.get(asked % "/xlsx")).content.startswith(b"PK")
    assert (await viewer.get(asked % "/json")).status_code == 400


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("", "Kỳ chưa kết thúc"),
        ("2027-01", "Kỳ này chưa bắt đầu"),
        ("2019-Q2", "trước ngày hệ thống bắt đầu có số liệu"),
        ("2026-Q9", "Không có kỳ báo cáo như vậy"),
        ("days&from=2026-02-03&to=2026-02-01", "Khoảng ngày chưa đúng"),
        ("days&from=2025-12-01&to=2026-01-31", "01/12/2025 đến ngày 31/01/2026"),
        ("2025-11&close=14", "15/10/2025 đến ngày 14/11/2025"),
    ],
)
async def test_what_is_not_known_says_so(api_with_books: Api, period: str, said: str) -> None:
    viewer = await sign_in(api_with_books, "viewer")

    assert said in (await viewer.get(f"{REPORTS}/bieu-06?period={period}")).text


async def test_without_books_nothing_is_a_zero_that_is_believed(api: Api) -> None:
    viewer = await sign_in(api, "viewer")

    page = (await viewer.get(f"{REPORTS}/on-time")).text

    assert "Chưa có sự kiện nào được ghi sổ" in page
    assert "Kỳ này không có hồ sơ nào" in page


async def test_the_overview_is_of_ones_own_scope_and_in_both_languages(api_with_books: Api) -> None:
    whole, here = [await sign_in(api_with_books, role) for role in ("viewer", f"viewer@{HERE}")]

    for span in ("month", "quarter", "year", "nonsense"):
        everything, narrowed = [
            (await one.get(f"{REPORTS}?span={span}")).text for one in (whole, here)
        ]
        assert "Báo cáo đúng hạn" in everything
        assert name_of(api_with_books, HERE) in narrowed
        assert narrowed.count("?period=") < everything.count("?period=")
        assert not [
            code
            for code in ("H31.102", "H31.103", "H31.104")
            if name_of(api_with_books, code) in narrowed
        ]
    english = await whole.get(REPORTS, Cookie=f"{whole._cookie()['Cookie']}; lt_language=en")
    assert "On-time report" in english.text


async def test_an_overview_without_books_says_so(api: Api) -> None:
    viewer = await sign_in(api, "viewer")

    page = (await viewer.get(REPORTS)).text

    assert "Chưa có số liệu" in page
    assert 'class="figure' not in page


async def test_what_was_submitted_today_is_in_every_figure_of_this_month(api: Api) -> None:
    caller = await api.sign_in(HERE)
    await api.reach_by("mailbox", HERE)
    for _ in range(3):
        await api.submit(caller)
    while await Bookkeeper(api.gateway.services.pool).book():
        pass

    for role in ("viewer", f"viewer@{HERE}"):
        reader = await sign_in(api, role)
        form = await reader.get(f"{REPORTS}/bieu-06/csv?agency={HERE}")
        rows = list(csv.reader(io.StringIO(form.content.decode("utf-8-sig")), delimiter=";"))
        overview = (await reader.get(REPORTS)).text
        [line] = [row for row in rows if row[1] == name_of(api, HERE)]
        of = {
            heading.partition(")")[0].strip("("): cell
            for heading, cell in zip(rows[0], line, strict=True)
        }
        assert (of["3"], of["11"], of["12"], of["13"]) == ("3", "3", "3", "0")
        figures = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", overview))
        assert figures["Tiếp nhận mới"] == figures["Đang giải quyết"] == "3"
        assert figures["Đang giải quyết, đã quá hạn"] == "0"
        assert re.search(r"<title>\d\d/\d{4} · Tiếp nhận: 3</title>", overview)
        assert "Cả hồ sơ chưa kết thúc" in overview


async def test_an_agency_is_found_by_its_name_within_ones_scope(api_with_books: Api) -> None:
    api = api_with_books
    whole, there = await sign_in(api, "viewer"), await sign_in(api, f"viewer@{THERE}")
    typed = folded(name_of(api, HERE))

    found = await whole.get(f"{REPORTS}/bieu-06?agency={typed}")
    several = await whole.get(f"{REPORTS}/bieu-06?agency=pho hien")
    nothing = await there.get(f"{REPORTS}/bieu-06?agency={typed}")

    assert found.status_code == 200
    assert f'value="{HERE}"' in found.text
    assert several.status_code == 400
    assert 'value="pho hien"' in several.text
    [choice] = re.findall(r'<ul class="meant">(.*?)</ul>', several.text)
    assert f"agency={HERE}" in choice
    assert choice.count("agency=") > 1
    assert nothing.status_code == 400
    assert name_of(api, HERE) not in nothing.text


async def test_scenes_book_a_day_in_its_month_and_year_as_the_bookkeeper_does(
    api_with_books: Api,
) -> None:
    services = api_with_books.gateway.services
    async with services.pool.connection() as connection:
        await write_afternoon(connection, services.rulebook, services.clock.now())

    sums = await api_with_books.rows(
        "SELECT sum(online), sum(on_time), sum(late), sum(met), sum(missed), sum(overdue),"
        " sum(failing) FROM dossier_books GROUP BY grain"
    )

    assert len(sums) == 3
    assert len(set(sums)) == 1
