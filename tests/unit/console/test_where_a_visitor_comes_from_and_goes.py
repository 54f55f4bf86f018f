"""Where sign-in leads on to is an address of the console; a post comes from our own pages."""

import pytest
from starlette.requests import Request

from gateway.console.visitors import made_here, safe_next


@pytest.mark.parametrize(
    "wanted",
    [
        "/console",
        "/console/stuck?cause=overdue&agency=H31.15",
        "/console/dossier/0195b0c4",
        "/console?x=1",
    ],
)
def test_an_address_of_the_console_is_gone_on_to(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "https://elsewhere.example/console",
        "//elsewhere.example/console",
        "/\\elsewhere.example",
        "/console\\..\\..",
        "/consoles",
        "/console/\r\nSet-Cookie: a=b",
        "/console/" + "x" * 2000,
        "javascript:alert(1)//console",
        "/v1/operations/stuck",
    ],
)
def test_anything_else_leads_to_the_first_page(wanted: str | None) -> None:
    assert safe_next(wanted) == "/console"


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site", "origin": "https://gateway.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://gateway.example"}, True),
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "null"}, False),
        ({}, None),
    ],
)
def test_whose_page_made_a_request(headers: dict[str, str], says: bool | None) -> None:
    sent = {"host": "gateway.example", **headers}
    scope = {
        "type": "http",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }

    assert made_here(Request(scope)) is says
