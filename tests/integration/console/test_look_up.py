"""The public look-up: who proves that a dossier is theirs sees it; all others get one answer."""

import re
from typing import Any

import httpx
import pytest

from tests.integration.api.running import Api

OWNER = {
    "kind": "citizen",
    "name": "Trần Thị Bí Mật",
    "identifier": {"kind": "personal_number", "value": "034199001234"},
    "phone": "+84 912 345 678",
}
OTHERS = {**OWNER, "identifier": {"kind": "personal_number", "value": "034199009999"}}
NONE = "Không tìm thấy hồ sơ có mã và bốn số cuối này"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.console.screens.look_up._TAKES", 0.0)


async def ask(api: Api, code: str, proof: str) -> httpx.Response:
    return await api.http.post(
        "/tra-cuu",
        data={"code": code, "proof": proof},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


async def submitted(api: Api, **applicant: Any) -> str:
    """Submit a dossier and return its code."""
    caller = await api.sign_in()
    receipt = await api.submit(caller, data__applicant={**OWNER, **applicant})
    [[code]] = await api.rows("SELECT code FROM transfers WHERE id = %s", receipt["transfer"])
    return str(code)


@pytest.mark.parametrize("proof", ["1234", "5678"])
async def test_the_owner_sees_where_it_stands_and_nobodys_name(api: Api, proof: str) -> None:
    code = await submitted(api)

    answer = await ask(api, f" {code.lower()} ", proof)

    assert answer.status_code == 200
    for said in (code, "Hẹn trả kết quả", "Hồ sơ đang được giải quyết", "xong 0 /", "02/03/2026"):
        assert said in answer.text
    for secret in ("Bí Mật", "034199001234", "912", proof):
        assert secret not in answer.text.replace(code, "")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["refresh"] == "120; url=/tra-cuu"


async def test_unknown_and_unproven_are_one_answer(api: Api) -> None:
    code = await submitted(api)
    unprovable = await submitted(api, identifier=None, phone=None)
    unknown = code[:-4] + "9999"

    answers = [
        (await ask(api, asked, "4321")).text.replace(asked, "…")
        for asked in (code, unprovable, unknown)
    ]

    assert NONE in answers[0]
    assert answers[0] == answers[1] == answers[2]


async def test_what_was_corrected_proves_it_and_what_was_purged_does_not(api: Api) -> None:
    code = await submitted(api)
    corrected = await api.rows("SELECT body FROM payloads")
    body = bytes(corrected[0][0]).replace(b"034199001234", b"034199004444")
    await api.rows("UPDATE payloads SET body = %s", body)

    now_proved, before = [(await ask(api, code, proof)).text for proof in ("4444", "1234")]
    await api.rows("UPDATE payloads SET body = NULL, purged_at = now()")
    purged = (await ask(api, code, "4444")).text

    assert NONE not in now_proved
    assert NONE in before
    assert NONE in purged


async def test_after_five_wrong_tries_even_the_right_one_is_answered_alike(api: Api) -> None:
    code = await submitted(api)

    tries = [(await ask(api, code, f"00{n:02d}")).text for n in range(5)]
    right = (await ask(api, code, "1234")).text

    assert right == tries[0]


async def test_an_address_that_asks_too_much_has_to_wait_whatever_it_asks(api: Api) -> None:
    answers = [await ask(api, f"H31.101-260302-{n:04d}", "1234") for n in range(21)]

    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert "Hãy chờ một phút" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("code", "proof", "said"),
    [
        ("Nguyễn Văn Bí Mật", "1234", "Mã hồ sơ chỉ gồm"),
        ("<script>", "1234", "Mã hồ sơ chỉ gồm"),
        ("H31.101-260302-0001", "12a4", "Nhập đúng bốn chữ số"),
        ("", "", "Nhập đúng bốn chữ số"),
    ],
)
async def test_what_cannot_be_one_is_told_beside_its_field(
    api: Api, code: str, proof: str, said: str
) -> None:
    answer = await ask(api, code, proof)

    assert answer.status_code == 422
    assert said in answer.text
    assert len(re.findall(r"<script(?! src=)", answer.text)) == 0


async def test_nothing_is_asked_for_in_an_address(api: Api) -> None:
    code = await submitted(api)

    answer = await api.http.get("/tra-cuu", params={"code": code, "proof": "1234"})

    assert "Hẹn trả kết quả" not in answer.text
    assert f'value="{code}"' not in answer.text
