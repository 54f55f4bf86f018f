"""GET /v1/procedures and /v1/units: what an agency's software has to know before it sends."""

from typing import Any

from tests.integration.api.running import COMMUNE, UNIT, Api

BIRTH = "2.000987"


async def ask(api: Api, path: str, status: int = 200, **query: Any) -> Any:
    if not api.tokens:
        api.tokens |= await api.sign_in()
    answer = await api.http.get(path, params=query, headers=api.tokens)
    assert answer.status_code == status, answer.text
    return answer.json()


async def units(api: Api, **query: Any) -> list[tuple[str, str]]:
    found = await ask(api, "/v1/units", **query)
    return [(one["code"], one["name"]) for one in found["units"]]


async def test_the_versions_in_force_are_listed_page_by_page(api: Api) -> None:
    whole = await ask(api, "/v1/procedures", as_of="2026-03-02")

    first = await ask(api, "/v1/procedures", as_of="2026-03-02", limit=8)
    rest = await ask(api, "/v1/procedures", as_of="2026-03-02", after=first["next"])

    listed = [(one["code"], one["version"]) for one in whole["procedures"]]
    assert whole["next"] is None
    assert listed == [
        (one["code"], one["version"]) for one in first["procedures"] + rest["procedures"]
    ]
    assert (BIRTH, "2024-07-01") in listed
    assert all(one["in_force"] for one in whole["procedures"])
    assert len({code for code, _ in listed}) == len(listed)
    assert "9.999999" not in dict(listed)  # the examiner's own


async def test_a_procedure_is_shown_in_the_version_of_the_instant_or_that_is_named(
    api: Api,
) -> None:
    old = await ask(api, f"/v1/procedures/{BIRTH}", as_of="2026-03-02")
    new = await ask(api, f"/v1/procedures/{BIRTH}", as_of="2026-10-01")
    named = await ask(api, f"/v1/procedures/{BIRTH}", as_of="2026-03-02", version="2026-09-01")

    assert [(one["version"], one["in_force"]) for one in (old, new, named)] == [
        ("2024-07-01", True),
        ("2026-09-01", True),
        ("2026-09-01", False),
    ]
    assert [one["version"] for one in old["versions"]] == ["2024-07-01", "2026-09-01"]
    assert new["places"] == ["applicant"]
    assert new["facts"]["residence_check"]["choices"] == ["simple", "verify"]
    assert {"civil-status", "population-id"} <= {step["id"] for step in new["steps"]}
    assert all(step["legal_basis"] for step in new["steps"])
    for nobodys in ("9.123456", "9.999999"):
        found = await ask(api, f"/v1/procedures/{nobodys}", 404)
        assert found["type"].endswith(":not-found")


async def test_a_unit_is_found_by_the_words_of_its_name_with_and_without_accents(
    api: Api,
) -> None:
    for name in ("A Sào", "a sao", "A SAO", "  a   sào "):
        assert await units(api, name=name) == [("12499", "Xã A Sào")], name

    begun = [name for _, name in await units(api, name="a sa")]
    assert "Xã A Sào" in begun
    assert "Xã Ba Sao" not in begun
    assert await units(api, name="A Sáo") == []
    assert await units(api, code="12499") == [("12499", "Xã A Sào")]


async def test_units_are_asked_as_of_an_instant(api: Api) -> None:
    before = await units(api, name="huyện Quỳnh Phụ", as_of="2025-06-30")
    after = await units(api, name="huyện Quỳnh Phụ", as_of="2025-07-02")

    assert [code for code, _ in before] == ["338"]
    assert after == []


async def test_the_communes_of_a_province_are_read_page_by_page(api: Api) -> None:
    read: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = await ask(api, "/v1/units", parent="33", limit=60, **after)
        read += [one["code"] for one in page["units"]]
        assert {one["parent_name"] for one in page["units"]} == {"Tỉnh Hưng Yên"}
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert len(read) == 104
    assert read == sorted(set(read))


async def test_who_serves_a_unit_is_told_by_role_and_whether_connected(api: Api) -> None:
    await api.reach_by("mailbox", COMMUNE)

    shown = await ask(api, f"/v1/units/{UNIT}")

    served = {one["role"]: one["agencies"] for one in shown["served_by"]}
    assert [(one["code"], one["connected"]) for one in served["one-stop.commune"]] == [
        (COMMUNE, True)
    ]
    assert [(one["code"], one["connected"]) for one in served["police.local"]] == [
        ("G01.833.101", False)
    ]
    assert (shown["in_force"], shown["successors"], shown["ambiguous"]) == (True, [], False)


async def test_an_abolished_unit_names_its_successors_and_guesses_none(api: Api) -> None:
    district = await ask(api, "/v1/units/338", as_of="2025-07-02")
    commune = await ask(api, "/v1/units/12475")

    assert (district["in_force"], district["ambiguous"]) == (False, True)
    assert len(district["successors"]) > 1
    assert district["served_by"] == []
    assert [one["code"] for one in commune["successors"]] == ["12499"]
    assert not commune["ambiguous"]
    for code, as_of in (("99999", "2026-03-02"), ("12499", "1999-01-01")):
        found = await ask(api, f"/v1/units/{code}", 404, as_of=as_of)
        assert "names no unit at that instant" in found["detail"]


async def test_a_stranger_looks_nothing_up(api: Api) -> None:
    for path in ("/v1/procedures", f"/v1/procedures/{BIRTH}", "/v1/units", "/v1/units/12499"):
        assert (await api.http.get(path)).status_code == 401, path
