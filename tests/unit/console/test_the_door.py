"""Who asks for a page gets one, with strict headers; who asks the API gets what it always got."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from gateway.console import shelf
from gateway.console.door import Door
from gateway.console.flashes import Flash
from gateway.console.pages import Page, Pages
from gateway.console.problems import answer_with_pages
from gateway.console.screens import choosing
from gateway.console.screens.choosing import local
from gateway.console.shelf import Shelf
from gateway.console.visitors import answer_the_turned_away


@pytest.fixture
def console() -> FastAPI:
    """The console's frame around screens that go wrong in every way."""
    one = FastAPI()
    one.state.shelf = Shelf.stocked()
    one.state.pages = Pages(one.state.shelf)
    one.include_router(shelf.router)
    one.include_router(choosing.router)

    @one.get("/console/fails/{how}")
    async def fail(how: str) -> None:
        match how:
            case "code":
                raise ZeroDivisionError("Nguyễn Văn Bí Mật")
            case "store":
                raise PoolTimeout
            case _:
                raise HTTPException(int(how))

    @one.get("/console/numbers/{number}")
    async def number(number: int, page: Page) -> Any:
        return page.lead_to("/console/nowhere", Flash("good", "problem.number", {"code": number}))

    answer_with_pages(one)
    answer_the_turned_away(one)
    return one


@pytest.fixture
async def http(console: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    api = FastAPI()

    @api.get("/v1/thing")
    async def thing() -> dict[str, bool]:
        return {"ours": True}

    api.add_middleware(Door, console=console, over_tls=True)
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateway") as client:
        yield client


async def test_the_api_is_as_it_was(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/thing")

    assert answer.json() == {"ours": True}
    assert "content-security-policy" not in answer.headers
    assert (await http.get("/consoles")).json() == {"detail": "Not Found"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/console/nowhere", 404, "Không tìm thấy trang"),
        ("/tra-cuu/nowhere", 404, "Không tìm thấy trang"),
        ("/console/numbers/x", 404, "Không tìm thấy trang"),
        ("/console/fails/403", 403, "Bạn không có quyền xem trang này"),
        ("/console/fails/418", 418, "Không đọc được yêu cầu"),
        ("/console/fails/code", 500, "Cổng liên thông gặp lỗi"),
        ("/console/fails/store", 503, "Cơ sở dữ liệu đang không trả lời"),
    ],
)
async def test_what_goes_wrong_is_a_page_with_strict_headers(
    http: httpx.AsyncClient, path: str, status: int, said: str
) -> None:
    answer = await http.get(path)

    assert answer.status_code == status
    assert said in answer.text
    assert "Bí Mật" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_problems_are_told_in_the_readers_language(http: httpx.AsyncClient) -> None:
    answer = await http.get("/console/nowhere", headers={"Cookie": "lt_language=en"})

    assert "There is no such page" in answer.text


async def test_a_choice_is_kept_and_leads_back(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/console/preferences",
        data={"language": "en", "theme": "blue", "back": "/tra-cuu?a=b"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/tra-cuu?a=b")
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith("lt_language=en;")
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(cookie.split("; "))


async def test_nobody_elses_page_makes_a_choice(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/console/preferences", data={"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", ""]
)
def test_nobody_is_led_elsewhere(elsewhere: str) -> None:
    assert local(elsewhere) == "/console"


async def test_what_was_done_is_said_once(http: httpx.AsyncClient) -> None:
    await http.get("/console/numbers/12345")

    first, second = [await http.get("/console/nowhere") for _ in range(2)]

    assert "Mã lỗi 12.345" in first.text
    assert "12.345" not in second.text


@pytest.mark.parametrize("written", ["x", "W10=", "WyJnb29kIiwieC55Iix7fV0=", "bnVsbA=="])
async def test_a_flash_that_we_did_not_leave_says_nothing(
    http: httpx.AsyncClient, written: str
) -> None:
    answer = await http.get("/console/nowhere", headers={"Cookie": f"lt_flash={written}"})

    assert answer.status_code == 404


async def test_files_are_kept_for_a_year_under_their_digest(
    http: httpx.AsyncClient, console: FastAPI
) -> None:
    address = cast(Shelf, console.state.shelf).url("console.css")

    answer = await http.get(address)
    plain = await http.get(address, headers={"Accept-Encoding": "identity"})
    other = await http.get("/console/assets/console.css")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == plain.content
    assert "content-encoding" not in plain.headers
    assert other.status_code == 404
